import { CLOCK_TOLERANCE_MS } from '../time.ts';
import type { AuditReport } from './audit-report.ts';

/** How far a mailbox is handed over. The watermark passes an email only once it is in the ledger and handed over. */
export type Watermark = {
  mailbox: string;
  uidValidity: string;
  /** Highest uid that is handed over; 0 if none is. */
  lastUid: number;
  /** Accounting begins above this uid. */
  baselineUid: number;
  /** When accounting of this mailbox first began, under any of its names; a restart does not change it. */
  beganAt: Date;
  /** Email that the server received since then is accounted for, whatever its uid; undefined if all email is. */
  accountedSince: Date | undefined;
  /** Why polls last began again at `baselineUid`; undefined if they never had to. */
  restart: Restart | undefined;
  /** The last few restarts before that, oldest first. */
  earlierRestarts?: readonly Restart[] | undefined;
  /** Former names of the mailbox whose watermark was carried over into this one. */
  carriedOver?: readonly string[] | undefined;
  /** The name under which polls continue it; undefined if it was not carried over. */
  carriedInto?: string | undefined;
};

/** Uids are meaningful only together with both (RFC 3501, 2.3.1.1). */
export type Numbering = { mailbox: string; uidValidity: string };

export const RESTART_REASONS = ['renumbered', 'uids reused', 'renamed', 'watermark lost', 'rescan'] as const;

/** Polls read a part of the mailbox again: email in the ledger is recognised, the rest is new. */
export type Restart = Numbering & {
  /** `mailbox` and `uidValidity` are the numbering under which the email was known before. */
  reason: (typeof RESTART_REASONS)[number];
  at: Date;
  /** Email below this uid was in the mailbox when polls began again; all email above it is new. */
  uidNext: number;
  /** Email below this uid may be older than accounting, so its time of arrival decides. */
  arrivalDecidesBelowUid: number;
};

/** What is known of a mailbox: its watermark, and the history of polls and digests for its health report. */
export type MailboxHealth = {
  /** Undefined until a poll has succeeded. */
  watermark: Watermark | undefined;
  /** The last UIDNEXT of the server. */
  uidNext: number | undefined;
  /** The last poll that succeeded. */
  lastPollAt: Date | undefined;
  /** The last poll that succeeded and left nothing for the next one: if uids become void, reading begins again here. */
  lastCompletePollAt: Date | undefined;
  /** Undefined after a poll has succeeded. */
  lastPollError: (RecordedPollFailure & { since: Date }) | undefined;
  /** The last message of the server for the user; undefined if there was none. */
  notice?: ServerNotice | undefined;
  lastDigestAt: Date | undefined;
  /** Polls since the last digest that SES accepted, including failed ones. */
  pollsSinceDigest: number;
  failedPollsSinceDigest: number;
  /** Undefined until an audit has ended. */
  lastAudit: AuditReport | undefined;
  /** A person asked to read again the email that arrived since then; undefined once a poll has begun to. */
  rescanSince?: Date | undefined;
};

/** A poll that succeeded. */
type RecordedPoll = { at: Date; uidNext: number; isComplete: boolean; notice?: ServerNotice | undefined };

/** A message of the server for the user (ALERT: RFC 3501, 7.1), and when a poll first received it. */
export type ServerNotice = { text: string; since: Date };

/** A poll that failed. */
export type RecordedPollFailure = { at: Date; kind: string; text: string; refusedLogin?: RefusedLogin | undefined };

/** A login that a server has refused repeatedly. */
export type RefusedLogin = {
  /** The `Login.version` that was refused. */
  version: string;
  times: number;
  /** The last refusal. */
  at: Date;
};

/** The polls that no digest has reported yet, if a new watermark carries them over. */
export type DigestHistory = Partial<
  Pick<MailboxHealth, 'lastDigestAt' | 'pollsSinceDigest' | 'failedPollsSinceDigest'>
>;

/** Restarts kept in a watermark. A mailbox that begins again more often within a day has other problems. */
const RESTARTS_KEPT = 10;

