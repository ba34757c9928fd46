import type { Journal } from '../journal.ts';
import type { ListedMail, MailSession } from '../mail/mail-reader.ts';
import type { Ledger } from '../records/ledger.ts';
import {
  type DigestHistory,
  type MailboxHealth,
  type Numbering,
  type Restart,
  type Watermark,
  type Watermarks,
  withRestart,
} from '../records/watermark.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { type Clock, DAY_MS, MINUTE_MS } from '../time.ts';
import { type LedgerTraces, tracesOf } from './ledger-traces.ts';
import { receivedSince } from './listing.ts';

/** Where the accounting of a new mailbox begins. */
export type StartFrom = 'now' | 'all' | { days: number };

/** Uids begin at 1 (RFC 3501, 2.3.1.1). */
const BEFORE_THE_FIRST_UID = 0;

/** The clocks of a server and of Lambda may differ, and an email can become visible long after its arrival. */
const RESCAN_MARGIN_MS = 2 * DAY_MS;

export type MailboxStatus = { uidValidity: string; uidNext: number };
export type WatermarkServices = {
  watermarks: Pick<Watermarks, 'get' | 'create' | 'move' | 'recordRescan'>;
  ledger: Pick<Ledger, 'entriesOfMailboxes'>;
  clock: Clock;
  journal: Journal;
};

/** What a poll knows of its mailbox before it reads. */
export type PollStart = { polled: PolledMailbox; status: MailboxStatus; session: MailSession };

/**
 * The first watermark under a mailbox's name. A mailbox without a watermark is new only if nothing else knows it: one
 * that was renamed carries its watermark over, and one whose watermark is lost is resumed from the ledger.
 */
export async function firstWatermark(start: PollStart, services: WatermarkServices): Promise<Watermark> {
  const { polled, status } = start;
  const former = await formerHealth(polled, services);
  if (former?.watermark.carriedInto) return await resumedFromFormer(former, start, services);
  if (former) {
    const renamed = await restarted({ reason: 'renamed', from: former.watermark }, since(former), start, services);
    const { lastDigestAt, pollsSinceDigest, failedPollsSinceDigest } = former;
    const history = { lastDigestAt, pollsSinceDigest, failedPollsSinceDigest };
    const created = await create(renamed, history, services);
    await markCarriedOver(created, services);
    return created;
  }
  const traces = await tracesOf(polled, status, services.ledger);
  if (!traces) return await create(await baselineOf(start, services), undefined, services);
  return await create(await resumed(traces, start, services), undefined, services);
}

/**
 * The watermark of a renamed mailbox is lost, and the one that it was carried over from is still there. Everything since
 * then is read again.
 */
async function resumedFromFormer(
  former: StoredHealth,
  start: PollStart,
  services: WatermarkServices,
): Promise<Watermark> {
  const lost = { reason: 'watermark lost', from: former.watermark } as const;
  const again = await restarted(lost, since(former), start, services);
  return await create({ ...again, carriedOver: start.polled.formerly }, undefined, services);
}

/**
 * So that a watermark that is lost under the new name is not taken for one that was never carried over. Every poll looks,
 * since the one that carried it over may have died.
 */
async function markCarriedOver(
  { mailbox, carriedOver = [] }: Watermark,
  { watermarks }: WatermarkServices,
): Promise<void> {
  for (const name of carriedOver) {
    const { watermark } = (await watermarks.get(name)) ?? {};
    if (watermark && !watermark.carriedInto) await watermarks.move(watermark, { ...watermark, carriedInto: mailbox });
  }
}

async function baselineOf({ polled, status, session }: PollStart, { clock }: WatermarkServices): Promise<Watermark> {
  const { startFrom } = polled.account;
  const now = clock.now();
  const accountedSince = accountedSinceOf(startFrom, now);
  const baselineUid = startFrom === 'now' ? status.uidNext - 1 : await uidBefore(accountedSince, status, session);
  return {
    mailbox: polled.mailbox,
    uidValidity: status.uidValidity,
    lastUid: baselineUid,
    baselineUid,
    beganAt: now,
    accountedSince,
    restart: undefined,
  };
}

/** Undefined is all email. Days begin at midnight, so that the first poll takes in all of that day. */
function accountedSinceOf(startFrom: StartFrom, now: Date): Date | undefined {
  if (startFrom === 'all') return undefined;
  if (startFrom === 'now') return now;
  const since = new Date(now.getTime() - startFrom.days * DAY_MS);
  since.setUTCHours(0, 0, 0, 0);
  return since;
}

