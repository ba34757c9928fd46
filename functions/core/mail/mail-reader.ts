import type { Mail } from './mail.ts';

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
  /** All uids above `uid`, ascending. */
  uidsAbove(uid: number): Promise<number[]>;
  /** All uids, ascending, and as many as the server says there are, also where its SEARCH leaves some out. */
  everyUid(): Promise<number[]>;
  /** All uids of mail that the server received since then, ascending; of that day's earlier mail too where the server knows days only. */
  uidsSince(since: Date): Promise<number[]>;
  /**
   * Reads these mails, one page an item, in the order of their uids, fetching the next page while one is worked on.
   * Every uid is in a page, or was expunged since it was listed; anything else is a `MailboxFailure`.
   */
  pages(uids: readonly number[], mailsPerPage: number): AsyncIterable<Mail[]>;
}
