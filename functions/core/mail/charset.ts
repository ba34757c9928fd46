import { isAscii, isUtf8 } from 'node:buffer';
import iconv, { type Encoding } from 'iconv-lite';
import { encodingOfLabel } from './charset-labels.ts';

type End = 'cut' | 'whole';

/**
 * Decodes bytes to text. The label is the charset that the email claims, and it is often wrong: UTF-8 is sent as
 * ISO-8859-1 or GB2312, windows-1252 as UTF-8, and anything under unknown labels. So the bytes are examined first,
 * which postal-mime does not do: text whose bytes are valid UTF-8 is hardly ever anything else.
 *
 * Never throws; bytes that are not text become U+FFFD.
 *
 * @param label charset as given in the email; undefined if it gives none
 * @param end `cut` if the bytes may end within a character, which is then dropped
 */
export function decodedText(bytes: Buffer, label: string | undefined, end: End): string {
  const encoding = encodingByMark(bytes) ?? encodingOfLabel(label ?? '') ?? 'utf-8';
  if (/^utf-(?:16|32)/.test(encoding)) return decodedBy(encoding, bytes, end);
  const shifted = SHIFTED.exec(bytes.includes(ESCAPE_TO_MULTI_BYTE) ? bytes.toString('latin1') : '')?.[1];
  if (shifted) return decodedShifted(bytes, shifted === 'A' ? 'gb18030' : 'euc-kr', end);
  if (encoding === 'iso-2022-jp' || bytes.includes(ESCAPE_TO_MULTI_BYTE)) return decodedJapanese(bytes);
  if (isAscii(bytes)) return decodedSevenBit(bytes, encoding, end);
  const eightBit = EIGHT_BIT_OF_SEVEN.get(encoding) ?? encoding;
  const text = utf8Text(bytes, end);
  if (text && (!MULTI_BYTE.has(eightBit) || BEYOND_TWO_BYTES.test(text))) return shownByWindows(text);
  return shownByWindows(eightBit === 'utf-8' ? decodedOrWindows(bytes, end) : decodedBy(eightBit, bytes, end));
}

/** Begins two-byte characters in ISO-2022, which then needs no label: Japanese if nothing follows it. */
const ESCAPE_TO_MULTI_BYTE = '\x1b$';

/** RFC 1557 and RFC 1922: the set that SO (0x0E) shifts to, which is Korean (C) or simplified Chinese (A). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what these charsets consist of.
const SHIFTED = /\x1b\$\)([AC])/;

/** Encodings in 7-bit characters, and what their senders most likely mean by 8-bit characters. */
const EIGHT_BIT_OF_SEVEN: ReadonlyMap<string, string> = new Map([
  ['iso-2022-kr', 'euc-kr'],
  ['hz-gb-2312', 'gb18030'],
  ['utf-7', 'utf-8'],
]);

function decodedSevenBit(bytes: Buffer, encoding: string, end: End): string {
  if (encoding === 'iso-2022-kr') return decodedShifted(bytes, 'euc-kr', end);
  if (encoding === 'hz-gb-2312') return decodedHz(bytes, end);
  return encoding === 'utf-7' ? decodedBy(encoding, bytes, end) : bytes.toString('latin1');
}

/** A designation (RFC 1557, RFC 1922), whole or cut by the end of the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
const DESIGNATION = /\x1b(?:\$[)*+][A-Z]|\$?[)*+]?$)/g;

/** From SO to SI or the end of the line, each pair of bytes is an EUC character without its eighth bits. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above.
const SHIFTED_OUT = /\x0e([^\x0f\r\n]*)\x0f?|\x0f/g;

function decodedShifted(bytes: Buffer, encoding: 'euc-kr' | 'gb18030', end: End): string {
  const text = bytes.toString('latin1').replace(DESIGNATION, '');
  return decodedBy(
    encoding,
    Buffer.from(
      text.replace(SHIFTED_OUT, (_, pairs?: string) => withEighthBits(pairs ?? '')),
      'latin1',
    ),
    end,
  );
}

/** RFC 1843: `~{` to `~}` or the end of the line is GB 2312, `~~` a tilde, and `~` at the end of a line joins two. */
const HZ = /~~|~\r?(?:\n|$)|~\{((?:[!-}][!-~])*)(?:~\}|[!-~]?$)?/g;

function decodedHz(bytes: Buffer, end: End): string {
  const text = bytes.toString('latin1').replace(HZ, (sequence, pairs?: string) => {
    if (sequence === '~~') return '~';
    return withEighthBits(pairs ?? '');
  });
  return decodedBy('gb18030', Buffer.from(text, 'latin1'), end);
}

