import type { Journal } from '../journal.ts';
import type { Clock, MailSession, Watermarks } from '../ports.ts';
import type { Watermark } from './watermark.ts';

/** Where the accounting of a new mailbox begins. */
export type StartFrom = 'now' | 'all' | { days: number };

const DAY_MS = 24 * 60 * 60 * 1000;

/** SEARCH SINCE knows days in the server's time zone only, and a poll's success can lag behind a mail's arrival. */
const RESCAN_MARGIN_MS = 2 * DAY_MS;

type MailboxStatus = { uidValidity: string; uidNext: number };
type WatermarkServices = { watermarks: Watermarks; clock: Clock; journal: Journal };

/**
 * The watermark to poll from: the stored one; on the first poll a new one by `startFrom`; after a change of UIDVALIDITY
 * one that lies two days before the last good poll.
 */
export async function currentWatermark(
  { mailbox, startFrom }: { mailbox: string; startFrom: StartFrom },
  status: MailboxStatus,
  session: MailSession,
  services: WatermarkServices,
): Promise<Watermark> {
  const { watermark, lastPollAt } = (await services.watermarks.get(mailbox)) ?? {};
  if (!watermark) return await setBaseline(mailbox, startFrom, status, session, services);
  if (watermark.uidValidity === status.uidValidity) return watermark;
  return await restart(watermark, lastPollAt ?? watermark.baselineAt, status, session, services);
}

async function setBaseline(
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
  if (startFrom === 'all') return 0;
  if (startFrom === 'now') return status.uidNext - 1;
  return await uidBefore(new Date(now.getTime() - startFrom.days * DAY_MS), status, session);
}

/**
 * Every stored uid is void once UIDVALIDITY changed (RFC 3501, 2.3.1.1). Mail since the last good poll is read again
 * under its new uids; what the ledger knows by its mailId is recognised and not posted twice.
 */
async function restart(
  stored: Watermark,
  lastGoodPoll: Date,
  status: MailboxStatus,
  session: MailSession,
  { watermarks, clock, journal }: WatermarkServices,
): Promise<Watermark> {
  const { mailbox } = stored;
  const uid = await uidBefore(new Date(lastGoodPoll.getTime() - RESCAN_MARGIN_MS), status, session);
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
