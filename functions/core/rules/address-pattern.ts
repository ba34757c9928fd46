import { domainToASCII } from 'node:url';
import { withoutBlanksAround } from '../mail/blanks.ts';

/** The senders or recipients that a rule means: one address, or a domain with all its subdomains. Always normalised. */
export type AddressPattern =
  | { kind: 'address'; localPart: string; domain: string }
  | { kind: 'domain'; domain: string };

export type NormalisedAddress = { localPart: string; domain: string };

/** RFC 5321, 4.5.3.1; also limits the work for hostile email. */
const MAX_DOMAIN_CHARACTERS = 255;
const MAX_ADDRESS_CHARACTERS = 64 + 1 + MAX_DOMAIN_CHARACTERS;

const ASCII_DOMAIN = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
/**
 * ASCII that no domain name contains. URL parsing would decode or cut at some of it (`stripe%2ecom`, `stripe.com/x`).
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be refused.
const FOREIGN_TO_DOMAINS = /[\x00-\x2c/:-@[-^`{-\x7f]/;
const UNQUOTED_LOCAL_PART = /^[^\s"(),:;<>@[\\\]\p{Cc}]+$/u;
const QUOTED_LOCAL_PART = /^"((?:[^"\\\p{Cc}]|\\[^\p{Cc}])+)"$/u;

/** Lower case, punycode (IDNA) and no trailing dot; undefined if it is not a domain name. */
export function normaliseDomain(domain: string): string | undefined {
  const trimmed = withoutBlanksAround(domain);
  if (trimmed.length > MAX_DOMAIN_CHARACTERS || FOREIGN_TO_DOMAINS.test(trimmed)) return undefined;
  const lowerCase = trimmed.toLowerCase();
  const ascii = (/^[\x20-\x7e]*$/.test(lowerCase) ? lowerCase : domainToASCII(lowerCase)).replace(/\.$/, '');
  return ASCII_DOMAIN.test(ascii) ? ascii : undefined;
}

/** An address in a form that can be compared; undefined if it is not one well-formed `user@domain`. */
export function normaliseAddress(address: string): NormalisedAddress | undefined {
  const trimmed = withoutBlanksAround(address);
  if (trimmed.length > MAX_ADDRESS_CHARACTERS) return undefined;
  // Only a quoted local part may hold an @ (RFC 5322, 3.4.1), so the last one begins the domain.
  const at = trimmed.lastIndexOf('@');
  const localPart = normaliseLocalPart(trimmed.slice(0, Math.max(at, 0)));
  const domain = normaliseDomain(trimmed.slice(at + 1));
  return localPart !== undefined && domain !== undefined ? { localPart, domain } : undefined;
}

function normaliseLocalPart(localPart: string): string | undefined {
  if (UNQUOTED_LOCAL_PART.test(localPart)) return localPart.toLowerCase();
  const quoted = QUOTED_LOCAL_PART.exec(localPart)?.[1];
  return quoted?.replace(/\\(.)/gu, '$1').toLowerCase();
}

function isSameOrSubdomain(domain: string, of: string): boolean {
  return domain === of || domain.endsWith(`.${of}`);
}

export function matchesAddress(pattern: AddressPattern, address: NormalisedAddress): boolean {
  if (pattern.kind === 'domain') return isSameOrSubdomain(address.domain, pattern.domain);
  return address.domain === pattern.domain && address.localPart === pattern.localPart;
}

/** Reads `billing@stripe.com` or `stripe.com`; undefined if the text is neither. */
export function parseAddressPattern(text: string): AddressPattern | undefined {
  if (text.includes('@')) {
    const address = normaliseAddress(text);
    // RFC 5322 allows an asterisk, but in a rule it is meant as a wildcard.
    return address && !address.localPart.includes('*') ? { kind: 'address', ...address } : undefined;
  }
  const domain = normaliseDomain(text);
  // A single label would mean a whole top-level domain, and trailing digits an IP address.
  return domain && /\.[a-z0-9-]*[a-z][a-z0-9-]*$/.test(domain) ? { kind: 'domain', domain } : undefined;
}

/** The domain meant by `*@example.com` or `@example.com`; undefined if the text is neither. */
export function domainMeantBy(text: string): string | undefined {
  const [, domain = ''] = /^\s*\*?@(.*)$/s.exec(text) ?? [];
  const pattern = domain.includes('@') ? undefined : parseAddressPattern(domain);
  return pattern?.kind === 'domain' ? pattern.domain : undefined;
}
