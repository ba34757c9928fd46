import type { AuditReport } from '../audit/audit-report.ts';

/** How far a mailbox is handed over. The watermark passes a mail only after the mail is in the ledger and handed over. */
export type Watermark = {
  mailbox: string;
  uidValidity: string;
  /** Highest uid that is handed over; 0 where nothing is. */
  lastUid: number;
  /** Accounting begins above this uid. */
  baselineUid: number;
  baselineAt: Date;
  /** Mail that the server received since then is accounted for, whatever its uid; undefined where all mail is. */
  accountedSince: Date | undefined;
  /** The uidValidity before the last change, so that a digest can still count the mail that lay under it. */
  previousUidValidity: string | undefined;
  /** The uidValidities before that one that no digest has known, and when the first change was that none has known. */
  uncounted?: { uidValidities: readonly string[]; since: Date } | undefined;
  /**
   * Mails that polls have passed since accounting began, by route; each counts once, where the ledger took it in. Written
   * together with `lastUid`, so a page that is read again is not counted again.
   */
  seen?: Readonly<Record<string, number>> | undefined;
};

/** Said by an audit before it takes in mail below the watermark, so that a digest need not read the whole ledger for it. */
export type Recovery = {
  uidValidity: string;
  /** From this uid on; the lowest one, where several audits said so since `at` of the first. */
  fromUid: number;
  at: Date;
};

/** What is known of a mailbox: its watermark, and the history of polls and digests that its health is judged by. */
export type MailboxHealth = {
  /** Undefined as long as no poll has ended well. */
  watermark: Watermark | undefined;
  /** What the server last named as the next uid. */
  uidNext: number | undefined;
  /** Last poll that ended well. */
  lastPollAt: Date | undefined;
  /** Last poll that ended well and left nothing for the next one: where reading begins anew once uids are void. */
  lastCompletePollAt: Date | undefined;
  /** Undefined as soon as a poll ends well. */
  lastPollError: { kind: string; text: string; since: Date; at: Date } | undefined;
  lastDigestAt: Date | undefined;
  /** The watermark as the last digest found it: what is above is the next one's to count. */
  digestWatermark?: Watermark | undefined;
  /** Polls since the last digest that SES accepted, failed ones included. */
  pollsSinceDigest: number;
  failedPollsSinceDigest: number;
  /** Undefined where no audit has ended yet. */
  lastAudit: AuditReport | undefined;
  /** The last time that an audit was about to bring mail back. */
  recovery?: Recovery | undefined;
};
