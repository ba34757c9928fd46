/** Opened by a browser or a mail client; other schemes, such as `javascript:` or `data:`, could do more than that. */
const SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'message:']);

/** The link in normal form if it is safe to offer; otherwise undefined. */
export function openableLink(link: string | null): string | undefined {
  if (link === null || !URL.canParse(link)) return undefined;
  const { protocol, href } = new URL(link);
  return SCHEMES.has(protocol) ? href : undefined;
}
