import type { Mail } from './mail.ts';

/** What a listing shows of an email. */
export type ListedMail = {
  uid: number;
  /** When the server received it; undefined if the server does not say. */
  receivedAt: Date | undefined;
  /** RFC822.SIZE in bytes. */
  size?: number | undefined;
  fingerprint: string | undefined;
};

/** Of the uids that were requested, the emails that exist, by uid. */
export type MailPage = { uids: readonly number[]; mails: readonly Mail[] };

/** Reads one account over IMAP. Every failure is a `MailboxFailure`. */
export interface MailReader {
  /**
   * Connects, runs `visit`, and always closes the connection.
   *
   * @param onNotice receives messages that the server wants shown to the user (ALERT: RFC 3501, 7.1), without secrets,
   *   on one line
   */
  visit<T>(folder: string, visit: (session: MailSession) => Promise<T>, onNotice?: (text: string) => void): Promise<T>;
}

/**
 * One connection to one folder. The mailbox is only read: EXAMINE and BODY.PEEK, so no flag ever changes. After
 * `status`, everything refers to the folder under that uidValidity, or fails as `uidValidity changed`.
 */
export interface MailSession {
  /** The cheapest request: STATUS, without selecting the folder. */
  status(): Promise<{ uidValidity: string; uidNext: number }>;
  /**
   * All email above `uid`, by uid, up to the last one that the server reports; anything less fails as an `incomplete
   * answer`.
   */
  list(aboveUid: number): Promise<ListedMail[]>;
  /**
   * Reads these emails by uid, and fetches the next page while the current one is processed. Every uid is in a page. If
   * its email is missing there, it was expunged after the listing; if the server does not return it, though it returns
   * others, it is there with its `problem`. Anything else is a `MailboxFailure`.
   */
  pages(uids: readonly number[], mailsPerPage: number): AsyncIterable<MailPage>;
}
