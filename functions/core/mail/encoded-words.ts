import { decodedText } from './charset.ts';

/**
 * The text of an unstructured header value (a Subject, a List-Id): bytes outside ASCII decoded, encoded words too.
 *
 * @param value a byte a character, as in `HeaderFields`
 * @param charsetHint charset of the message's text, for values in 8-bit characters that are not UTF-8
 */
export function decodedValue(value: string, charsetHint?: string): string {
  return withWords(value, charsetHint, (text) => text);
}

/**
 * The value with its encoded words still encoded, so that a comma or angle bracket in a name is not taken for the
 * address list's own, but all in UTF-8, which postal-mime's parser of addresses decodes without fault.
 */
export function valueWithWordsInUtf8(value: string, charsetHint?: string): string {
  return withWords(value, charsetHint, (text) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`);
}

/** RFC 2047, 2, with the language of RFC 2231, 5. Spaces within a word are forbidden, and frequent. */
const ENCODED_WORD = /=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bq])\?([^?]*)\?=/gi;

/** All that needs decoding: encoded words, bytes outside ASCII, escape sequences of ISO-2022-JP. */
const ENCODED = /=\?|[\p{Cc}\x80-\xFF]/u;

/**
 * Adjacent words of one charset are decoded as one, since senders cut words within a character. postal-mime's
 * `decodeWords` does that too, but takes the charset that the word names for true; see `decodedText`.
 */
function withWords(value: string, charsetHint: string | undefined, render: (text: string) => string): string {
  if (!ENCODED.test(value)) return value;
  const literal = (text: string) => decodedText(Buffer.from(text, 'latin1'), charsetHint, 'whole');
  let decoded = '';
  let run: { charset: string; pieces: Buffer[] } | undefined;
  let end = 0;
  const finish = () => {
    if (run) decoded += render(decodedText(Buffer.concat(run.pieces), run.charset, 'whole'));
    run = undefined;
  };
  for (const { 0: word, 1: label = '', 2: encoding = '', 3: content = '', index } of value.matchAll(ENCODED_WORD)) {
    const charset = label.toLowerCase();
    const between = value.slice(end, index);
    // White space between two encoded words only separates them (RFC 2047, 6.2).
    const isAdjacent = run !== undefined && between.trim() === '';
    if (run?.charset !== charset || !isAdjacent) finish();
    if (!isAdjacent) decoded += literal(between);
    run ??= { charset, pieces: [] };
    run.pieces.push(encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : qDecoded(content));
    end = index + word.length;
  }
  finish();
  return decoded + literal(value.slice(end));
}

/** The Q encoding (RFC 2047, 4.2). */
function qDecoded(content: string): Buffer {
  const bytes = content
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}
