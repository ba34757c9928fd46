import { CLOCK_TOLERANCE_MS } from '../time.ts';
import type { AuditReport } from './audit-report.ts';

/** How far a mailbox is handed over. The watermark passes a mail only after the mail is in the ledger and handed over. */
export type Watermark = {
  mailbox: string;
  uidValidity: string;
  /** Highest uid that is handed over; 0 where nothing is. */
  lastUid: number;
  /** Accounting begins above this uid. */
  baselineUid: number;
  /** When accounting of this mailbox first began, under whatever name; no restart changes it. */
  beganAt: Date;
  /** Email that the server received since then is accounted for, whatever its uid; undefined where all email is. */
  accountedSince: Date | undefined;
  /** Why polls began again at `baselineUid`, the last time; undefined where they have never had to. */
  restart: Restart | undefined;
  /** Restarts before that, oldest first; the last few. */
  earlierRestarts?: readonly Restart[] | undefined;
  /** Former names of the mailbox whose watermark is carried over into this one. */
  carriedOver?: readonly string[] | undefined;
  /** The name under which polls go on with it; undefined where it was not carried over. */
  carriedInto?: string | undefined;
};

/** Uids mean something only together with both (RFC 3501, 2.3.1.1). */
export type Numbering = { mailbox: string; uidValidity: string };

export const RESTART_REASONS = ['renumbered', 'uids reused', 'renamed', 'watermark lost', 'rescan'] as const;

/** Polls read a part of the mailbox again: what the ledger knows is recognised, the rest is new. */
export type Restart = Numbering & {
  /** `mailbox` and `uidValidity` say under which numbers the email was known before. */
  reason: (typeof RESTART_REASONS)[number];
  at: Date;
  /** Email below this uid was in the mailbox when polls began again; above it all is new. */
  uidNext: number;
  /** Email below this uid may be older than accounting is, so the time of its arrival decides. */
  arrivalDecidesBelowUid: number;
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
  lastPollError: (RecordedPollFailure & { since: Date }) | undefined;
  /** What the server last wanted shown to the user; undefined where it never did. */
  notice?: ServerNotice | undefined;
  lastDigestAt: Date | undefined;
  /** Polls since the last digest that SES accepted, failed ones included. */
  pollsSinceDigest: number;
  failedPollsSinceDigest: number;
  /** Undefined where no audit has ended yet. */
  lastAudit: AuditReport | undefined;
  /** A person asked to read again what arrived since then; undefined once a poll has begun to. */
  rescanSince?: Date | undefined;
};

/** A poll that ended well. */
type RecordedPoll = { at: Date; uidNext: number; isComplete: boolean; notice?: ServerNotice | undefined };

/** A text of the server for the user (ALERT: RFC 3501, 7.1), and when a poll first heard it. */
export type ServerNotice = { text: string; since: Date };

/** A poll that failed. */
export type RecordedPollFailure = { at: Date; kind: string; text: string; refusedLogin?: RefusedLogin | undefined };

/** A login that a server has refused time after time. */
export type RefusedLogin = {
  /** Which one, as `Login.version` has it. */
  version: string;
  times: number;
  /** The last time. */
  at: Date;
};

/** The polls that no digest has reported yet, as far as a new watermark carries them over. */
export type DigestHistory = Partial<
  Pick<MailboxHealth, 'lastDigestAt' | 'pollsSinceDigest' | 'failedPollsSinceDigest'>
>;

/** Restarts that a watermark remembers. A mailbox that begins again more often within a day has other troubles. */
const RESTARTS_KEPT = 10;

/** All restarts that a watermark remembers, oldest first. */
export function restartsOf({
  restart,
  earlierRestarts = [],
}: Pick<Watermark, 'restart' | 'earlierRestarts'>): Restart[] {
  return restart ? [...earlierRestarts, restart] : [];
}

/** What a watermark remembers of restarts once another one is added. */
export function withRestart(
  watermark: Pick<Watermark, 'restart' | 'earlierRestarts'>,
  restart: Restart,
): Pick<Watermark, 'restart' | 'earlierRestarts'> {
  return { restart, earlierRestarts: restartsOf(watermark).slice(1 - RESTARTS_KEPT) };
}

/** Ledger lines accepted before then say nothing of their uids: the server has given these a second time. */
export function voidBefore({ restart }: Pick<Watermark, 'restart'>): Date | undefined {
  return restart?.reason === 'uids reused' ? restart.at : undefined;
}

export function isSameNumbering(one: Numbering, other: Numbering): boolean {
  return one.mailbox === other.mailbox && one.uidValidity === other.uidValidity;
}

/**
 * Whether an email is from before accounting began. Above the baseline nothing is; where polls read again below it, the
 * time at which the server received the email tells (INTERNALDATE, which no server changes when it renumbers).
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

/** Where each mailbox stands. */
export interface Watermarks {
  /** Undefined where no poll has run yet, good or bad. */
  get(mailbox: string): Promise<MailboxHealth | undefined>;
  /**
   * Puts the first watermark under a name; `already there` when another poll was first. The polls of a history add to those
   * of this name.
   */
  create(watermark: Watermark, history?: DigestHistory): Promise<'created' | 'already there'>;
  /**
   * Moves by compare-and-swap; `overtaken` when another poll moved it meanwhile, began again, or created it again because
   * it was lost.
   */
  move(from: Watermark, to: Watermark): Promise<'moved' | 'overtaken'>;
  /**
   * A poll ended well: counts it and clears the last error. It is complete where it left nothing for the next one. Without a
   * `notice` the one before stays.
   */
  recordPoll(mailbox: string, poll: RecordedPoll): Promise<void>;
  /** A person wants read again what arrived since then: the next poll begins there. Of two such wishes the earlier one counts. */
  requestRescan(mailbox: string, since: Date): Promise<void>;
  /** A poll has begun to read again what arrived since then. */
  recordRescan(mailbox: string, since: Date): Promise<void>;
  /** Keeps the figures of the last audit. Works before a watermark exists. */
  recordAudit(report: AuditReport): Promise<void>;
  /** A poll failed: counts it and keeps the error, with the time at which failing began. Works before a watermark exists. */
  recordPollFailure(mailbox: string, failure: RecordedPollFailure): Promise<void>;
  /**
   * SES accepted a digest: the counts of polls begin again, less those that it reported. By compare-and-swap on
   * lastDigestAt; `overtaken` where a digest that ran at the same time has reported these polls already, or where the
   * mailbox was lost meanwhile and has had fewer.
   */
  recordDigest(mailbox: string, digest: RecordedDigest): Promise<'recorded' | 'overtaken'>;
}

/** What a digest has told of one mailbox. */
type RecordedDigest = {
  at: Date;
  /** The digest before it, as it found it; undefined where it was the first. */
  previousAt: Date | undefined;
  polls: number;
  failedPolls: number;
};
