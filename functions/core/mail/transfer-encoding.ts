/**
 * Decodes the transfer encoding of a body that may be cut anywhere: a base64 group or quoted-printable sequence that is
 * cut in two is dropped.
 *
 * @param content one character per byte
 * @param encoding Content-Transfer-Encoding; an unknown one counts as 8bit (RFC 2045, 6.4)
 */
export function decodedContent(content: string, encoding: string | undefined): Buffer {
  const name = encoding?.toLowerCase() ?? '';
  if (name.includes('base64')) return base64Decoded(content);
  if (/quoted.?printable/.test(name)) return quotedPrintableDecoded(content);
  return Buffer.from(content, 'latin1');
}

/** Mailing lists and gateways append their footer as plain text, whatever the encoding. */
function base64Decoded(content: string): Buffer {
  const end = endOfBase64(content);
  const decoded = paddedUnitsDecoded(content.slice(0, end));
  const separator = end > 0 ? '\n' : '';
  return end < content.length
    ? Buffer.concat([decoded, Buffer.from(separator + content.slice(end), 'latin1')])
    : decoded;
}

const BASE64_LINE = /^[a-z0-9+/=]*$/i;

/**
 * Characters outside the alphabet must be ignored (RFC 2045, 6.8). But a paragraph that has some, after a blank line or
 * padding, is plain text, and so is a beginning that consists of words.
 */
function endOfBase64(content: string): number {
  let paragraph = 0;
  for (let at = 0; at < content.length; ) {
    const lineEnd = content.indexOf('\n', at);
    const next = lineEnd < 0 ? content.length : lineEnd + 1;
    const line = content.slice(at, next).trim();
    if (!BASE64_LINE.test(line) && (paragraph > 0 || isPlainText(line))) return paragraph;
    if (line === '' || line.endsWith('=')) paragraph = next;
    at = next;
  }
  return content.length;
}

function isPlainText(line: string): boolean {
  return /\s/.test(line) && /[^a-z0-9+/=\s]/i.test(line);
}

/** Some senders encode each line separately, with its own padding; Node's decoder stops at the first padding. */
export function paddedUnitsDecoded(content: string): Buffer {
  const padding = content.indexOf('=');
  if (padding < 0 || !/[A-Za-z0-9+/]/.test(content.slice(padding))) return Buffer.from(content, 'base64');
  return Buffer.concat(content.split(/=+/).map((unit) => Buffer.from(unit, 'base64')));
}

const EQUALS = 0x3d;
const LF = 0x0a;

/**
 * Quoted-printable (RFC 2045, 6.7). postal-mime does not treat `=`, spaces and a line end as a soft break, as rule 3
 * requires: mail servers add such spaces. An `=` that begins no sequence stays, as in rule 2 for robust decoders.
 */
function quotedPrintableDecoded(content: string): Buffer {
  const bytes = Buffer.from(content, 'latin1');
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    const next = byte === EQUALS ? endOfSequence(bytes, at) : undefined;
    if (next === undefined) bytes[length++] = byte;
    else {
      if (next.value !== undefined) bytes[length++] = next.value;
      at = next.end;
    }
  }
  return bytes.subarray(0, length);
}

/** What an `=` begins: a byte in hex, a soft break or the end of the fetched text (no value); undefined if neither. */
function endOfSequence(bytes: Buffer, equals: number): { value: number | undefined; end: number } | undefined {
  const high = hexDigit(bytes[equals + 1]);
  const low = hexDigit(bytes[equals + 2]);
  if (high >= 0 && low >= 0) return { value: high * 16 + low, end: equals + 2 };
  let end = equals + 1;
  while (bytes[end] === 0x20 || bytes[end] === 0x09 || bytes[end] === 0x0d) end += 1;
  const isCut = end >= bytes.length || (high >= 0 && equals + 2 >= bytes.length);
  return bytes[end] === LF || isCut ? { value: undefined, end: isCut ? bytes.length : end } : undefined;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
