import { cutText, displayedText } from './displayed-text.ts';

export type MailAddress = {
  /** Decoded display name; empty if the email gives none. */
  name: string;
  /** Address as written, `user@domain`; empty if it could not be read. */
  address: string;
};

/** Senders choose their names freely: a long name must still leave room for the address. */
const NAME_CHARACTERS = 60;

/**
 * `Ada Lovelace <ada@example.com>`, or the address alone. A name that looks like another address is marked. Quotes and
 * angle brackets are removed from the name, so that only the address is in brackets.
 */
function formatAddress({ name, address }: MailAddress): string {
  const shown = cutText(name.replace(/["<>\s]+/g, ' ').trim(), NAME_CHARACTERS);
  const poses = holdsOtherAddress(name, address);
  if (!address) return poses ? `"${shown}" (not an address)` : shown;
  if (!shown || shown.toLowerCase() === address.toLowerCase()) return address;
  return `${poses ? `"${shown}" (not the address)` : shown} <${address}>`;
}

/** An at sign and a domain after it; some fonts draw the full-width forms like the ordinary ones. */
const LIKE_AN_ADDRESS = /[@\uFE6B\uFF20]\s*[\p{L}\p{N}_-]+\s*[.\u3002\uFF0E\uFF61]\s*[\p{L}\p{N}]/u;

function holdsOtherAddress(name: string, address: string): boolean {
  const words = name.split(/[\s<>"'(),:;[\]]+/).filter((word) => word.toLowerCase() !== address.toLowerCase());
  return LIKE_AN_ADDRESS.test(words.join(' '));
}

/**
 * A reader needs no more of an address list; a hostile one must not exceed the limits of a queue message or ledger
 * item.
 */
const ADDRESSES_CHARACTERS = 500;
const MORE_CHARACTERS = ', … 100000 more'.length;

/** As many whole addresses as fit. */
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
 * The domain of the last address in a record's From, in lower case: `formatAddress` ensures that it cannot be a name
 * that looks like an address. Empty if From does not end with an address.
 */
export function senderDomainOf({ from }: { from: string }): string {
  const shown = displayedText(from).replace(/, … \d+ more$/, '');
  const [, bracketed, bare] = /(?:<[^<>]*@([^<>@]+)>|(?:^|[\s,])[^\s,<>]+@([^\s,;<>"()@]+))$/.exec(shown) ?? [];
  return (bracketed ?? bare ?? '').toLowerCase();
}

/**
 * A record's From, shortened. Cuts the name rather than the address: senders choose their names freely, and a long name
 * must not hide the address. If the address itself is too long, its end is kept, since that is the domain.
 */
export function senderWithin(text: string, maxCharacters: number): string {
  const from = displayedText(text);
  if (from.length <= maxCharacters) return from;
  const [, name = '', address = ''] = /^([^<>]*)( <[^<>]*>)$/.exec(from) ?? [];
  const room = maxCharacters - address.length;
  if (!address) return cutText(from, maxCharacters);
  if (room > 0) return `${cutText(name, room)}${address}`;
  // Do not start with the second half of a surrogate pair.
  return `<…${address.slice(2 - maxCharacters).replace(/^[\uDC00-\uDFFF]/, '')}`;
}
