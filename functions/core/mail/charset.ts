import { isAscii, isUtf8 } from 'node:buffer';

type End = 'cut' | 'whole';

/**
 * The text that these bytes stand for. The label is what the mail says of them, and mail says wrong things: UTF-8 goes
 * out as ISO-8859-1 or GB2312, windows-1252 as UTF-8, and anything under labels that nobody knows. So the bytes are
 * asked first, which postal-mime does not do: text that is UTF-8 by its bytes is hardly ever anything else.
 *
 * Never throws; what is no text at all becomes U+FFFD.
 *
 * @param label charset as the mail names it; undefined where it names none
 * @param end `cut` where the bytes may end within a character, which is left out then
 */
export function decodedText(bytes: Buffer, label: string | undefined, end: End): string {
  const decoder = decoderByMark(bytes) ?? decoderByLabel(label) ?? UTF_8;
  if (decoder.encoding === 'iso-2022-jp' || bytes.includes(ESCAPE_TO_JAPANESE)) return decodedJapanese(bytes);
  if (decoder.encoding.startsWith('utf-16')) return decodedBy(decoder, bytes, end);
  if (isAscii(bytes)) return bytes.toString('latin1');
  const text = utf8Text(bytes, end);
  if (text && (!MULTI_BYTE.has(decoder.encoding) || BEYOND_TWO_BYTES.test(text))) return shownByWindows(text);
  return shownByWindows(decoder.encoding === 'utf-8' ? decodedOrWindows(bytes, end) : decodedBy(decoder, bytes, end));
}

/** RFC 1468: the escape sequence that begins Japanese; 7-bit mail of any label that has it is ISO-2022-JP. */
const ESCAPE_TO_JAPANESE = '\x1b$';

/** Escape sequences that the next one makes void. TextDecoder takes the second of two for an error and shows U+FFFD. */
const ESCAPE = String.raw`\x1b(?:\([BJI]|\$[@B])`;
const VOID_ESCAPES = new RegExp(`${ESCAPE}(?=${ESCAPE})`, 'g');

function decodedJapanese(bytes: Buffer): string {
  const decoder = decoderOf('iso-2022-jp') ?? UTF_8;
  return decodedBy(decoder, Buffer.from(bytes.toString('latin1').replace(VOID_ESCAPES, ''), 'latin1'), 'cut');
}

/**
 * Multi-byte charsets, of which a short text can pass for UTF-8 of two bytes a character: 谢谢 in GBK is лл in UTF-8.
 * Three bytes a character, as Chinese, Japanese and Korean have them in UTF-8, do not come about by chance.
 */
const MULTI_BYTE: ReadonlySet<string> = new Set(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr']);
const BEYOND_TWO_BYTES = /[\u0800-\uFFFF]/;
const BEYOND_ASCII = /[\u0080-\uFFFC]/;

/** Text that claims to be UTF-8, or nothing, and is not: with more wrong than right bytes it is windows-1252. */
function decodedOrWindows(bytes: Buffer, end: End): string {
  const text = decodedBy(UTF_8, bytes, end);
  let wrong = 0;
  let right = 0;
  for (const character of text) {
    if (character === '\uFFFD') wrong += 1;
    else if (character > '\x7F') right += 1;
  }
  return wrong > right ? bytes.toString('latin1') : text;
}

/** 0x80 to 0x9F in windows-1252; what it leaves undefined keeps its code. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ';

/**
 * C1 controls shown as the windows-1252 characters that they were before somebody took them for ISO-8859-1: a sender, a
 * gateway that made UTF-8 of them, or the TextDecoder of Node 20, which decodes windows-1252 so. HTML does the same with
 * `&#147;` (https://html.spec.whatwg.org/#numeric-character-reference-end-state).
 */
function shownByWindows(text: string): string {
  return text.replace(/[\x80-\x9F]/g, (control) => WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80));
}

