import { convert } from 'html-to-text';
import PostalMime, { type Address, addressParser, decodeWords, type Email } from 'postal-mime';
import { cutText, displayedText } from './displayed-text.ts';
import { accountOf, type IdentityHeaders, type Mail, type MailAddress, type MailLocation, mailIdOf } from './mail.ts';
import type { RawMail } from './raw-mail.ts';

export const SNIPPET_CHARACTERS = 500;

/** Longer subjects exist only to do harm; what is shown and stored ends here. */
const SUBJECT_CHARACTERS = 300;

/** Enough HTML for a snippet; converting more is work for nothing. */
const HTML_CHARACTERS = 32_768;

/** What a mail cannot tell about itself. */
export type MailContext = {
  location: MailLocation;
  /** Opens the mail in the reader's mail client, given its Message-ID. */
  linkTo: (messageId: string | undefined) => string | undefined;
};

/**
 * Reads one mail: decodes header, charset and transfer encoding, and takes a snippet of its text.
 *
 * Never throws for what a mail contains: a mail that cannot be read comes back with its `problem` and the server's own
 * reading of its envelope, so that one mail never holds the mailbox.
 */
export async function readMail(raw: RawMail, context: MailContext): Promise<Mail> {
  try {
    const email = await PostalMime.parse(messageOf(raw), { maxNestingDepth: 50 });
    return mailFrom(email, raw, context);
  } catch (error) {
    return unreadableMail(raw, context, error instanceof Error ? error.message : String(error));
  }
}

/** True where the first kilobytes of the body held nothing that a person could read. */
export function lacksText(mail: Mail): boolean {
  return mail.snippet === '' && mail.problem === undefined;
}

/**
 * Header and body as one message. Text that lay further in replaces the body: its own content fields then stand in for
 * the message's, since the first field of a name wins.
 */
function messageOf({ header, body, text }: RawMail): Uint8Array {
  const end = Buffer.from('\r\n');
  if (!text) return Buffer.concat([withoutBlankLine(header), end, body]);
  const { type, charset, encoding } = text.part;
  const fields = [
    `Content-Type: ${type}${charset ? `; charset="${charset.replaceAll(/[^\w.:-]/g, '')}"` : ''}`,
    `Content-Transfer-Encoding: ${(encoding ?? '7bit').replaceAll(/[^\w-]/g, '')}`,
  ];
  const contentFields = /^content-(?:type|transfer-encoding):.*(?:\r?\n[ \t].*)*\r?\n?/gim;
  const ownHeader = Buffer.from(header).toString('latin1').replaceAll(contentFields, '');
  return Buffer.concat([
    Buffer.from(`${fields.join('\r\n')}\r\n`),
    withoutBlankLine(Buffer.from(ownHeader, 'latin1')),
    end,
    text.content,
  ]);
}

/** HEADER.FIELDS ends with the blank line that ends a header (RFC 3501, 6.4.5); some servers leave it out. */
function withoutBlankLine(header: Uint8Array): Uint8Array {
  const text = Buffer.from(header)
    .toString('latin1')
    .replace(/(?:\r?\n)*$/, '');
  return text ? Buffer.from(`${text}\r\n`, 'latin1') : new Uint8Array();
}

function mailFrom(email: Email, raw: RawMail, { location, linkTo }: MailContext): Mail {
  const headers = rawHeadersOf(email);
  const first = (name: string) => headers.get(name)?.[0] ?? '';
  const identity: IdentityHeaders = {
    messageId: first('message-id').trim(),
    from: first('from').trim(),
    date: first('date').trim(),
    subject: first('subject').trim(),
  };
  const messageId = keptMessageId(identity.messageId);
  return {
    mailId: mailIdOf(accountOf(location.mailbox), location, identity),
    location,
    messageId,
    from: addressesIn(headers.get('from')),
    to: addressesIn(headers.get('to')),
    subject: cutText(displayedText(email.subject ?? ''), SUBJECT_CHARACTERS),
    date: dateOf(identity.date, raw.internalDate),
    snippet: snippetOf(email),
    headers: new Map([...headers].map(([name, values]) => [name, shownValues(name, values)])),
    link: linkTo(messageId),
    problem: undefined,
  };
}

/** Encoded words in Authentication-Results are a sender's attempt to write them (RFC 8601, 7.1); the field has none. */
function shownValues(name: string, values: readonly string[]): readonly string[] {
  return name === 'authentication-results' ? values : values.map(decodeWords);
}

/** RFC 5322, 2.1.1: no line may be longer. What is longer identifies its mail, and is of no use to anyone who reads it. */
const MESSAGE_ID_CHARACTERS = 998;

function keptMessageId(messageId: string): string | undefined {
  return messageId && messageId.length <= MESSAGE_ID_CHARACTERS ? messageId : undefined;
}

/** Values as sent, unfolded: the identity is taken from them, so that no decoder's update changes an id. */
function rawHeadersOf(email: Email): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const { key, value } of email.headers) {
    const values = headers.get(key);
    if (values) values.push(value);
    else headers.set(key, [value]);
  }
  return headers;
}

function addressesIn(values: readonly string[] | undefined): MailAddress[] {
  return (values ?? []).flatMap((value) => addressParser(value)).flatMap(flattenGroup);
}

/** A group (RFC 5322, 3.4) stands for its members; one without members, `undisclosed-recipients:;`, for its name. */
function flattenGroup({ name, address, group }: Address): MailAddress[] {
  const shownName = displayedText(name);
  if (group?.length) return group.flatMap(flattenGroup);
  return [{ name: shownName, address: displayedText(address ?? '') }];
}

function dateOf(header: string, internalDate: Date): string {
  const date = new Date(header);
  return (Number.isNaN(date.getTime()) ? internalDate : date).toISOString();
}

function snippetOf({ text, html }: Email): string {
  const plain = text?.trim() ? text : textOfHtml(html ?? '');
  // A character cut in two at the end of the fetched bytes decodes to U+FFFD.
  return cutText(displayedText(plain).replace(/\uFFFD+$/, ''), SNIPPET_CHARACTERS);
}

function textOfHtml(html: string): string {
  return convert(html.slice(0, HTML_CHARACTERS), {
    wordwrap: false,
    limits: { maxDepth: 64, maxChildNodes: 2_000 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'h1', options: { uppercase: false } },
      { selector: 'h2', options: { uppercase: false } },
      { selector: 'h3', options: { uppercase: false } },
    ],
  });
}

function unreadableMail(raw: RawMail, { location, linkTo }: MailContext, why: string): Mail {
  const { envelope, internalDate } = raw;
  const messageId = keptMessageId(envelope.messageId);
  const identity = { messageId: '', from: '', date: '', subject: '' };
  return {
    mailId: mailIdOf(accountOf(location.mailbox), location, identity),
    location,
    messageId,
    from: [{ name: '', address: displayedText(envelope.from) }],
    to: [{ name: '', address: displayedText(envelope.to) }],
    subject: cutText(displayedText(envelope.subject), SUBJECT_CHARACTERS),
    date: internalDate.toISOString(),
    snippet: '',
    headers: new Map(),
    link: linkTo(messageId),
    problem: `the mail could not be read: ${why}`,
  };
}
