export type TransferEncoding = '7bit' | '8bit' | 'quoted-printable' | 'base64';

/** RFC 2045, 6.7 and 6.8: no line is longer than 76 characters. */
const LINE_CHARACTERS = 76;

/** The bytes of a text in a charset of which Node has only the decoder: that decoder, read backwards. */
export function encodeText(text: string, charset: string): Buffer {
  if (charset === 'utf-8' || charset === 'us-ascii') return Buffer.from(text);
  const bytesOf = bytesByCharacter(charset);
  return Buffer.concat(
    [...text].map((character) => bytesOf.get(character) ?? raise(`${charset} has no ${JSON.stringify(character)}`)),
  );
}

const tables = new Map<string, ReadonlyMap<string, Buffer>>();

function bytesByCharacter(charset: string): ReadonlyMap<string, Buffer> {
  const known = tables.get(charset);
  if (known) return known;
  const decoder = new TextDecoder(charset);
  const table = new Map<string, Buffer>();
  const learn = (bytes: Buffer) => {
    const character = decoder.decode(bytes);
    if ([...character].length === 1 && character !== '\uFFFD' && !table.has(character)) table.set(character, bytes);
  };
  for (let byte = 0; byte < 256; byte += 1) learn(Buffer.from([byte]));
  for (let pair = 0x8000; pair < 0x10000; pair += 1) learn(Buffer.from([pair >> 8, pair & 255]));
  tables.set(charset, table);
  return table;
}

/** Content as it is in an email, with CRLF at its end. */
export function transferEncode(content: Buffer, encoding: TransferEncoding): Buffer {
  if (encoding === 'base64') return Buffer.from(base64Lines(content), 'latin1');
  if (encoding === 'quoted-printable') return Buffer.from(quotedPrintable(content), 'latin1');
  return Buffer.concat([content, Buffer.from('\r\n')]);
}

export function base64Lines(content: Buffer): string {
  return content.toString('base64').replaceAll(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g'), '$&\r\n');
}

function quotedPrintable(content: Buffer): string {
  const lines = content.toString('latin1').split('\r\n');
  return lines.map((line) => `${softLines(line)}\r\n`).join('');
}

function softLines(line: string): string {
  const escaped = line.replaceAll(/[^ -<>-~]/g, hexOf).replace(/ $/, '=20');
  return escaped.replaceAll(/.{72}(?:(?<==)..|(?<==.).)?(?=.)/g, '$&=\r\n');
}

function hexOf(character: string): string {
  return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** RFC 2047: words of at most 75 characters, each of whole characters, folded. */
export function encodedWords(text: string, charset: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  const words = text.match(/.{1,14}/gu) ?? [];
  return words.map((word) => `=?${charset}?B?${encodeText(word, charset).toString('base64')}?=`).join('\r\n ');
}

function raise(text: string): never {
  throw new Error(text);
}