function withEighthBits(pairs: string): string {
  return pairs.replace(/[!-~]/g, (byte) => String.fromCharCode(byte.charCodeAt(0) | 0x80));
}

/** Escape sequences that the next one overrides. TextDecoder treats the second of two as an error and shows U+FFFD. */
const ESCAPE = String.raw`\x1b(?:\([BJI]|\$[@B])`;
const VOID_ESCAPES = new RegExp(`${ESCAPE}(?=${ESCAPE})`, 'g');

function decodedJapanese(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(VOID_ESCAPES, '');
  return decodedBy('iso-2022-jp', Buffer.from(text, 'latin1'), 'cut');
}

/**
 * Multi-byte charsets in which a short text can look like UTF-8 with two bytes per character: 谢谢 in GBK is лл in UTF-8.
 * Three bytes per character, as in Chinese, Japanese and Korean UTF-8, do not occur by chance.
 */
const MULTI_BYTE: ReadonlySet<string> = new Set(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr']);
const BEYOND_TWO_BYTES = /[\u0800-\uFFFF]/;
const BEYOND_ASCII = /[\u0080-\uFFFC]/;

/**
 * Text that claims to be UTF-8, or nothing, and is not: if it has more wrong bytes than right ones, it is windows-1252.
 */
function decodedOrWindows(bytes: Buffer, end: End): string {
  const text = decodedBy('utf-8', bytes, end);
  let wrong = 0;
  let right = 0;
  for (const character of text) {
    if (character === '\uFFFD') wrong += 1;
    else if (character > '\x7F') right += 1;
  }
  return wrong > right ? bytes.toString('latin1') : text;
}

/** 0x80 to 0x9F in windows-1252; undefined codes are kept as they are. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ';

/**
 * Shows C1 controls as the windows-1252 characters that they were before they were decoded as ISO-8859-1: by a sender,
 * a gateway that converted them to UTF-8, or the TextDecoder of Node 20, which decodes windows-1252 that way. HTML does
 * the same with `&#147;` (https://html.spec.whatwg.org/#numeric-character-reference-end-state).
 */
function shownByWindows(text: string): string {
  return text.replace(/[\x80-\x9F]/g, (control) => WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80));
}

/** The text as UTF-8, less up to three bytes of a cut character; undefined if it is not UTF-8, or all ASCII. */
function utf8Text(bytes: Buffer, end: End): string | undefined {
  const cuts = end === 'cut' ? [0, 1, 2, 3] : [0];
  if (!cuts.some((cut) => cut < bytes.length && isUtf8(bytes.subarray(0, bytes.length - cut)))) return undefined;
  const text = decodedBy('utf-8', bytes, end);
  return BEYOND_ASCII.test(text) ? text : undefined;
}

/** A byte order mark overrides every label (https://encoding.spec.whatwg.org/#decode). */
function encodingByMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] !== 0xff || bytes[1] !== 0xfe) return undefined;
  return bytes[2] === 0 && bytes[3] === 0 ? 'utf-32le' : 'utf-16le';
}

type Decode = (bytes: Buffer, end: End) => string;

/**
 * Creating a decoder takes longer than most decoding. There are at most as many as `charset-labels.ts` has encodings.
 */
const decoders = new Map<string, Decode>();

/** @param encoding a name that `encodingOfLabel` returns */
function decodedBy(encoding: string, bytes: Buffer, end: End): string {
  let decode = decoders.get(encoding);
  if (!decode) {
    decode = newDecode(encoding);
    decoders.set(encoding, decode);
  }
  return decode(bytes, end);
}

function newDecode(encoding: string): Decode {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(encoding);
  } catch {
    // A RangeError: the Encoding Standard omits this encoding.
    return (bytes, end) => {
      const decoder = iconv.getDecoder(encoding as Encoding);
      const text = decoder.write(bytes) + ((end === 'whole' && decoder.end()) || '');
      return text.replace(LONE_SURROGATE, '\uFFFD');
    };
  }
  return (bytes, end) => {
    if (end === 'whole') return decoder.decode(bytes);
    // With `stream`, a cut character is held back, and the second call drops it.
    const text = decoder.decode(bytes, { stream: true });
    decoder.decode();
    return text;
  };
}

/** UTF-7 and CESU-8 can encode half of a surrogate pair, which iconv-lite lets through. */
const LONE_SURROGATE = /\p{Cs}/gu;
