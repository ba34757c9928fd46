import type { Journal } from '../journal.ts';
import type { Clock, Ledger, MailSession, Watermarks } from '../ports.ts';
import type { Watermark } from './watermark.ts';

/** Where the accounting of a new mailbox begins. */
export type StartFrom = 'now' | 'all' | { days: number };

const DAY_MS = 24 * 60 * 60 * 1000;

/** Uids begin at 1 (RFC 3501, 2.3.1.1). */
const BEFORE_THE_FIRST_UID = 0;

/** SEARCH SINCE knows days in the server's time zone only, and a poll's success can lag behind a mail's arrival. */
const RESCAN_MARGIN_MS = 2 * DAY_MS;

export type MailboxStatus = { uidValidity: string; uidNext: number };
export type WatermarkServices = {
  watermarks: Pick<Watermarks, 'get' | 'create' | 'move'>;
  ledger: Pick<Ledger, 'linesAbove'>;
  clock: Clock;
  journal: Journal;
};

/** The first watermark of a mailbox, by `startFrom`. */
export async function setBaseline(
  mailbox: string,
  startFrom: StartFrom,
  status: MailboxStatus,
  session: MailSession,
  services: WatermarkServices,
): Promise<Watermark> {
  const { watermarks, clock, journal } = services;
  const baselineUid = await baselineUidOf(startFrom, status, session, clock.now());
  const { uidValidity } = status;
  const watermark: Watermark = {
    mailbox,
    uidValidity,
    lastUid: baselineUid,
    baselineUid,
    baselineAt: clock.now(),
    accountedSince: accountedSince(startFrom, clock.now()),
    previousUidValidity: undefined,
  };
  if ((await watermarks.create(watermark)) === 'already there') return await othersWatermark(mailbox, watermarks);
  journal({ kind: 'baseline set', mailbox, uidValidity, baselineUid });
  return watermark;
}

async function baselineUidOf(
  startFrom: StartFrom,
  status: MailboxStatus,
  session: MailSession,
  now: Date,
): Promise<number> {
  if (startFrom === 'now') return status.uidNext - 1;
  return await uidBefore(accountedSince(startFrom, now), status, session);
}

/** Undefined is all mail. */
function accountedSince(startFrom: StartFrom, now: Date): Date | undefined {
  if (startFrom === 'all') return undefined;
  return startFrom === 'now' ? now : new Date(now.getTime() - startFrom.days * DAY_MS);
}

/**
 * Every stored uid is void once UIDVALIDITY changed (RFC 3501, 2.3.1.1). Mail since the last complete poll is read again
 * under its new uids; what the ledger knows by its mailId is recognised and not posted twice.
 */
export async function restart(
  stored: Watermark,
  lastCompletePollAt: Date | undefined,
  status: MailboxStatus,
  session: MailSession,
  { watermarks, ledger, clock, journal }: WatermarkServices,
): Promise<Watermark> {
  const { mailbox } = stored;
  const uid = await uidBeforeRescan(stored, lastCompletePollAt, status, session);
  const restarted: Watermark = {
    ...stored,
    uidValidity: status.uidValidity,
    lastUid: uid,
    baselineUid: uid,
    baselineAt: clock.now(),
    previousUidValidity: stored.uidValidity,
    seen: await seenWithUnpassed(stored, ledger),
  };
  if ((await watermarks.move(stored, restarted)) === 'overtaken') return await othersWatermark(mailbox, watermarks);
  journal({
    kind: 'uidValidity changed',
    mailbox,
    from: stored.uidValidity,
    to: status.uidValidity,
    rescanFromUid: uid + 1,
  });
  return restarted;
}

/**
 * The counts with the mail that a poll took in and never passed, because it failed behind the ledger. Such mail comes
 * again under another uid, where what was accepted before the baseline is not counted; nor is it here, where the baseline
 * was set anew before.
 */
async function seenWithUnpassed(
  { mailbox, uidValidity, lastUid, baselineAt, seen = {} }: Watermark,
  ledger: WatermarkServices['ledger'],
): Promise<Watermark['seen']> {
  const counts: Record<string, number> = { ...seen };
  for await (const { route, acceptedAt } of ledger.linesAbove(mailbox, uidValidity, lastUid)) {
    if (acceptedAt >= baselineAt) counts[route] = (counts[route] ?? 0) + 1;
  }
  return counts;
}

/**
 * The uid above which a poll reads anew once the stored uids are void: of mail received since the last poll that left
 * nothing. As long as there was none, all that is accounted for may still have to be read.
 */
export async function uidBeforeRescan(
  { accountedSince }: Pick<Watermark, 'accountedSince'>,
  lastCompletePollAt: Date | undefined,
  status: MailboxStatus,
  session: MailSession,
): Promise<number> {
  const since = lastCompletePollAt ?? accountedSince;
  return await uidBefore(since && new Date(since.getTime() - RESCAN_MARGIN_MS), status, session);
}

/** Two polls ran at once and the other was faster; its watermark is as good as ours. */
async function othersWatermark(mailbox: string, watermarks: Pick<Watermarks, 'get'>): Promise<Watermark> {
  const health = await watermarks.get(mailbox);
  if (health?.watermark) return health.watermark;
  throw new Error(
    `${mailbox}: the watermark was there and is gone. Whoever removes it must stop; the next poll tries again.`,
  );
}

async function uidBefore(since: Date | undefined, status: MailboxStatus, session: MailSession): Promise<number> {
  if (!since) return BEFORE_THE_FIRST_UID;
  const [first] = await session.uidsSince(since);
  return (first ?? status.uidNext) - 1;
}
