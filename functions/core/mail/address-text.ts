import { cutText, displayedText } from './displayed-text.ts';

export type MailAddress = {
  /** Display name, decoded; empty where the mail names none. */
  name: string;
  /** Address as written, `user@domain`; empty where it could not be read. */
  address: string;
};

/** A sender chooses its name freely: a long one must not leave the address without room. */
const NAME_CHARACTERS = 60;

/**
 * `Ada Lovelace <ada@example.com>`, or the address alone. A name that poses as another address is marked. Quotes and angle
 * brackets are left out of the name, so that only the address is in brackets.
 */
function formatAddress({ name, address }: MailAddress): string {
  const shown = cutText(name.replace(/["<>\s]+/g, ' ').trim(), NAME_CHARACTERS);
  const poses = holdsOtherAddress(name, address);
  if (!address) return poses ? `"${shown}" (not an address)` : shown;
  if (!shown || shown.toLowerCase() === address.toLowerCase()) return address;
  return `${poses ? `"${shown}" (not the address)` : shown} <${address}>`;
}

/** An at sign and a domain behind it; some fonts show the full-width forms like the others. */
const LIKE_AN_ADDRESS = /[@\uFE6B\uFF20]\s*[\p{L}\p{N}_-]+\s*[.\u3002\uFF0E\uFF61]\s*[\p{L}\p{N}]/u;

function holdsOtherAddress(name: string, address: string): boolean {
  const words = name.split(/[\s<>"'(),:;[\]]+/).filter((word) => word.toLowerCase() !== address.toLowerCase());
  return LIKE_AN_ADDRESS.test(words.join(' '));
}

/** Nobody reads more of an address list; a hostile one must not outgrow a queue message or a ledger item. */
const ADDRESSES_CHARACTERS = 500;
const MORE_CHARACTERS = ', … 100000 more'.length;

/** Whole addresses, as many as there is room for. */
export function formatAddresses(addresses: readonly MailAddress[]): string {
  let text = '';
  for (const [index, address] of addresses.entries()) {
    const next = `${text}${index > 0 ? ', ' : ''}${formatAddress(address)}`;
    const room = ADDRESSES_CHARACTERS - (index + 1 < addresses.length ? MORE_CHARACTERS : 0);
    if (next.length > room) return index > 0 ? `${text}, … ${addresses.length - index} more` : cutText(next, room);
    text = next;
  }
  return text;
}

/**
 * The domain of the last address in a record's From, in lower case: there `formatAddress` leaves no room for a name that
 * poses as one. Empty where From ends with no address.
 */
export function senderDomainOf({ from }: { from: string }): string {
  const shown = displayedText(from).replace(/, … \d+ more$/, '');
  const [, bracketed, bare] = /(?:<[^<>]*@([^<>@]+)>|(?:^|[\s,])[^\s,<>]+@([^\s,;<>"()@]+))$/.exec(shown) ?? [];
  return (bracketed ?? bare ?? '').toLowerCase();
}

/**
 * A record's From where there is less room. Cuts the name rather than the address: a sender chooses its name freely, and a
 * long one must not hide who writes. Of an address that is too long on its own the end is kept, since it names the domain.
 */
export function senderWithin(text: string, maxCharacters: number): string {
  const from = displayedText(text);
  if (from.length <= maxCharacters) return from;
  const [, name = '', address = ''] = /^([^<>]*)( <[^<>]*>)$/.exec(from) ?? [];
  const room = maxCharacters - address.length;
  if (!address) return cutText(from, maxCharacters);
  if (room > 0) return `${cutText(name, room)}${address}`;
  // Half of a character that takes two code units is none.
  return `<…${address.slice(2 - maxCharacters).replace(/^[\uDC00-\uDFFF]/, '')}`;
}
