import { createHash } from 'node:crypto';
import * as z from 'zod';
import { formatAddresses, type MailAddress } from './address-text.ts';

export type { MailAddress };

export const mailLocationSchema = z.object({
  /** One folder of one account, such as `support/INBOX`. */
  mailbox: z.string(),
  /** A 32-bit number in IMAP; a string here because imapflow returns a bigint. */
  uidValidity: z.string(),
  uid: z.int(),
});

/** Where an email is. A uid is meaningful only together with its mailbox and uidValidity (RFC 3501, 2.3.1.1). */
export type MailLocation = z.output<typeof mailLocationSchema>;

/** What a poll reads of an email: envelope, ids and a snippet of its text, never the whole email. */
export type Mail = {
  mailId: string;
  location: MailLocation;
  messageId: string | undefined;
  from: readonly MailAddress[];
  to: readonly MailAddress[];
  cc: readonly MailAddress[];
  subject: string;
  /** The Date header as ISO 8601; the server's internal date if the header is missing or unreadable. */
  date: string;
  /** When the server received it (INTERNALDATE); moving a message does not change it. */
  receivedAt: Date;
  /** Distinguishes this email from any other that the server may put at its uid; see `fingerprintOf`. */
  fingerprint: string | undefined;
  /** Readable text, at most 500 characters. */
  snippet: string;
  /**
   * Header fields that rules use, by lower-case name, unfolded and decoded. Authentication-Results stay as sent:
   * decoding would let a sender inject results through an encoded word in an address that the field repeats. An empty
   * value among them means that other fields come between two of them.
   */
  headers: ReadonlyMap<string, readonly string[]>;
  /** Opens the email in the reader's mail client. */
  link: string | undefined;
  /** Why the email could not be read properly; it then goes to `unknown` with this reason. */
  problem: string | undefined;
};

export const mailRecordSchema = z.object({
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  snippet: z.string(),
  date: z.string(),
  messageId: z.string().nullable(),
  link: z.string().nullable(),
});

/** What a person needs to recognise an email, kept with it everywhere: ledger, queue, spool, post and digest. */
export type MailRecord = z.output<typeof mailRecordSchema>;

/** What makes an email the same email wherever it is. Raw, so that no update of a decoder changes an id. */
export type Identity = {
  messageId: string;
  from: string;
  date: string;
  subject: string;
  /** The beginning of the text as fetched, one character per byte; the first 4,096 bytes count. */
  text: string;
  fingerprint: string | undefined;
};

/**
 * What servers change in a header: they fold it elsewhere, with a space, a tab or nothing. IMAP cannot transfer NUL
 * (RFC 3501, 9, CHAR8), so one server drops it and Dovecot replaces it with 0x80.
 */
const CHANGED_BY_SERVERS = /[\0\s\x80]+/g;

const IDENTIFYING_TEXT_BYTES = 4_096;

const ID_HEX_DIGITS = 32;

/**
 * The identity of an email across re-upload, move and a change of UIDVALIDITY.
 *
 * With a Message-ID: a hash over account, Message-ID, From, Date, Subject and the beginning of the text, since a
 * Message-ID alone can be repeated or forged. Without one: a hash over its location and everything known of it, so that
 * such an email is never taken for another, even if a server reuses its location.
 */
export function mailIdOf(account: string, location: MailLocation, identity: Identity): string {
  const { messageId, from, date, subject, text, fingerprint = '' } = identity;
  const [id, ...content] = [messageId, from, date, subject, text.slice(0, IDENTIFYING_TEXT_BYTES)].map((value) =>
    value.replace(CHANGED_BY_SERVERS, ''),
  );
  const { mailbox, uidValidity, uid } = location;
  return hashOf(
    namesAnEmail(messageId)
      ? ['message', account, id ?? '', ...content]
      : ['location', mailbox, uidValidity, String(uid), fingerprint, ...content],
  );
}

/**
 * Whether a Message-ID contains an id. Alarm panels and printers write `<>` in every email (RFC 5322, 3.6.4, requires
 * an id between the brackets).
 */
export function namesAnEmail(messageId: string): boolean {
  const id = /<([^>]*)/.exec(messageId)?.[1] ?? messageId;
  return id.replace(CHANGED_BY_SERVERS, '') !== '';
}

/** The id of one copy, at one location, of an email that the ledger knows. */
export function copyIdOf(mailId: string, { mailbox, uidValidity, uid }: MailLocation): string {
  return hashOf(['copy', mailId, mailbox, uidValidity, String(uid)]);
}

/** The id of the one copy that is an alert, of an email that went to the digest. */
export function alertCopyIdOf(mailId: string): string {
  return hashOf(['alert copy', mailId]);
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, ID_HEX_DIGITS);
}

/** The account part of a mailbox name: `support` of `support/INBOX/2026`. */
export function accountOf(mailbox: string): string {
  return mailbox.slice(0, mailbox.indexOf('/'));
}

export function recordOf(mail: Mail): MailRecord {
  return {
    from: formatAddresses(mail.from),
    to: formatAddresses(mail.to),
    subject: mail.subject,
    snippet: mail.snippet,
    date: mail.date,
    messageId: mail.messageId ?? null,
    link: mail.link ?? null,
  };
}
