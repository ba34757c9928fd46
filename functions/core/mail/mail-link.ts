/** Discord takes links of up to 2,048 characters, and refuses a whole post for a longer one. */
const LINK_CHARACTERS = 2_000;

/**
 * A link that opens a mail. Gmail opens it by its own id, or finds it by its Message-ID in a search. Elsewhere the
 * `message:` scheme opens it in Apple Mail and the clients that learned it from there. Outlook on the web knows no link
 * by Message-ID, only by an item id that IMAP does not show.
 *
 * @param account host and user of the IMAP account
 * @param gmailId X-GM-MSGID, a decimal number, where the server has that extension
 * @returns in URL syntax, without a character that ends a link in HTML or in plain text; undefined where nothing names
 *   the mail
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

/** Also the host of Google Workspace, whatever the domain of the addresses. */
function isGmail(host: string): boolean {
  return /(?:^|\.)(?:gmail|googlemail)\.com$/i.test(host);
}

/** https://developers.google.com/workspace/gmail/imap/imap-extensions: Gmail's web pages show X-GM-MSGID in hexadecimal. */
function gmailLink(user: string, id: string, gmailId: string | undefined): string | undefined {
  const mailbox = `https://mail.google.com/mail/u/?authuser=${encoded(user)}`;
  if (gmailId !== undefined && /^\d{1,20}$/.test(gmailId)) return `${mailbox}#all/${BigInt(gmailId).toString(16)}`;
  return id && `${mailbox}#search/${encoded(`rfc822msgid:${id}`)}`;
}

/** What the angle brackets hold (RFC 5322, 3.6.4); comments may stand around them. */
function bareId(messageId: string): string {
  return (/<([^<>]+)>/.exec(messageId)?.[1] ?? messageId.replaceAll(/[<>]/g, '')).trim();
}

/** Also the marks that encodeURIComponent leaves, at which programs that find links in plain text may end one. */
function encoded(text: string): string {
  // Half a surrogate pair becomes U+FFFD; encodeURIComponent would throw on it.
  const wellFormed = Buffer.from(text, 'utf8').toString('utf8');
  return encodeURIComponent(wellFormed).replaceAll(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
}
