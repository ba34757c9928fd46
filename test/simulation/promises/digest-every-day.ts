import { UNKNOWN_ROUTE } from '../../../functions/core/ledger/ledger-entry.ts';
import type { ObservedStrike } from '../observed.ts';
import { MINUTE_MS } from '../plan.ts';
import type { ReadCounts } from '../read-digest.ts';
import { RETRIES } from '../simulated-functions.ts';
import type { SimulatedMail } from '../simulated-mailboxes.ts';
import { type MailboxName, ROUTE_IDS } from '../simulated-settings.ts';
import type { Broken } from './broken.ts';
import { isBeforeCarryOver, type Told, type View } from './view.ts';

/** Of one schedule. A digest that runs besides may have waited for all of these, and for their leases. */
const ATTEMPTS = 1 + RETRIES.digest;

/** Until Lambda has tried all it will. */
const ATTEMPTS_MS = 20 * MINUTE_MS;

/** P5: a digest every day, whatever there is to say, and what it counts is true. */
export function digestEveryDay(view: View): Broken[] {
  return [...missedDigests(view), ...view.told.flatMap((digest) => [...counts(digest, view), ...polls(digest, view)])];
}

/** None may be missing where one attempt of its day was left alone, or fewer of them were struck than a schedule makes. */
function missedDigests(view: View): Broken[] {
  const { plan, endsMs, invocations, digests } = view;
  const broken: Broken[] = [];
  for (let dueMs = plan.firstDigestMs; dueMs + ATTEMPTS_MS < endsMs; dueMs += plan.digestEveryMs) {
    const isOfToday = (atMs: number) => atMs >= dueMs && atMs <= dueMs + ATTEMPTS_MS;
    const attempts = invocations.filter((one) => one.function === 'digest' && isOfToday(one.startedMs));
    const isStopped = view
      .windows('function stops')
      .some((event) => event.function === 'digest' && event.fromMs <= dueMs && dueMs < event.toMs);
    if (isStopped || digests.some(({ sentMs }) => isOfToday(sentMs))) continue;
    const struck = attempts.filter(({ strikes }) => strikes.some(isExcuse));
    if (struck.length > 0 && struck.length >= Math.min(attempts.length, ATTEMPTS)) continue;
    broken.push({ promise: 'P5', what: `no digest came, due ${dueMs / 60_000} minutes after the start` });
  }
  return broken;
}

/** A digest must come although the dead letters cannot be read. */
function isExcuse({ call, fault }: ObservedStrike): boolean {
  return fault.startsWith('dies') || !call.startsWith('deadLetters.');
}

/** Another digest was sent while this one ran, and neither had waited for the other: which one the ledger goes by is not to be seen. */
function isOverlapping(digest: Told, { told }: View): boolean {
  const { invocation, sentMs } = digest;
  return told.some(
    (other) =>
      other.invocation !== invocation &&
      other.invocation.startedMs <= sentMs &&
      other.invocation.endedMs >= invocation.startedMs &&
      !hasWaitedFor(digest, other) &&
      !hasWaitedFor(other, digest),
  );
}

function hasWaitedFor({ invocation, sentMs }: Told, { invocation: other }: Told): boolean {
  return other !== invocation && other.ended === 'ended well' && other.endedMs <= sentMs;
}

/** When it began to read: it has waited for the end of those that ran when it was started. */
function beganMs(digest: Told, { told }: View): number {
  const { startedMs } = digest.invocation;
  const ends = told.filter((other) => hasWaitedFor(digest, other)).map(({ invocation }) => invocation.endedMs);
  return Math.max(startedMs, ...ends);
}

/** The digest sent last before it, and the last one that surely ended the counts before it. */
function before(
  digest: Told,
  mailboxes: readonly MailboxName[],
  view: View,
): { last: Told | undefined; recorded: Told | undefined } {
  const { startedMs } = digest.invocation;
  const sent = view.told.filter((other) => other.sentMs < startedMs || hasWaitedFor(digest, other));
  const recorded = sent.findLast(
    (one) =>
      one.invocation.ended === 'ended well' &&
      !isOverlapping(one, view) &&
      !mailboxes.some((mailbox) => isBeforeCarryOver(one, mailbox, view)),
  );
  return { last: sent.at(-1), recorded };
}