/** The text as UTF-8, less the up to three bytes of a cut character; undefined where it is none, or all ASCII. */
function utf8Text(bytes: Buffer, end: End): string | undefined {
  const cuts = end === 'cut' ? [0, 1, 2, 3] : [0];
  if (!cuts.some((cut) => cut < bytes.length && isUtf8(bytes.subarray(0, bytes.length - cut)))) return undefined;
  const text = decodedBy(UTF_8, bytes, end);
  return BEYOND_ASCII.test(text) ? text : undefined;
}

const UTF_8 = new TextDecoder('utf-8');

/** A byte order mark outranks every label (https://encoding.spec.whatwg.org/#decode). */
function decoderByMark(bytes: Buffer): TextDecoder | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decoderOf('utf-16be');
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoderOf('utf-16le');
  return undefined;
}

/** Labels of real mail, without punctuation and `x-`, that the Encoding Standard does not list. */
const ENCODING_OF_LABEL: readonly (readonly [RegExp, string])[] = [
  [/^utf8|^(?:cp)?65001$/, 'utf-8'],
  [/^iso2022jp|^cp5022\d$/, 'iso-2022-jp'],
  [/^s(?:hift)?jis|^mskanji$|^(?:cp|ms|ibm|windows)(?:932|31j|943)/, 'shift_jis'],
  [/^eucjp|^(?:cp)?51932$/, 'euc-jp'],
  // GB18030 contains GBK and GB2312; ICU's GBK lacks its four-byte characters.
  [/^gb|^euccn$|^cngb|^(?:cp|ms|windows)(?:936|54936)$/, 'gb18030'],
  [/^big5|^(?:cp|ms|windows)950$/, 'big5'],
  [/^euckr$|^ksc|^uhc$|^(?:cp|ms|windows)949$/, 'euc-kr'],
  [/^tis620|^(?:cp|ms|windows)874$/, 'windows-874'],
  [/^koi8r?$/, 'koi8-r'],
  [/^koi8r?u$/, 'koi8-u'],
  // TextDecoder of Node has no ISO-8859-16; ISO-8859-2 differs in a handful of letters, by a comma or cedilla below.
  [/^iso885916$/, 'iso-8859-2'],
  [/^iso88598/, 'iso-8859-8-i'],
];

function decoderByLabel(label: string | undefined): TextDecoder | undefined {
  if (!label || label.length > LABEL_CHARACTERS) return undefined;
  const name = label.toLowerCase().replace(/["'\s]/g, '');
  const compact = name.replace(/^x-/, '').replace(/[^a-z0-9]/g, '');
  const known = ENCODING_OF_LABEL.find(([pattern]) => pattern.test(compact))?.[1];
  const windows = /^(?:cp|ms|win|windows)(125\d)$/.exec(compact)?.[1];
  return decoderOf(known ?? (windows ? `windows-${windows}` : name)) ?? decoderOf(compact);
}

const LABEL_CHARACTERS = 40;

/** Making a decoder, or failing to, takes longer than most decoding. Labels are few, but a sender can make up more. */
const decoders = new Map<string, TextDecoder | undefined>();
const MAX_DECODERS = 200;

function decoderOf(name: string): TextDecoder | undefined {
  const known = decoders.get(name);
  if (known || decoders.has(name)) return known;
  const decoder = newDecoder(name);
  if (decoders.size < MAX_DECODERS) decoders.set(name, decoder);
  return decoder;
}

function newDecoder(name: string): TextDecoder | undefined {
  try {
    return new TextDecoder(name);
  } catch {
    // A RangeError is all that TextDecoder says of a label that it does not know; the caller goes by the bytes then.
    return undefined;
  }
}

/** Decodes cut text as if more were to come: a character cut in two is held back, and the second call throws it away. */
function decodedBy(decoder: TextDecoder, bytes: Buffer, end: End): string {
  if (end === 'whole') return decoder.decode(bytes);
  const text = decoder.decode(bytes, { stream: true });
  decoder.decode();
  return text;
}