/**
 * Every stored uid is void once UIDVALIDITY changed (RFC 3501, 2.3.1.1). Email since the last complete poll is read again
 * under its new uids; what the ledger knows by its mailId is recognised and not posted twice.
 */
export async function restartVoid(
  reason: 'renumbered' | 'uids reused',
  stored: StoredHealth,
  start: PollStart,
  services: WatermarkServices,
): Promise<Watermark> {
  const from = stored.watermark;
  return await moveTo(await restarted({ reason, from }, since(stored), start, services), from, services);
}

/** A former name was added to the settings after polls had begun under the new one. */
export async function carryOverLate(
  stored: StoredHealth,
  start: PollStart,
  services: WatermarkServices,
): Promise<Watermark | undefined> {
  const from = stored.watermark;
  await markCarriedOver(from, services);
  const former = await formerHealth(start.polled, services, from.carriedOver);
  if (!former) return undefined;
  const knownAs = { mailbox: former.watermark.mailbox, uidValidity: former.watermark.uidValidity };
  const accountedSince = earlier(from.accountedSince, former.watermark.accountedSince);
  const beganAt = earlier(from.beganAt, former.watermark.beganAt) ?? from.beganAt;
  const renamed = await restarted(
    { reason: 'renamed', from: { ...from, accountedSince, beganAt }, knownAs },
    since(former),
    start,
    services,
  );
  const moved = await moveTo(renamed, from, services);
  await markCarriedOver(moved, services);
  return moved;
}

/** A person asked to read again, by `rollcall rescan`. */
export async function rescan(
  stored: StoredHealth,
  rescanSince: Date,
  start: PollStart,
  services: WatermarkServices,
): Promise<Watermark> {
  const from = stored.watermark;
  const accountedSince = earlier(from.accountedSince, rescanSince);
  const again = await restarted(
    // No uid changes by a rescan. What polls have not read again since uids did is known by those of before.
    { reason: 'rescan', from: { ...from, accountedSince }, knownAs: from.restart },
    rescanSince,
    start,
    services,
  );
  const watermark = await moveTo(again, from, services);
  await services.watermarks.recordRescan(watermark.mailbox, rescanSince);
  return watermark;
}

type StoredHealth = MailboxHealth & { watermark: Watermark };

/** The name under which the mailbox was polled last, of those that the settings say it had; undefined where none is left. */
async function formerHealth(
  { formerly }: PolledMailbox,
  { watermarks }: WatermarkServices,
  carriedOver: readonly string[] = [],
): Promise<StoredHealth | undefined> {
  let latest: StoredHealth | undefined;
  for (const name of formerly.filter((former) => !carriedOver.includes(former))) {
    const health = await watermarks.get(name);
    if (!health?.watermark) continue;
    if (!latest || lastPolled(health) >= lastPolled(latest)) latest = { ...health, watermark: health.watermark };
  }
  return latest;
}

function lastPolled({ lastPollAt }: MailboxHealth): number {
  return lastPollAt?.getTime() ?? 0;
}

/** As long as no poll left nothing, all that is accounted for may still have to be read. */
function since({ lastCompletePollAt, watermark }: StoredHealth): Date | undefined {
  return lastCompletePollAt ?? watermark.accountedSince;
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? new Date(Math.min(one.getTime(), other.getTime())) : undefined;
}

/**
 * The watermark from which email received since `readSince` is read again. Where its uids still hold, they say what polls
 * have not passed yet, and nothing that they have answered for is left to the time of its arrival.
 */
async function restarted(
  {
    reason,
    from,
    knownAs = from,
  }: { reason: Restart['reason']; from: Watermark; knownAs?: (Numbering & { uidNext?: number }) | undefined },
  readSince: Date | undefined,
  { polled, status, session }: PollStart,
  { clock }: WatermarkServices,
): Promise<Watermark> {
  const { mailbox } = polled;
  const { uidValidity, uidNext } = status;
  const at = clock.now();
  const uid = await uidBefore(withRescanMargin(readSince), status, session);
  const uidsHold = from.uidValidity === uidValidity && reason !== 'uids reused';
  const lastUid = uidsHold ? Math.min(uid, from.lastUid) : uid;
  const arrivalDecidesBelowUid = uidsHold
    ? Math.max(from.baselineUid + 1, from.restart?.arrivalDecidesBelowUid ?? 0)
    : uidNext;
  return {
    mailbox,
    uidValidity,
    lastUid,
    baselineUid: uidsHold ? Math.min(uid, from.baselineUid) : uid,
    beganAt: from.beganAt,
    accountedSince: from.accountedSince,
    ...withRestart(from, {
      reason,
      at,
      mailbox: knownAs.mailbox,
      uidValidity: knownAs.uidValidity,
      uidNext: knownAs.uidNext ?? uidNext,
      arrivalDecidesBelowUid,
    }),
    carriedOver: reason === 'renamed' ? polled.formerly : from.carriedOver,
  };
}

