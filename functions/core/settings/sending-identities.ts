/**
 * The SES identities that allow sending from or to an address: the address itself, its domain, and the domains above
 * it, whichever was verified. https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export function sendingIdentitiesOf(address: string): string[] {
  // Domains are case-insensitive; the local part is not (Amazon SES API v2 Reference, EmailIdentity).
  const at = address.lastIndexOf('@');
  const labels = address
    .slice(at + 1)
    .toLowerCase()
    .split('.');
  const domains = labels.map((_, index) => labels.slice(index).join('.'));
  // A top-level domain cannot be an identity.
  return [`${address.slice(0, at)}@${domains[0]}`, ...domains.slice(0, -1)];
}