/** All restarts kept in a watermark, oldest first. */
export function restartsOf({
  restart,
  earlierRestarts = [],
}: Pick<Watermark, 'restart' | 'earlierRestarts'>): Restart[] {
  return restart ? [...earlierRestarts, restart] : [];
}

/** The restarts kept in a watermark after another one is added. */
export function withRestart(
  watermark: Pick<Watermark, 'restart' | 'earlierRestarts'>,
  restart: Restart,
): Pick<Watermark, 'restart' | 'earlierRestarts'> {
  return { restart, earlierRestarts: restartsOf(watermark).slice(1 - RESTARTS_KEPT) };
}

/** Index entries accepted before then do not describe their uids: the server has reused these. */
export function voidBefore({ restart }: Pick<Watermark, 'restart'>): Date | undefined {
  return restart?.reason === 'uids reused' ? restart.at : undefined;
}

export function isSameNumbering(one: Numbering, other: Numbering): boolean {
  return one.mailbox === other.mailbox && one.uidValidity === other.uidValidity;
}

/**
 * Whether an email is from before accounting began. Email above the baseline never is. If polls read again below it,
 * the server's time of receipt decides (INTERNALDATE, which no server changes when it renumbers).
 */
export function isFromBeforeAccounting(
  { location: { uid }, receivedAt }: { location: { uid: number }; receivedAt: Date },
  {
    restart,
    accountedSince,
  }: Pick<Watermark, 'accountedSince'> & { restart: Pick<Restart, 'arrivalDecidesBelowUid'> | undefined },
): boolean {
  if (!restart || !accountedSince || uid >= restart.arrivalDecidesBelowUid) return false;
  return receivedAt.getTime() < accountedSince.getTime() - CLOCK_TOLERANCE_MS;
}

/** How far each mailbox has been read. */
export interface Watermarks {
  /** Undefined if no poll has run yet, whether successful or not. */
  get(mailbox: string): Promise<MailboxHealth | undefined>;
  /**
   * Creates the first watermark under a name; `already there` if another poll was first. The polls of `history` are
   * added to those of this name.
   */
  create(watermark: Watermark, history?: DigestHistory): Promise<'created' | 'already there'>;
  /**
   * Moves by compare-and-swap; `overtaken` if another poll has moved it, begun again, or recreated it after it was
   * lost.
   */
  move(from: Watermark, to: Watermark): Promise<'moved' | 'overtaken'>;
  /**
   * Counts a successful poll and clears the last error. The poll is complete if it left nothing for the next one.
   * Without a `notice` the previous one stays.
   */
  recordPoll(mailbox: string, poll: RecordedPoll): Promise<void>;
  /**
   * A person asks to read again the email that arrived since then: the next poll begins there. Of two requests the
   * earlier time counts.
   */
  requestRescan(mailbox: string, since: Date): Promise<void>;
  /** A poll has begun to read again the email that arrived since then. */
  recordRescan(mailbox: string, since: Date): Promise<void>;
  /** Keeps the figures of the last audit. Works before a watermark exists. */
  recordAudit(report: AuditReport): Promise<void>;
  /**
   * Counts a failed poll and keeps the error, with the time of the first failure in a row. Works before a watermark
   * exists.
   */
  recordPollFailure(mailbox: string, failure: RecordedPollFailure): Promise<void>;
  /**
   * SES accepted a digest: subtracts the polls that it reported from the counts. By compare-and-swap on lastDigestAt;
   * `overtaken` if a concurrent digest has already reported these polls, or if the mailbox was lost meanwhile and has
   * had fewer.
   */
  recordDigest(mailbox: string, digest: RecordedDigest): Promise<'recorded' | 'overtaken'>;
}

/** What a digest has reported of one mailbox. */
type RecordedDigest = {
  at: Date;
  /** The previous digest, as this one read it; undefined if this was the first. */
  previousAt: Date | undefined;
  polls: number;
  failedPolls: number;
};
