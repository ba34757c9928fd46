/** Opened by a browser or a mail client; every other scheme, such as `javascript:` or `data:`, could do more than that. */
const SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'message:']);

/** The link if it is one that may be offered to click on, in normal form; undefined otherwise. */
export function openableLink(link: string | null): string | undefined {
  if (link === null || !URL.canParse(link)) return undefined;
  const { protocol, href } = new URL(link);
  return SCHEMES.has(protocol) ? href : undefined;
}
