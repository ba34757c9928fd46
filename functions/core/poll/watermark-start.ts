import type { Journal } from '../journal.ts';
import type { Clock, MailSession, Watermarks } from '../ports.ts';
import type { Watermark } from './watermark.ts';

/** Where the accounting of a new mailbox begins. */
export type StartFrom = 'now' | 'all' | { days: number };

const DAY_MS = 24 * 60 * 60 * 1000;

/** Uids begin at 1 (RFC 3501, 2.3.1.1). */
const BEFORE_THE_FIRST_UID = 0;

/** SEARCH SINCE knows days in the server's time zone only, and a poll's success can lag behind a mail's arrival. */
const RESCAN_MARGIN_MS = 2 * DAY_MS;

export type MailboxStatus = { uidValidity: string; uidNext: number };
export type WatermarkServices = { watermarks: Watermarks; clock: Clock; journal: Journal };

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
  if (startFrom === 'all') return BEFORE_THE_FIRST_UID;
  if (startFrom === 'now') return status.uidNext - 1;
  return await uidBefore(new Date(now.getTime() - startFrom.days * DAY_MS), status, session);
}

/**
 * Every stored uid is void once UIDVALIDITY changed (RFC 3501, 2.3.1.1). Mail since the last good poll is read again
 * under its new uids; what the ledger knows by its mailId is recognised and not posted twice.
 */
export async function restart(
  stored: Watermark,
  { startFrom, lastPollAt }: { startFrom: StartFrom; lastPollAt: Date | undefined },
  status: MailboxStatus,
  session: MailSession,
  { watermarks, clock, journal }: WatermarkServices,
): Promise<Watermark> {
  const { mailbox } = stored;
  const since = lastPollAt ?? promisedSince(startFrom, stored.baselineAt);
  const uid = since
    ? await uidBefore(new Date(since.getTime() - RESCAN_MARGIN_MS), status, session)
    : BEFORE_THE_FIRST_UID;
  const restarted: Watermark = {
    mailbox,
    uidValidity: status.uidValidity,
    lastUid: uid,
    baselineUid: uid,
    baselineAt: clock.now(),
    previousUidValidity: stored.uidValidity,
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

/** As long as no poll has ended well, all that the baseline took in may still have to be read; undefined is all mail. */
function promisedSince(startFrom: StartFrom, baselineAt: Date): Date | undefined {
  if (startFrom === 'all') return undefined;
  if (startFrom === 'now') return baselineAt;
  return new Date(baselineAt.getTime() - startFrom.days * DAY_MS);
}

/** Two polls ran at once and the other was faster; its watermark is as good as ours. */
async function othersWatermark(mailbox: string, watermarks: Watermarks): Promise<Watermark> {
  const health = await watermarks.get(mailbox);
  if (health?.watermark) return health.watermark;
  throw new Error(
    `${mailbox}: the watermark was there and is gone. Whoever removes it must stop; the next poll tries again.`,
  );
}

async function uidBefore(since: Date, status: MailboxStatus, session: MailSession): Promise<number> {
  const [first] = await session.uidsSince(since);
  return (first ?? status.uidNext) - 1;
}
