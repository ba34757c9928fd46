/**
 * The identities of SES that let it take mail from or to an address: the address itself, its domain, and the domains
 * above, whichever was verified. https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export function sendingIdentitiesOf(address: string): string[] {
  // Domains are the same in any case; the local part is not (Amazon SES API v2 Reference, EmailIdentity).
  const at = address.lastIndexOf('@');
  const labels = address
    .slice(at + 1)
    .toLowerCase()
    .split('.');
  const domains = labels.map((_, index) => labels.slice(index).join('.'));
  // A top-level domain is nobody's identity.
  return [`${address.slice(0, at)}@${domains[0]}`, ...domains.slice(0, -1)];
}
