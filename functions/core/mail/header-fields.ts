/**
 * The unfolded values of a header's fields, in order, by lower-case name. Each character is one byte: bytes are decoded
 * only where a value is shown, and identity never depends on that.
 */
export type HeaderFields = ReadonlyMap<string, readonly string[]>;

/** Longer values are only sent to do harm, except for lists of thousands of recipients. The rest is not read. */
const VALUE_CHARACTERS = 100_000;

/** No honest header repeats a field more often; servers put their Authentication-Results above those of senders. */
const MAX_VALUES = 100;

/**
 * Reads a header. Only LF ends a line: a bare CR within a value is white space and must not begin a field. Lines that
 * are not fields, such as mbox's `From `, are skipped.
 *
 * postal-mime decodes header lines as UTF-8 while it reads them, which loses the bytes of any other charset.
 *
 * @param text header, one character per byte
 */
export function headerFieldsOf(text: string): HeaderFields {
  const fields = new Map<string, string[]>();
  let begun: { name: string; lines: string[]; length: number } | undefined;
  const finish = () => {
    if (!begun) return;
    const value = begun.lines.join('').slice(0, VALUE_CHARACTERS).trim();
    const values = fields.get(begun.name);
    if (values && values.length < MAX_VALUES) values.push(value);
    else if (!values) fields.set(begun.name, [value]);
    begun = undefined;
  };
  for (const line of text.split('\n')) {
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (content.startsWith(' ') || content.startsWith('\t')) {
      if (begun && begun.length < VALUE_CHARACTERS) {
        begun.lines.push(content);
        begun.length += content.length;
      }
      continue;
    }
    finish();
    const colon = content.indexOf(':');
    if (colon > 0) {
      const start = content.slice(colon + 1);
      begun = { name: content.slice(0, colon).trimEnd().toLowerCase(), lines: [start], length: start.length };
    }
  }
  finish();
  return fields;
}

/** The first value of a field: if a field repeats against RFC 5322, 3.6, other mail readers take the first one too. */
export function firstValue(fields: HeaderFields, name: string): string {
  return fields.get(name)?.[0] ?? '';
}
