import pMap from 'p-map';
import { queueMessageOf } from '../records/alert.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import { LEDGER_CONCURRENCY, type Ledger } from '../records/ledger.ts';
import type { LedgerEntry } from '../records/ledger-entry.ts';
import type { RouteQueues } from '../records/route-queues.ts';
import { type ReconcileReport, type ReconcileServices, reconcileDeadLetters } from './dead-letters.ts';
import { ALERTS_PER_BATCH } from './delivery-limits.ts';
import { isOfDeadTarget } from './pauses.ts';
import {
  EXPIRING_AFTER_MS,
  PROOF_LOOK_EVERY_MS,
  PROOF_WAIT_MS,
  REDRIVE_BATCH,
  REDRIVE_PAUSE_MS,
  REDRIVE_RESERVE_MS,
} from './redrive-limits.ts';

export type RedriveServices = ReconcileServices & {
  ledger: Pick<Ledger, 'markDispatched' | 'openEntries'>;
  routeQueues: Pick<RouteQueues, 'send'>;
};

export type RedriveOptions = {
  /**
   * `manual` means every open alert that is not being posted right now, however recent: its message may be gone, and if
   * it is not, the claim makes a second message harmless. `automatic` means the dead alerts whose cause may be over,
   * and those whose message is about to expire.
   */
  trigger: 'manual' | 'automatic';
  /** Milliseconds left for it. */
  remainingMs: () => number;
};

export type RedriveReport = {
  route: string;
  /** Alerts that are in their queue again. */
  redriven: number;
  /** Alerts that were due and were not requeued: the time ran out, or the target does not accept posts. */
  left: number;
  /** Alerts that were skipped, because an invocation is posting them or has just died of it. */
  beingPosted: number;
  /** Dead alerts whose cause does not end by itself: a person must look at them. */
  needingAttention: number;
  /** Why it was stopped: the first alerts died again. */
  stoppedBy: DeliveryFailure | undefined;
  letters: ReconcileReport;
};

/** What another try can fix, once the target answers again. A refused payload or a crash would return forever. */
const RETRYABLE_KINDS: ReadonlySet<DeliveryFailure['kind']> = new Set([
  'target',
  'credential',
  'network',
  'server',
  'rate limit',
]);

/**
 * Requeues the open alerts of a route, oldest first. They come from the ledger, so that messages which SQS has dropped
 * are included; the dead letters of requeued alerts are deleted.
 *
 * The order keeps alerts safe: sent first, then marked dispatched, then the letters. A crash in between costs a second
 * message, which its claim makes harmless; so does running it twice. The first batch is one post, and the next batch
 * waits until that post has shown that the target accepts it: if the route has not recovered after all, that costs one
 * refused request. Letters are deleted after that, so that the dead-letter queue does not look empty, and its alarm
 * over, in between.
 *
 * @throws whatever a service throws; alerts that were not requeued are still due
 */
export async function redriveRoute(
  route: string,
  services: RedriveServices,
  { trigger, remainingMs }: RedriveOptions,
): Promise<RedriveReport> {
  const before = await reconcileDeadLetters(route, services);
  const { due, ...notDue } = await dueAlerts(route, trigger, services);
  const batches = batchesOf(due);
  let redriven = 0;
  let stoppedBy: DeliveryFailure | undefined;
  while (batches.length > 0 && !stoppedBy && remainingMs() >= REDRIVE_RESERVE_MS) {
    const sent = await requeue(route, batches.shift() ?? [], trigger, services);
    const isProof = redriven === 0;
    redriven += sent.length;
    stoppedBy = await firstNewDeath(sent, isProof ? PROOF_WAIT_MS : 0, services);
    if (!stoppedBy && batches.length > 0) await services.clock.wait(REDRIVE_PAUSE_MS);
  }
  const after = redriven > 0 ? await reconcileDeadLetters(route, services) : NOTHING_RECONCILED;
  const letters = {
    recorded: before.recorded + after.recorded,
    removed: before.removed + after.removed,
    unreadable: before.unreadable,
  };
  return { route, redriven, left: batches.flat().length, ...notDue, stoppedBy, letters };
}

const NOTHING_RECONCILED: ReconcileReport = { recorded: 0, removed: 0, unreadable: 0 };

async function dueAlerts(route: string, trigger: RedriveOptions['trigger'], { ledger, clock }: RedriveServices) {
  const due: string[] = [];
  let needingAttention = 0;
  let beingPosted = 0;
  for await (const entry of ledger.openEntries(route)) {
    if (isDue(entry, trigger, clock.now())) due.push(entry.mailId);
    else if (entry.state === 'dead') needingAttention += 1;
    else if (trigger === 'manual') beingPosted += 1;
  }
  return { due, needingAttention, beingPosted };
}

function isDue(
  { state, lastFailure, dispatchedAt, acceptedAt, leaseUntil }: LedgerEntry,
  trigger: RedriveOptions['trigger'],
  now: Date,
) {
  if (state === 'settled') return false;
  if (trigger === 'manual') return leaseUntil === undefined || leaseUntil <= now;
  if (state === 'dead') return lastFailure !== undefined && RETRYABLE_KINDS.has(lastFailure.kind);
  return now.getTime() - (dispatchedAt ?? acceptedAt).getTime() > EXPIRING_AFTER_MS;
}

/** The first batch is as large as one post. */
function batchesOf(mailIds: readonly string[]): string[][] {
  const batches = mailIds.length > 0 ? [mailIds.slice(0, ALERTS_PER_BATCH)] : [];
  for (let from = ALERTS_PER_BATCH; from < mailIds.length; from += REDRIVE_BATCH) {
    batches.push(mailIds.slice(from, from + REDRIVE_BATCH));
  }
  return batches;
}

/** @returns the mailIds of what was requeued: only of alerts still due, since the index of open alerts lags behind */
async function requeue(
  route: string,
  mailIds: readonly string[],
  trigger: RedriveOptions['trigger'],
  { ledger, routeQueues, clock, journal }: RedriveServices,
): Promise<string[]> {
  // The time before the alerts are sent: if a poster dead-letters one a moment later, it must stay dead.
  const at = clock.now();
  const entries = [...(await ledger.find(mailIds)).values()]
    .filter((entry) => isDue(entry, trigger, at))
    .sort((one, other) => one.acceptedAt.getTime() - other.acceptedAt.getTime());
  if (entries.length === 0) return [];
  const alerts = entries.map(queueMessageOf);
  await routeQueues.send(route, alerts);
  await pMap(entries, ({ mailId }) => ledger.markDispatched(mailId, at), { concurrency: LEDGER_CONCURRENCY });
  journal({ kind: 'alerts redriven', route, alerts });
  return entries.map(({ mailId }) => mailId);
}

/** Why one of these died again because of the target, as soon as it is known; undefined if none has within the wait. */
async function firstNewDeath(
  mailIds: readonly string[],
  patienceMs: number,
  { ledger, clock }: RedriveServices,
): Promise<DeliveryFailure | undefined> {
  const until = clock.now().getTime() + patienceMs;
  for (;;) {
    const entries = [...(await ledger.find(mailIds)).values()];
    const dead = entries.find(
      ({ state, lastFailure }) => state === 'dead' && lastFailure && isOfDeadTarget(lastFailure),
    );
    if (dead) return dead.lastFailure;
    const isProven = entries.some(({ state }) => state === 'settled');
    const isPending = entries.some(({ state }) => state === 'dispatched');
    if (isProven || !isPending || clock.now().getTime() >= until) return undefined;
    await clock.wait(PROOF_LOOK_EVERY_MS);
  }
}
