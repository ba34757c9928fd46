import { COPY_ROUTE, UNKNOWN_ROUTE } from '../../../functions/core/records/ledger-entry.ts';
import type { ObservedStrike } from '../observed.ts';
import { MINUTE_MS } from '../plan.ts';
import { RETRIES } from '../simulated-functions.ts';
import type { MailboxName } from '../simulated-settings.ts';
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

/** Windows join end to end, and each digest counts exactly what the ledger has accepted within its own. */
function counts({ digest, invocation, sentMs }: Told, view: View): Broken[] {
  // A continuation counts nothing.
  if (!digest.summary) return [];
  const { window, accounts } = digest.summary;
  const id = invocation.id;
  const broken: Broken[] = [];
  const previous = view.recordedDigests.findLast(({ recordedMs }) => recordedMs < sentMs);
  if (previous && previous.countedUntil.getTime() !== window.from.getTime()) {
    broken.push({
      promise: 'P5',
      what: `${id} counts from ${window.from.toISOString()}, not from ${previous.countedUntil.toISOString()} on`,
    });
  }
  const earlier = view.accepted.filter(({ acceptedAt }) => acceptedAt <= window.from);
  if (!previous && earlier.length > 0) broken.push({ promise: 'P5', what: `${id} leaves ${earlier.length} out` });
  const within = view.accepted.filter(({ acceptedAt }) => acceptedAt > window.from && acceptedAt <= window.until);
  broken.push(...wrongCopies(id, accounts.copies, within));
  const routes = new Set([...within, ...accounts.routes].map(({ route }) => route));
  routes.delete(COPY_ROUTE);
  for (const route of routes) {
    const ofRoute = within.filter((entry) => entry.route === route);
    const told = accounts.routes.find((row) => row.route === route);
    const { received, delivered, undelivered, unknown } = told ?? NOT_TOLD;
    if (received !== ofRoute.length || received !== delivered + undelivered + unknown) {
      broken.push({ promise: 'P5', what: `${id} counts ${JSON.stringify(told)}; there were ${ofRoute.length}` });
    }
    if (route === UNKNOWN_ROUTE) continue;
    const settledBy = (byMs: number) => ofRoute.filter(({ mailId }) => (view.settledMs.get(mailId) ?? sentMs) < byMs);
    if (delivered < settledBy(invocation.startedMs).length || delivered > settledBy(sentMs).length) {
      const from = settledBy(invocation.startedMs).length;
      broken.push({
        promise: 'P5',
        what: `${id} says that ${delivered} of ${route} are delivered, not ${from} or more`,
      });
    }
  }
  return broken;
}

function wrongCopies(id: string, told: number, within: readonly { route: string }[]): Broken[] {
  const copies = within.filter(({ route }) => route === COPY_ROUTE).length;
  return told === copies ? [] : [{ promise: 'P5', what: `${id} counts ${told} copies; there were ${copies}` }];
}

const NOT_TOLD = { received: 0, delivered: 0, undelivered: 0, unknown: 0 };

/** The counts of polls begin where a lost watermark is resumed, so those that the digest has told of cannot be taken off. */
function isResumedDuring({ invocation }: Told, mailbox: MailboxName, { watermarkStarts }: View): boolean {
  return watermarkStarts.some(
    (start) =>
      start.kind === 'created' &&
      start.mailbox === mailbox &&
      start.atMs >= invocation.startedMs &&
      start.atMs <= invocation.endedMs,
  );
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
