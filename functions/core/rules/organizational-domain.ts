import { getDomain } from 'tldts';

/** Private suffixes too: the owner of `evil.github.io` does not speak for `github.io` or its other subdomains. */
const PUBLIC_SUFFIX_LIST = { allowPrivateDomains: true, extractHostname: false } as const;

/**
 * Relaxed alignment (RFC 7489, 3.1): the two normalised domains are the same, or have the same organizational domain,
 * which is the public suffix and one label (3.2). A suffix such as `com` has none, so it aligns with nothing.
 */
export function isAligned(one: string, other: string): boolean {
  if (!one.includes('.') || !other.includes('.')) return false;
  if (one === other) return true;
  const organization = getDomain(one, PUBLIC_SUFFIX_LIST);
  return organization !== null && organization === getDomain(other, PUBLIC_SUFFIX_LIST);
}
