import { decodedText } from './charset.ts';
import { encodingOfLabel } from './charset-labels.ts';
import { paddedUnitsDecoded } from './transfer-encoding.ts';

/** A `?=` that begins an escape does not end a word: `What?=3D?=` is `What?=`. */
const END_OF_Q = String.raw`\?=(?![0-9a-f]{2}[^?]*\?=)`;

/** Question marks are forbidden here but common; `=?` begins another word, unless the `=` is the last character. */
const Q_CONTENT = String.raw`(?:[^?=]|=(?!\?[^=])|(?!${END_OF_Q})\?)*`;

/** RFC 2047, 2, with the language of RFC 2231, 5. Spaces within a word are forbidden but common. */
const ENCODED_WORD = new RegExp(
  String.raw`=\?([^?*\s]+)(?:\*[^?\s]*)?\?(?:b\?(?<b>[^?]*)|q\?(?<q>${Q_CONTENT}))\?=`,
  'gi',
);

/** Everything that needs decoding: encoded words, bytes outside ASCII, escape sequences of ISO-2022-JP. */
const ENCODED = /=\?|[\p{Cc}\x80-\xFF]/u;

/** No honest field has more; further words stay as sent. */
const MAX_WORDS = 200;
const MAX_CHARSETS = 5;

type Word = { encoding: 'b' | 'q'; content: string };

type Place = { begin: number; end: number };

/** Adjacent words of one charset. */
type Run = { charset: string; words: readonly Word[] };

/**
 * The text of an unstructured header value (a Subject, a name, a List-Id), with bytes outside ASCII and encoded words
 * decoded.
 *
 * Adjacent words of one charset are decoded together, since senders split words within a character. postal-mime's
 * `decodeWords` does that too, but trusts the charset that the word names; see `decodedText`.
 *
 * @param value one character per byte, as in `HeaderFields`
 * @param charsetHint charset of the message's text, for values in 8-bit characters that are not UTF-8
 */
export function decodedValue(value: string, charsetHint?: string): string {
  if (!ENCODED.test(value)) return value;
  const literal = (text: string) => decodedText(Buffer.from(text, 'latin1'), charsetHint, 'whole');
  let decoded = '';
  let end = 0;
  for (const run of runsIn(value)) {
    decoded += literal(value.slice(end, run.begin)) + textOf(run);
    end = run.end;
  }
  return decoded + literal(value.slice(end));
}

function runsIn(value: string): readonly (Run & Place)[] {
  const runs: (Place & { charset: string; words: Word[] })[] = [];
  for (const { charset, begin, end, ...word } of wordsIn(value)) {
    const last = runs.at(-1);
    // White space between two encoded words only separates them (RFC 2047, 6.2).
    const isAdjacent = last !== undefined && value.slice(last.end, begin).trim() === '';
    if (isAdjacent && last.charset === charset) {
      last.words.push(word);
      last.end = end;
    } else runs.push({ charset, words: [word], begin: isAdjacent ? last.end : begin, end });
  }
  return runs;
}

/** The encoded words of a value, up to as many as an honest one has. */
function wordsIn(value: string): readonly (Word & Place & { charset: string })[] {
  const words: (Word & Place & { charset: string })[] = [];
  const charsets = new Set<string>();
  for (const { 0: whole, 1: label = '', index: begin, groups: { b, q = '' } = {} } of value.matchAll(ENCODED_WORD)) {
    const charset = label.toLowerCase();
    if (charsets.size === MAX_CHARSETS && !charsets.has(charset)) continue;
    charsets.add(charset);
    const word: Word = b === undefined ? { encoding: 'q', content: q } : { encoding: 'b', content: b };
    words.push({ ...word, charset, begin, end: begin + whole.length });
    if (words.length === MAX_WORDS) break;
  }
  return words;
}

function textOf({ charset, words }: Run): string {
  // The end of a word ends its UTF-7 base64, which would otherwise continue in the next word.
  const wholes = encodingOfLabel(charset) === 'utf-7' ? words.map((word) => [word]) : [words];
  return wholes.map((whole) => decodedText(bytesOf(whole), charset, 'whole')).join('');
}

/** Senders also split words within a base64 group or a Q escape, so words are joined before they are decoded. */
function bytesOf(words: readonly Word[]): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < words.length; ) {
    const { encoding } = words[at] as Word;
    let end = at + 1;
    while (words[end]?.encoding === encoding) end += 1;
    const contents = words.slice(at, end).map(({ content }) => content);
    pieces.push(encoding === 'b' ? base64Decoded(contents) : qDecoded(contents.join('')));
    at = end;
  }
  return Buffer.concat(pieces);
}

const WHOLE_BASE64 = /^(?:[a-z0-9+/]{4}|[a-z0-9+/]{3}=|[a-z0-9+/]{2}==)*$/i;

/**
 * Joined if that gives whole groups, or if a word cannot be valid alone; otherwise each word is decoded alone, without
 * its padding.
 */
function base64Decoded(contents: readonly string[]): Buffer {
  const joined = contents.join('');
  const isCut = WHOLE_BASE64.test(joined) || contents.some((content) => content.replace(/=+$/, '').length % 4 === 1);
  return isCut ? paddedUnitsDecoded(joined) : Buffer.concat(contents.map(paddedUnitsDecoded));
}

/** The Q encoding (RFC 2047, 4.2). */
function qDecoded(content: string): Buffer {
  const bytes = content
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
