import { Parser } from 'htmlparser2';
import { displayedText } from './displayed-text.ts';

/** Elements whose text is for machines or for a window title. */
const NOT_SHOWN: ReadonlySet<string> = new Set(['script', 'style', 'template', 'title']);

/** Elements within a word or line. All others, unknown ones included, begin and end with white space. */
const INLINE: ReadonlySet<string> = new Set(
  'a abbr b bdi bdo big cite code del dfn em font i ins kbd mark o:p q s samp small span strike strong sub sup tt u var wbr'.split(
    ' ',
  ),
);

/** Parsed at a time; the snippet is usually in the first chunk. */
const CHUNK_CHARACTERS = 1_024;

/**
 * The text of HTML that may be malformed and cut anywhere, up to `enoughCharacters` displayable characters.
 *
 * Uses the parser's events: a snippet is one line, so the layout tree that html-to-text builds would be discarded, at
 * ten times the cost.
 */
export function textOfHtml(html: string, enoughCharacters: number): string {
  let text = '';
  let hiddenDepth = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (NOT_SHOWN.has(name)) hiddenDepth += 1;
      if (!INLINE.has(name)) text += ' ';
    },
    onclosetag(name) {
      if (NOT_SHOWN.has(name)) hiddenDepth -= 1;
      if (!INLINE.has(name)) text += ' ';
    },
    ontext(piece) {
      if (hiddenDepth === 0) text += piece;
    },
  });
  for (let at = 0; at < html.length; at += CHUNK_CHARACTERS) {
    if (text.length > enoughCharacters && displayedText(text).length > enoughCharacters) return text;
    parser.write(html.slice(at, at + CHUNK_CHARACTERS));
  }
  parser.end();
  return text;
}

/** Tracking images, which readers do not see. */
const PIXEL = /^[01](?:px)?$/;

/** The text (`alt`) of the first image that has one; empty if none has, undefined without images. */
export function imageTextIn(html: string): string | undefined {
  let text: string | undefined;
  const parser = new Parser({
    onopentag(name, { alt = '', width = '', height = '' }) {
      if (name === 'img' && !PIXEL.test(width) && !PIXEL.test(height)) text ||= displayedText(alt);
    },
  });
  for (let at = 0; at < html.length && !text; at += CHUNK_CHARACTERS) {
    parser.write(html.slice(at, at + CHUNK_CHARACTERS));
  }
  return text;
}

/** As far as browsers look (https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding). */
const PRESCANNED_BYTES = 1_024;
const CHARSET = /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)|^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)/i;

/** The charset that HTML declares. It cannot be UTF-16, because its name could not be read here then. */
export function charsetInHtml(bytes: Buffer): string | undefined {
  const [, inMeta, inXml] = CHARSET.exec(bytes.toString('latin1', 0, PRESCANNED_BYTES)) ?? [];
  const charset = inMeta ?? inXml;
  return charset && /^utf-?(?:16|32)/i.test(charset) ? 'utf-8' : charset;
}
