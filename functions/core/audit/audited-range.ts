import type { MailSession } from '../mail/mail-reader.ts';
import { type MailboxStatus, uidBeforeRescan } from '../poll/watermark-start.ts';
import { type Numbering, type Restart, restartsOf, type Watermark } from '../records/watermark.ts';
import { DAY_MS } from '../time.ts';

/** What of a mailbox polls have answered for, by the uids that its server uses now. */
export type AuditedRange = {
  mailbox: string;
  uidValidity: string;
  /** Above this uid, and up to `lastUid`, polls have read everything. */
  baselineUid: number;
  lastUid: number;
  /** Undefined as long as polls never had to begin again. Email up to the baseline may then be known by other uids. */
  restart: Pick<Restart, 'mailbox' | 'uidValidity' | 'uidNext' | 'arrivalDecidesBelowUid'> | undefined;
  /** Under which it was known before that. */
  earlierRestarts: readonly Numbering[];
  /** Ledger lines from before say nothing of the mail that lies at their uids now: the server has given its uids twice. */
  linesSince: Date | undefined;
  accountedSince: Date | undefined;
};

/**
 * Where UIDVALIDITY has changed and no poll has run since, the stored uids are void. The next poll reads anew from a
 * certain mail on; what lies before that mail is the audit's, and what lies above is left to that poll.
 */
export async function rangeToAudit(
  watermark: Watermark,
  lastCompletePollAt: Date | undefined,
  status: MailboxStatus,
  session: MailSession,
): Promise<AuditedRange> {
  const { mailbox, accountedSince, uidValidity, restart, earlierRestarts = [] } = watermark;
  if (uidValidity !== status.uidValidity) {
    const uid = await uidBeforeRescan(lastCompletePollAt ?? accountedSince, status, session);
    const { uidNext } = status;
    return {
      ...{ mailbox, accountedSince, uidValidity: status.uidValidity },
      restart: { mailbox, uidValidity, uidNext, arrivalDecidesBelowUid: uidNext },
      earlierRestarts: restartsOf(watermark),
      ...{ baselineUid: uid, lastUid: uid, linesSince: undefined },
    };
  }
  const { baselineUid, lastUid } = watermark;
  const linesSince = restart?.reason === 'uids reused' ? restart.at : undefined;
  return { mailbox, accountedSince, uidValidity, restart, earlierRestarts, baselineUid, lastUid, linesSince };
}

/**
 * The uids to hold against the ledger, ascending: from the first mail of the last `days` on. Mail up to the baseline was
 * there before polls began, unless they have had to begin again; then only the time of its arrival tells.
 */
export async function uidsInRange(
  range: AuditedRange,
  days: number | 'all',
  session: MailSession,
  now: Date,
): Promise<number[]> {
  const { baselineUid, lastUid, restart, accountedSince } = range;
  const recently = days === 'all' ? undefined : new Date(now.getTime() - days * DAY_MS);
  const there = (await session.everyUid()).filter((uid) => uid <= lastUid);
  const uidsOf = async (since: Date | undefined) => (since ? await session.uidsSince(since) : there);
  const [first = Number.POSITIVE_INFINITY] = await uidsOf(recently);
  const isInTime = new Set(restart ? await uidsOf(latest(accountedSince, recently)) : []);
  return there.filter((uid) => (uid > baselineUid ? uid >= first : isInTime.has(uid)));
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (!one || !other) return one ?? other;
  return one > other ? one : other;
}
