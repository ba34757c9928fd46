import { decodedText } from './charset.ts';
import { encodingOfLabel } from './charset-labels.ts';
import { cutDisplayedText, cutText } from './displayed-text.ts';
import { unflowedText } from './flowed-text.ts';
import type { HeaderFields } from './header-fields.ts';
import { charsetInHtml, textOfHtml } from './html-text.ts';
import { type Choice, readablePartsOf, type TextContent } from './mime-parts.ts';
import { decodedContent } from './transfer-encoding.ts';

export const SNIPPET_CHARACTERS = 500;

/** The first readable text of a message whose body may be cut anywhere; empty if it has none. */
export function snippetOfMessage(fields: HeaderFields, body: string): string {
  const { body: shown, attached } = readablePartsOf(fields, body);
  return snippetOfChoices(shown) || snippetOfChoices(attached);
}

/**
 * Only texts of one type are joined: HTML next to plain text usually repeats it, and plain text after HTML is the
 * footer of a mailing list.
 */
function snippetOfChoices(choices: readonly Choice[]): string {
  let snippet = '';
  let type: TextContent['type'] | undefined;
  for (const choice of choices) {
    for (const part of choice) {
      const text = type === undefined || part.type === type ? snippetOfText(part) : '';
      if (!text) continue;
      type = part.type;
      snippet = snippet ? `${snippet} ${text}` : text;
      break;
    }
    if (snippet.length >= SNIPPET_CHARACTERS) break;
  }
  return cutText(snippet, SNIPPET_CHARACTERS);
}

/** Some senders label HTML as plain text. */
const LOOKS_LIKE_HTML = /^\s*<(?:!doctype html|html)[\s>]/i;

export function snippetOfText(part: TextContent): string {
  return cutDisplayedText(readable(decodedPart(part), part.type, part.flow), SNIPPET_CHARACTERS);
}

/** The text of a part as sent: HTML with its tags. */
export function decodedPart(part: TextContent): string {
  const bytes = decodedContent(part.content, part.encoding);
  return decodedText(bytes, charsetOf(part, bytes), 'cut');
}

function charsetOf({ type, charset }: TextContent, bytes: Buffer): string | undefined {
  if (!saysNothing(charset)) return charset;
  const isHtml = type === 'text/html' || LOOKS_LIKE_HTML.test(bytes.toString('latin1', 0, SNIPPET_CHARACTERS));
  return (isHtml ? charsetInHtml(bytes) : undefined) ?? charset;
}

/** Senders name ASCII when they do not know the charset; ASCII text is also valid in the charset of the HTML. */
function saysNothing(charset: string | undefined): boolean {
  return charset === undefined || /^us-ascii$/i.test(charset) || encodingOfLabel(charset) === undefined;
}

/** RFC 9580, 6.2. */
const PGP_MESSAGE = /^\s*-----BEGIN PGP MESSAGE-----/;

export const ENCRYPTED_WITH_PGP = 'encrypted (PGP)';

function readable(text: string, type: TextContent['type'], flow: TextContent['flow']): string {
  if (PGP_MESSAGE.test(text)) return ENCRYPTED_WITH_PGP;
  if (type === 'text/html' || LOOKS_LIKE_HTML.test(text)) return textOfHtml(text, SNIPPET_CHARACTERS);
  return flow ? unflowedText(text, { delSp: flow === 'flowed, delsp' }) : text;
}
