/** The white space of RFC 5322, 2.2.2, and of the line ends that fold a field. */
const BLANKS = ' \t\r\n';

/**
 * The text without the blanks around it. `trim` would also remove controls such as a vertical tab, and bytes of 8-bit
 * text such as 0xA0: the rest could then be another address or domain.
 */
export function withoutBlanksAround(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.includes(text.charAt(start))) start += 1;
  while (end > start && BLANKS.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
