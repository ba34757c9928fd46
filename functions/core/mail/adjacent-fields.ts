/** Marks, among the values of a field, that other fields come between two of them. */
export const OTHER_FIELDS = '';

/**
 * The values of the fields of one name, with `OTHER_FIELDS` between those that are not directly below each other.
 * Fields that a server adds together are adjacent; fields that a sender wrote are usually below others, such as
 * Received.
 *
 * @param header the header that the values were read from
 */
export function withSeparations(values: readonly string[], name: string, header: string): string[] {
  const separated: string[] = [];
  let position = 0;
  let isAdjacent = true;
  for (const line of header.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0 || /^[ \t]/.test(line)) continue;
    const isNamed = line.slice(0, colon).trimEnd().toLowerCase() === name;
    if (isNamed && !isAdjacent && position > 0) separated.push(OTHER_FIELDS);
    if (isNamed) {
      separated.push(values[position] ?? '');
      position += 1;
    }
    isAdjacent = isNamed;
  }
  return separated;
}
