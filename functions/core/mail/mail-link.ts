/**
 * A link that opens a mail. Gmail finds a mail by its Message-ID in a search; elsewhere the `message:` scheme opens it
 * in the mail clients that know it (RFC 2392 names it `mid:`; macOS and most desktop clients take `message:`).
 *
 * @param account host and user of the IMAP account
 * @returns undefined where the mail has no Message-ID and so cannot be named
 */
export function mailLink(account: { host: string; user: string }, messageId: string | undefined): string | undefined {
  const id = messageId?.replaceAll(/^<|>$/g, '').trim();
  if (!id) return undefined;
  if (/(^|\.)(gmail|googlemail)\.com$/i.test(account.host)) {
    const user = encodeURIComponent(account.user);
    return `https://mail.google.com/mail/u/?authuser=${user}#search/rfc822msgid%3A${encodeURIComponent(id)}`;
  }
  return `message:${encodeURIComponent(`<${id}>`)}`;
}
