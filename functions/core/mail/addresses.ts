import { addressListOf } from './address-list.ts';
import type { MailAddress } from './mail.ts';

/**
 * The decoded addresses of all fields with the same name.
 *
 * @param values one character per byte, as in `HeaderFields`
 * @param charsetHint charset of the message's text, for names in 8-bit characters that are not UTF-8
 */
export function addressesIn(values: readonly string[] = [], charsetHint?: string): MailAddress[] {
  return values.flatMap((value) => plainAddress(value) ?? addressListOf(value, charsetHint));
}

/**
 * One address, with or without a name of letters, digits and spaces. Most are like this, and it takes a tenth of the
 * parser's time.
 */
const PLAIN_ADDRESS =
  /^(?:([a-z0-9]+(?: [a-z0-9]+)*) |"([a-z0-9]+(?: [a-z0-9]+)*)" )?(<)?([\w.+-]{1,64}@[a-z0-9.-]{1,255})(>)?$/i;

function plainAddress(value: string): MailAddress[] | undefined {
  const [, atom = '', quoted = '', opened, address, closed] = PLAIN_ADDRESS.exec(value) ?? [];
  const name = atom || quoted;
  const isOne = opened === undefined ? closed === undefined && name === '' : closed !== undefined;
  return address !== undefined && isOne ? [{ name, address }] : undefined;
}
