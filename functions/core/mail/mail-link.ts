/** Discord accepts links of up to 2,048 characters, and refuses the whole post if one is longer. */
const LINK_CHARACTERS = 2_000;

/**
 * A link that opens an email. Gmail opens it by its own id, or finds it by searching for its Message-ID. For other
 * servers, the `message:` scheme opens it in Apple Mail and the clients that adopted the scheme. Outlook on the web has
 * no link by Message-ID, only by an item id that IMAP does not show.
 *
 * @param account host and user of the IMAP account
 * @param gmailId X-GM-MSGID, a decimal number, if the server has that extension
 * @returns a URL without characters that end a link in HTML or plain text; undefined if the email has no usable id
 */
export function mailLink(
  account: { host: string; user: string },
  messageId: string | undefined,
  gmailId?: string | undefined,
): string | undefined {
  const id = bareId(messageId ?? '');
  const link = isGmail(account.host) ? gmailLink(account.user, id, gmailId) : id && `message:${encoded(`<${id}>`)}`;
  return link && link.length <= LINK_CHARACTERS ? link : undefined;
}

/** Google Workspace uses this host too, whatever the domain of the addresses. */
function isGmail(host: string): boolean {
  return /(?:^|\.)(?:gmail|googlemail)\.com$/i.test(host);
}

/**
 * Gmail's web pages show X-GM-MSGID in hexadecimal: https://developers.google.com/workspace/gmail/imap/imap-extensions
 */
function gmailLink(user: string, id: string, gmailId: string | undefined): string | undefined {
  const mailbox = `https://mail.google.com/mail/u/?authuser=${encoded(user)}`;
  if (gmailId !== undefined && /^\d{1,20}$/.test(gmailId)) return `${mailbox}#all/${BigInt(gmailId).toString(16)}`;
  return id && `${mailbox}#search/${encoded(`rfc822msgid:${id}`)}`;
}

/** The content of the angle brackets (RFC 5322, 3.6.4); there may be comments around them. */
function bareId(messageId: string): string {
  return (/<([^<>]+)>/.exec(messageId)?.[1] ?? messageId.replaceAll(/[<>]/g, '')).trim();
}

/**
 * Also encodes the marks that encodeURIComponent leaves, since programs that detect links in plain text may stop at
 * them.
 */
function encoded(text: string): string {
  // Half a surrogate pair becomes U+FFFD; encodeURIComponent would throw on it.
  const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
  return encodeURIComponent(wellFormed).replaceAll(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}
