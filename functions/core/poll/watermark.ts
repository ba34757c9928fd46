/** How far a mailbox is handed over. The watermark passes a mail only after the mail is in the ledger and handed over. */
export type Watermark = {
  mailbox: string;
  uidValidity: string;
  /** Highest uid that is handed over; 0 where nothing is. */
  lastUid: number;
  /** Accounting begins above this uid. */
  baselineUid: number;
  baselineAt: Date;
  /** The uidValidity before the last change, so that a digest can still count the mail that lay under it. */
  previousUidValidity: string | undefined;
};

/** What is known of a mailbox: its watermark, and the history of polls and digests that its health is judged by. */
export type MailboxHealth = {
  /** Undefined as long as no poll has ended well. */
  watermark: Watermark | undefined;
  /** What the server last named as the next uid. */
  uidNext: number | undefined;
  /** Last poll that ended well. */
  lastPollAt: Date | undefined;
  /** Undefined as soon as a poll ends well. */
  lastPollError: { kind: string; text: string; since: Date; at: Date } | undefined;
  lastDigestAt: Date | undefined;
  /** Polls since the last digest that SES accepted, failed ones included. */
  pollsSinceDigest: number;
  failedPollsSinceDigest: number;
};
