import type { Mail } from './mail.ts';

/** What a listing tells of an email. */
export type ListedMail = {
  uid: number;
  /** When the server received it; undefined where it does not say. */
  receivedAt: Date | undefined;
  fingerprint: string | undefined;
};

/** Reads one account over IMAP. Every failure is a `MailboxFailure`. */
export interface MailReader {
  /** Connects, runs `visit`, and closes the connection on every way out. */
  visit<T>(folder: string, visit: (session: MailSession) => Promise<T>): Promise<T>;
}

/**
 * One connection to one folder. The mailbox is only read: EXAMINE and BODY.PEEK, no flag ever changes. Once its status was
 * asked, all else is about the folder under that uidValidity, or fails as `uidValidity changed`.
 */
export interface MailSession {
  /** The cheapest question: STATUS, without selecting the folder. */
  status(): Promise<{ uidValidity: string; uidNext: number }>;
  /** All email above `uid`, by uid; with 0, as much as the server says there is, or it fails as an `incomplete answer`. */
  list(aboveUid: number): Promise<ListedMail[]>;
  /**
   * Reads these mails, one page an item, in the order of their uids, fetching the next page while one is worked on.
   * Every uid is in a page, or was expunged since it was listed; anything else is a `MailboxFailure`.
   */
  pages(uids: readonly number[], mailsPerPage: number): AsyncIterable<Mail[]>;
}
