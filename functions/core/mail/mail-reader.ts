import type { Mail } from './mail.ts';

/** What a listing tells of an email. */
export type ListedMail = {
  uid: number;
  /** When the server received it; undefined where it does not say. */
  receivedAt: Date | undefined;
  /** RFC822.SIZE in bytes. */
  size?: number | undefined;
  fingerprint: string | undefined;
};

/** The emails that are there, by uid, of the uids that were asked for. */
export type MailPage = { uids: readonly number[]; mails: readonly Mail[] };

/** Reads one account over IMAP. Every failure is a `MailboxFailure`. */
export interface MailReader {
  /**
   * Connects, runs `visit`, and closes the connection on every way out.
   *
   * @param onNotice hears what the server wants shown to the user (ALERT: RFC 3501, 7.1), without secrets, on one line
   */
  visit<T>(folder: string, visit: (session: MailSession) => Promise<T>, onNotice?: (text: string) => void): Promise<T>;
}

/**
 * One connection to one folder. The mailbox is only read: EXAMINE and BODY.PEEK, no flag ever changes. Once its status was
 * asked, all else is about the folder under that uidValidity, or fails as `uidValidity changed`.
 */
export interface MailSession {
  /** The cheapest question: STATUS, without selecting the folder. */
  status(): Promise<{ uidValidity: string; uidNext: number }>;
  /** All email above `uid`, by uid, up to the last that the server says there is; with less it fails as an `incomplete answer`. */
  list(aboveUid: number): Promise<ListedMail[]>;
  /**
   * Reads these emails in the order of their uids, and fetches the next page while one is worked on. Every uid is in a
   * page. One whose email is not is expunged since it was listed; one that the server does not hand out, though it hands
   * out others, is there with its `problem`. Anything else is a `MailboxFailure`.
   */
  pages(uids: readonly number[], mailsPerPage: number): AsyncIterable<MailPage>;
}