/** Mail seen: between what had surely come since the last digest and what may have. */
function counts(digest: Told, view: View): Broken[] {
  if (isOverlapping(digest, view)) return [];
  const startedMs = beganMs(digest, view);
  const lastMs = before(digest, [], view).last?.sentMs ?? Number.NEGATIVE_INFINITY;
  const recordedMs = ({ stays }: SimulatedMail) =>
    before(
      digest,
      stays.map(({ mailbox }) => mailbox),
      view,
    ).recorded?.invocation.startedMs ?? Number.NEGATIVE_INFINITY;
  const broken: Broken[] = [];
  for (const route of [...ROUTE_IDS, UNKNOWN_ROUTE]) {
    const told = digest.counts.get(route);
    const ofRoute = [...view.mails.values()].filter((mail) => mail.route === route);
    const surely = view.owed.filter(
      (mail) =>
        mail.route === route &&
        mail.arrivedAtMs > lastMs &&
        view.countedMs(mail) < startedMs &&
        !mail.stays.some(
          ({ mailbox }) => isForgotten(mailbox, lastMs, digest, view) || isBeforeCarryOver(digest, mailbox, view),
        ),
    );
    const possibly = ofRoute.flatMap((mail) => identitiesSince(mail, recordedMs(mail), digest.sentMs, view));
    // Once a route is removed its mail is unknown mail, and which poll took it for what is not to be seen.
    if (ROUTE_IDS.some((id) => view.removedMs(id) <= digest.sentMs && [id, UNKNOWN_ROUTE].includes(route))) continue;
    const seen = told?.seen ?? Number.NaN;
    if (seen >= surely.length && seen <= possibly.length) continue;
    const what = `${digest.invocation.id} counts ${seen} mails of ${route}; there were ${surely.length} to ${possibly.length}`;
    broken.push({ promise: 'P5', what });
  }
  const addsUp = [...digest.counts.values()].every((told) => told.seen === placesIn(told));
  if (addsUp === digest.sum.includes('does not add up')) {
    broken.push({ promise: 'P5', what: `${digest.invocation.id} says of its sum: ${digest.sum}` });
  }
  return broken;
}

/** The counts begin where a lost watermark is resumed, so what the digest has told of those before cannot be taken off. */
function isResumedDuring({ invocation }: Told, mailbox: MailboxName, { watermarkStarts }: View): boolean {
  return watermarkStarts.some(
    (start) =>
      start.kind === 'created' &&
      start.mailbox === mailbox &&
      start.atMs >= invocation.startedMs &&
      start.atMs <= invocation.endedMs,
  );
}

/** With its watermark a mailbox loses what was counted beside it. */
function isForgotten(mailbox: MailboxName, sinceMs: number, { sentMs }: Told, { lostWatermarks }: View): boolean {
  return lostWatermarks.some((lost) => lost.mailbox === mailbox && lost.atMs >= sinceMs && lost.atMs <= sentMs);
}

function placesIn({ delivered, undelivered, unknown, recovered }: ReadCounts): number {
  return delivered + undelivered + unknown + recovered;
}

/** The identities under which a mail may have become known between the two digests. */
function identitiesSince(mail: SimulatedMail, recordedMs: number, untilMs: number, view: View): string[] {
  if (view.countedMs(mail) < recordedMs && new Set(mail.stays.map(({ mailId }) => mailId)).size === 1) return [];
  return [...new Set(mail.stays.filter(({ fromMs }) => fromMs <= untilMs).map(({ mailId }) => mailId))];
}

/** Polls: those that surely were recorded since the last digest, and those that may have been. */
function polls(digest: Told, view: View): Broken[] {
  if (isOverlapping(digest, view)) return [];
  const startedMs = beganMs(digest, view);
  return view.plan.mailboxes.flatMap((mailbox) => {
    const { last, recorded } = before(digest, [mailbox], view);
    const told = digest.health.get(mailbox)?.polls;
    const lost = view.lostWatermarks.filter((one) => one.mailbox === mailbox && one.atMs <= digest.sentMs);
    const sinceMs = Math.max(last?.invocation.endedMs ?? -1, ...lost.map(({ atMs }) => atMs));
    const surely = view
      .pollsOf(mailbox)
      .filter((poll) => poll.ended === 'ended well' && poll.startedMs > sinceMs && poll.endedMs < startedMs)
      .filter(() => !isBeforeCarryOver(digest, mailbox, view));
    const recordedMs = (recorded && !isResumedDuring(recorded, mailbox, view) && recorded.invocation.startedMs) || 0;
    const possibly = view
      .pollsOf(mailbox)
      .filter((poll) => poll.startedMs <= digest.sentMs && poll.endedMs >= recordedMs);
    // A poll whose record was done and whose reply was lost is recorded once more, as failed.
    const twice = possibly
      .flatMap(({ strikes }) => strikes)
      .filter(({ call }) => call.startsWith('watermarks.recordPoll'));
    if (told === undefined && surely.length === 0) return [];
    if (told !== undefined && told >= surely.length && told <= possibly.length + twice.length) return [];
    const what = `${digest.invocation.id} counts ${told} polls of ${mailbox}; there were ${surely.length} to ${possibly.length}`;
    return [{ promise: 'P5', what } as const];
  });
}
