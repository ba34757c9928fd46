import type { ListedMail } from '../mail/mail-reader.ts';
import { receivedSince } from '../poll/listing.ts';
import { type MailboxStatus, uidBeforeIn, withRescanMargin } from '../poll/watermark-start.ts';
import { type Numbering, type Restart, restartsOf, voidBefore, type Watermark } from '../records/watermark.ts';
import { CLOCK_TOLERANCE_MS, DAY_MS } from '../time.ts';

/** The part of a mailbox that polls have accounted for, in the server's current uids. */
export type AuditedRange = {
  mailbox: string;
  uidValidity: string;
  /** Above this uid, and up to `lastUid`, polls have read everything. */
  baselineUid: number;
  lastUid: number;
  /** Undefined if polls never had to begin again. Email up to the baseline may then be known by other uids. */
  restart: Pick<Restart, 'mailbox' | 'uidValidity' | 'uidNext' | 'arrivalDecidesBelowUid'> | undefined;
  /** The numberings under which it was known before that. */
  earlierRestarts: readonly Numbering[];
  /** Older index entries do not describe the email at their uids now: the server has reused its uids. */
  linesSince: Date | undefined;
  accountedSince: Date | undefined;
};

/**
 * If UIDVALIDITY has changed and no poll has run since, the stored uids are void. The next poll reads again from a
 * certain email on; the audit covers the email before it, and leaves the rest to that poll.
 *
 * @param mails all that the server lists
 */
export function rangeToAudit(
  watermark: Watermark,
  lastCompletePollAt: Date | undefined,
  status: MailboxStatus,
  mails: readonly ListedMail[],
): AuditedRange {
  const { mailbox, accountedSince, uidValidity, restart, earlierRestarts = [], baselineUid, lastUid } = watermark;
  if (uidValidity !== status.uidValidity) {
    const uid = uidBeforeIn(mails, withRescanMargin(lastCompletePollAt ?? accountedSince), status);
    return { ...voidRange(watermark, status), baselineUid: uid, lastUid: uid };
  }
  const linesSince = voidBefore(watermark);
  return { mailbox, accountedSince, uidValidity, restart, earlierRestarts, baselineUid, lastUid, linesSince };
}

/** If the server has renumbered its mailbox and kept UIDVALIDITY, the stored uids are void as well. */
export function renumberedRange(watermark: Watermark, status: MailboxStatus, now: Date): AuditedRange {
  const { lastUid } = watermark;
  return { ...voidRange(watermark, status), baselineUid: lastUid, lastUid, linesSince: now };
}

function voidRange(watermark: Watermark, { uidValidity, uidNext }: MailboxStatus) {
  const { mailbox, accountedSince } = watermark;
  return {
    ...{ mailbox, accountedSince, uidValidity, linesSince: undefined },
    restart: { mailbox, uidValidity: watermark.uidValidity, uidNext, arrivalDecidesBelowUid: uidNext },
    earlierRestarts: restartsOf(watermark),
  };
}

/**
 * The emails to compare with the ledger: from the first of the last `days` on. Email up to the baseline was there before
 * polls began, unless they have had to begin again, or the server has renumbered and kept UIDVALIDITY; then only the time
 * of its arrival shows it.
 */
export function mailsInRange(
  mails: readonly ListedMail[],
  { baselineUid, lastUid, restart, accountedSince }: AuditedRange,
  days: number | 'all',
  now: Date,
): readonly ListedMail[] {
  const recently = days === 'all' ? undefined : new Date(now.getTime() - days * DAY_MS);
  const [first] = receivedSince(mails, recently);
  const since = latest(accountedSince, recently);
  const isInTime = new Set(
    restart ? receivedSince(mails, since) : mails.filter(({ receivedAt }) => isReceivedAfter(receivedAt, since)),
  );
  return mails.filter(
    (mail) =>
      mail.uid <= lastUid &&
      (mail.uid > baselineUid ? mail.uid >= (first?.uid ?? Number.POSITIVE_INFINITY) : isInTime.has(mail)),
  );
}

/** Surely after: the server's clock may be ahead. */
function isReceivedAfter(receivedAt: Date | undefined, since: Date | undefined): boolean {
  return receivedAt !== undefined && since !== undefined && receivedAt.getTime() > since.getTime() + CLOCK_TOLERANCE_MS;
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (!one || !other) return one ?? other;
  return one > other ? one : other;
}
