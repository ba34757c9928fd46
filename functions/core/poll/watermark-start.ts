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
 * The first watermark under a mailbox's name. A mailbox without a watermark is new only if there is no other trace of
 * it: a renamed mailbox carries its watermark over, and a lost watermark is rebuilt from the ledger.
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
 * The watermark of a renamed mailbox is lost, but the one that it was carried over from still exists. Everything since
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
 * Marks the former watermark, so that a watermark lost under the new name is not mistaken for one that was never
 * carried over. Every poll checks this, since the one that carried it over may have died.
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

/** Undefined means all email. Days begin at midnight, so the first poll includes all of that day. */
function accountedSinceOf(startFrom: StartFrom, now: Date): Date | undefined {
  if (startFrom === 'all') return undefined;
  if (startFrom === 'now') return now;
  const since = new Date(now.getTime() - startFrom.days * DAY_MS);
  since.setUTCHours(0, 0, 0, 0);
  return since;
}

/**
 * A change of UIDVALIDITY invalidates every stored uid (RFC 3501, 2.3.1.1). Email since the last complete poll is read
 * again under its new uids; email that the ledger knows by its mailId is recognised and not posted twice.
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

/** A person requested a new read, with `rollcall rescan`. */
export async function rescan(
  stored: StoredHealth,
  rescanSince: Date,
  start: PollStart,
  services: WatermarkServices,
): Promise<Watermark> {
  const from = stored.watermark;
  const accountedSince = earlier(from.accountedSince, rescanSince);
  const again = await restarted(
    // A rescan does not change uids. Email that polls have not read again since the last change is known by its earlier
    // uids.
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

/** The former name in the settings under which the mailbox was last polled; undefined if there is none. */
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

/** Until a poll has left nothing, all email that is accounted for may still have to be read. */
function since({ lastCompletePollAt, watermark }: StoredHealth): Date | undefined {
  return lastCompletePollAt ?? watermark.accountedSince;
}

function earlier(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? new Date(Math.min(one.getTime(), other.getTime())) : undefined;
}

/**
 * The watermark from which email received since `readSince` is read again. If its uids are still valid, they show what
 * polls have not passed yet, so the time of arrival does not decide for email that polls have passed.
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
 * The watermark is lost, but the ledger knows the mailbox. Reading known email again is harmless. If the ledger does
 * not show what was passed, the time of arrival decides, with the margin of every rescan.
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
  // The first email in the ledger arrived after the poll before the one that accepted it. Whole days reach back far
  // enough.
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

/** The time from which email is read again, with a margin for email that arrived just before. */
export function withRescanMargin(readSince: Date | undefined): Date | undefined {
  return readSince && new Date(readSince.getTime() - RESCAN_MARGIN_MS);
}

/** The uid below the first email received since then; below all uids if no time is given. */
export function uidBeforeIn(mails: readonly ListedMail[], time: Date | undefined, { uidNext }: MailboxStatus): number {
  if (!time) return BEFORE_THE_FIRST_UID;
  const [first] = receivedSince(mails, time);
  return (first?.uid ?? uidNext) - 1;
}

/** Like `uidBeforeIn`, but lists the mailbox only if needed. */
async function uidBefore(time: Date | undefined, status: MailboxStatus, session: MailSession): Promise<number> {
  return uidBeforeIn(time ? await session.list(BEFORE_THE_FIRST_UID) : [], time, status);
}

async function create(
  watermark: Watermark,
  history: DigestHistory | undefined,
  { watermarks, journal }: WatermarkServices,
): Promise<Watermark> {
  if ((await watermarks.create(watermark, history)) === 'already there') {
    return await existingWatermark(watermark.mailbox, watermarks);
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
    return await existingWatermark(watermark.mailbox, watermarks);
  }
  journalStart(watermark, journal);
  return watermark;
}

function journalStart({ mailbox, uidValidity, lastUid, restart }: Watermark, journal: Journal): void {
  if (restart) journal({ kind: 'poll restarted', mailbox, uidValidity, rescanFromUid: lastUid + 1, restart });
  else journal({ kind: 'baseline set', mailbox, uidValidity, baselineUid: lastUid });
}

/** Two polls ran at once and the other was faster; its watermark is just as valid. */
async function existingWatermark(mailbox: string, watermarks: WatermarkServices['watermarks']): Promise<Watermark> {
  const health = await watermarks.get(mailbox);
  if (health?.watermark) return health.watermark;
  throw new Error(
    `${mailbox}: the watermark was there and is gone. Find out what deletes it; the next poll tries again.`,
  );
}