/**
 * The watermark is lost, and the ledger remembers the mailbox. Reading again what the ledger knows is harmless. Where the
 * ledger does not say what was passed, the time of arrival does, with the margin of every rescan.
 */
async function resumed(
  { numbering, lowestUid, passedUid, firstAcceptedAt }: LedgerTraces,
  { polled, status, session }: PollStart,
  { clock }: WatermarkServices,
): Promise<Watermark> {
  const { mailbox } = polled;
  const { uidValidity, uidNext } = status;
  const at = clock.now();
  const isPassedKnown = lowestUid !== undefined && passedUid !== undefined;
  const { startFrom, everyMinutes } = polled.account;
  // The first email in the ledger came since the poll before the one that took it in. Whole days reach back far enough.
  const sinceThatPollMs = startFrom === 'now' ? everyMinutes * MINUTE_MS : 0;
  const marginMs = isPassedKnown ? sinceThatPollMs : RESCAN_MARGIN_MS;
  const accountedSince = accountedSinceOf(startFrom, new Date(firstAcceptedAt.getTime() - marginMs));
  const known = { mailbox, uidValidity, beganAt: firstAcceptedAt, accountedSince };
  const restart = { reason: 'watermark lost', at, ...numbering, uidNext } as const;
  if (isPassedKnown) {
    const baselineUid = Math.min(lowestUid - 1, passedUid);
    return { ...known, lastUid: passedUid, baselineUid, restart: { ...restart, arrivalDecidesBelowUid: lowestUid } };
  }
  const uid = await uidBefore(accountedSince, status, session);
  return { ...known, lastUid: uid, baselineUid: uid, restart: { ...restart, arrivalDecidesBelowUid: uidNext } };
}

/** Since when email is read again, so that nothing is missed that arrived just before. */
export function withRescanMargin(readSince: Date | undefined): Date | undefined {
  return readSince && new Date(readSince.getTime() - RESCAN_MARGIN_MS);
}

/** The uid above which email received since then is; below the first one where all is meant. */
export function uidBeforeIn(mails: readonly ListedMail[], time: Date | undefined, { uidNext }: MailboxStatus): number {
  if (!time) return BEFORE_THE_FIRST_UID;
  const [first] = receivedSince(mails, time);
  return (first?.uid ?? uidNext) - 1;
}

/** The same, and the mailbox is listed only where that is needed. */
async function uidBefore(time: Date | undefined, status: MailboxStatus, session: MailSession): Promise<number> {
  return uidBeforeIn(time ? await session.list(BEFORE_THE_FIRST_UID) : [], time, status);
}

async function create(
  watermark: Watermark,
  history: DigestHistory | undefined,
  { watermarks, journal }: WatermarkServices,
): Promise<Watermark> {
  if ((await watermarks.create(watermark, history)) === 'already there') {
    return await othersWatermark(watermark.mailbox, watermarks);
  }
  journalStart(watermark, journal);
  return watermark;
}

async function moveTo(
  watermark: Watermark,
  from: Watermark,
  { watermarks, journal }: WatermarkServices,
): Promise<Watermark> {
  if ((await watermarks.move(from, watermark)) === 'overtaken') {
    return await othersWatermark(watermark.mailbox, watermarks);
  }
  journalStart(watermark, journal);
  return watermark;
}

function journalStart({ mailbox, uidValidity, lastUid, restart }: Watermark, journal: Journal): void {
  if (restart) journal({ kind: 'poll restarted', mailbox, uidValidity, rescanFromUid: lastUid + 1, restart });
  else journal({ kind: 'baseline set', mailbox, uidValidity, baselineUid: lastUid });
}

/** Two polls ran at once and the other was faster; its watermark is as good as ours. */
async function othersWatermark(mailbox: string, watermarks: WatermarkServices['watermarks']): Promise<Watermark> {
  const health = await watermarks.get(mailbox);
  if (health?.watermark) return health.watermark;
  throw new Error(
    `${mailbox}: the watermark was there and is gone. Find out what deletes it; the next poll tries again.`,
  );
}
