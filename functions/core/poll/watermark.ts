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
  /** Email that the server received since then is accounted for, whatever its uid; undefined where all email is. */
  accountedSince: Date | undefined;
  /** Why polls began again at `baselineUid`; undefined where they have never had to. */
  restart: Restart | undefined;
  /** Former names of the mailbox whose watermark is carried over into this one. */
  carriedOver?: readonly string[] | undefined;
  /** The name under which polls go on with it; undefined where it was not carried over. */
  carriedInto?: string | undefined;
  /** When it began under a former name, where no digest has reported that. */
  begunUnreported?: Date | undefined;
  /** Restarts before it that no digest has reported yet, oldest first. */
  unreported?: readonly Restart[] | undefined;
  /**
   * Mails that polls have passed since accounting began, by route; each counts once, where the ledger took it in. Written
   * together with `lastUid`, so a page that is read again is not counted again.
   */
  seen?: Readonly<Record<string, number>> | undefined;
  /**
   * What was accepted until then is counted in `seen`, and what was accepted later is not, whatever uids it has by now.
   * Undefined where an earlier version wrote it.
   */
  countedUntil?: Date | undefined;
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
  /** A person asked to read again what arrived since then; undefined once a poll has begun to. */
  rescanSince?: Date | undefined;
};

/** What digests have counted, and the polls that none has yet, as far as a new watermark carries them over. */
export type DigestHistory = Partial<
  Pick<MailboxHealth, 'lastDigestAt' | 'digestWatermark' | 'pollsSinceDigest' | 'failedPollsSinceDigest'>
>;

/** Whether the digest that found `digestWatermark` knew of this beginning. Times do not tell: a poll writes it later than `baselineAt`. */
export function isReported({ baselineAt }: Watermark, digestWatermark: Watermark | undefined): boolean {
  return digestWatermark?.baselineAt.getTime() === baselineAt.getTime();
}

/** The restarts that this digest did not know of, oldest first. It may have read the mailbox after a poll had begun one and before it ended. */
export function unreportedRestarts(
  { restart, unreported = [] }: Watermark,
  digestWatermark: Watermark | undefined,
): readonly Restart[] {
  const all = restart ? [...unreported, restart] : [];
  return all.filter(({ at }) => !digestWatermark || at > digestWatermark.baselineAt);
}

export function isSameNumbering(one: Numbering, other: Numbering): boolean {
  return one.mailbox === other.mailbox && one.uidValidity === other.uidValidity;
}

/** A server's clock and Lambda's may differ by as much, and INTERNALDATE has no fractions of a second. */
const CLOCK_TOLERANCE_MS = 60_000;

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
