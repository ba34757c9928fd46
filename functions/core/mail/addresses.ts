import { type Address, addressParser } from 'postal-mime';
import { displayedText } from './displayed-text.ts';
import { valueWithWordsInUtf8 } from './encoded-words.ts';
import type { MailAddress } from './mail.ts';

/**
 * The addresses of all fields of a name, decoded.
 *
 * @param values a byte a character, as in `HeaderFields`
 * @param charsetHint charset of the message's text, for names in 8-bit characters that are not UTF-8
 */
export function addressesIn(values: readonly string[] = [], charsetHint?: string): MailAddress[] {
  return values.flatMap(
    (value) =>
      plainAddress(value) ??
      addressParser(withoutNestedGroups(valueWithWordsInUtf8(value, charsetHint))).flatMap(shownAddress),
  );
}

/** One address, with or without a name of letters, digits and spaces: the most of them, for a tenth of the parser's time. */
const PLAIN_ADDRESS =
  /^(?:([a-z0-9]+(?: [a-z0-9]+)*) |"([a-z0-9]+(?: [a-z0-9]+)*)" )?(<)?([\w.+-]{1,64}@[a-z0-9.-]{1,255})(>)?$/i;

function plainAddress(value: string): MailAddress[] | undefined {
  const [, atom = '', quoted = '', opened, address, closed] = PLAIN_ADDRESS.exec(value) ?? [];
  const name = atom || quoted;
  const isOne = opened === undefined ? closed === undefined && name === '' : closed !== undefined;
  return address !== undefined && isOne ? [{ name, address }] : undefined;
}

/** A group (RFC 5322, 3.4) stands for its members; one without members, `undisclosed-recipients:;`, for its name. */
function shownAddress({ name, address = '', group }: Address): MailAddress[] {
  if (group?.length) return group.flatMap(shownAddress);
  const shownName = displayedText(name);
  const shown = displayedText(address);
  // Without its invisible characters an address would be another one, and match the rules for that.
  const isWhole = shown === address.trim().replace(/\s+/g, ' ');
  return [
    isWhole ? { name: shownName, address: shown } : { name: displayedText(`${shownName} ${shown}`), address: '' },
  ];
}

const MAX_COLONS = 10;

/**
 * Groups do not nest, but postal-mime looks for groups in groups, fifty deep, and each time reads the rest of the value:
 * half a second for 100 kB of colons. A value with many keeps the first of each group.
 */
function withoutNestedGroups(value: string): string {
  const parts = value.split(':', MAX_COLONS + 2);
  if (parts.length <= MAX_COLONS + 1) return value;
  return value
    .split(';')
    .map((group) => {
      const colon = group.indexOf(':') + 1;
      return group.slice(0, colon) + group.slice(colon).replaceAll(':', ' ');
    })
    .join(';');
}
