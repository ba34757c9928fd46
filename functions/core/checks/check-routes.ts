import type { ChatProbe } from '../chat/chat-service.ts';
import type { ChatTarget } from '../chat/chat-target.ts';
import { clearDeadTargetPause } from '../delivery/clear-dead-target.ts';
import { reconcileDeadLetters } from '../delivery/dead-letters.ts';
import { type RedriveReport, redriveRoute } from '../delivery/redrive.ts';
import type { Handed, MethodLists } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import type { DeadLetters } from '../records/dead-letters.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import type { Pauses } from '../records/pause.ts';
import type { RouteQueues } from '../records/route-queues.ts';
import type { TargetCheck, TargetChecks, TargetStatus } from '../records/target-check.ts';
import type { Clock } from '../time.ts';
import { checkPaths } from './check-paths.ts';
import { reportOldestOpenAlert } from './oldest-open-alert.ts';
import type { OperatorPaths } from './path-status.ts';
import { recordStatus } from './record-status.ts';

type Ports = {
  chat: ChatProbe;
  targetChecks: TargetChecks;
  operatorPaths: OperatorPaths;
  pauses: Pauses;
  ledger: Ledger;
  routeQueues: RouteQueues;
  deadLetters: DeadLetters;
};

/** What a check may call. The policy of check-routes derives from this list. */
export const CHECK_ROUTES_PORTS = {
  chat: ['probe'],
  targetChecks: ['get', 'record'],
  operatorPaths: ['digest', 'alarms'],
  pauses: ['active', 'lift'],
  ledger: ['find', 'accept', 'markDispatched', 'recordGivenUp', 'openEntries'],
  routeQueues: ['send'],
  deadLetters: ['deleteWhere'],
} as const satisfies MethodLists<Ports>;

type HandedPorts = Handed<Ports, typeof CHECK_ROUTES_PORTS>;

/** Each route has its own chat. */
export type CheckServices = Omit<HandedPorts, 'chat'> & { clock: Clock; journal: Journal };

export type CheckedRoute = { id: string; target: ChatTarget; chat: HandedPorts['chat']; redriveAutomatically: boolean };

export type CheckReport = {
  /** By route. */
  checks: ReadonlyMap<string, TargetCheck>;
  redrives: readonly RedriveReport[];
};

/**
 * A route or path could not be checked, or a route could not be redriven; all others were. The next check tries again.
 */
class ChecksFailed extends Error {
  override readonly name = 'ChecksFailed';
}

/**
 * Probes the target of every route without posting, checks the operator paths, records the results, and brings the
 * ledger up to date with the dead-letter queues. Alerts parked for a target that answers are requeued, whether the
 * target has just recovered or an earlier check died before it requeued them.
 *
 * @param remainingMs the time left, in milliseconds
 * @throws ChecksFailed after everything else is done
 */
export async function checkRoutes(
  routes: readonly CheckedRoute[],
  services: CheckServices,
  remainingMs: () => number,
): Promise<CheckReport> {
  const errors: string[] = [];
  const attempt = async <T>(route: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      errors.push(`${route}: ${messageOf(error)}`);
      return undefined;
    }
  };

  // All probes come first: a long redrive must not delay the report of a dead target.
  const checks = new Map<string, TargetCheck>();
  for (const route of routes) {
    const { status, error } = await probeTarget(route.chat, services.clock);
    if (error) errors.push(`${route.id}: ${error}`);
    const current = await attempt(route.id, () => record(route, status, services));
    if (current) checks.set(route.id, current);
  }
  const paths = await checkPaths(services);
  errors.push(...paths.errors);
  reportCounts([...checks.values()], paths.checks, services);
  await attempt('the oldest open alert', () =>
    reportOldestOpenAlert(
      routes.map(({ id }) => id),
      services,
    ),
  );

  const redrives: RedriveReport[] = [];
  for (const { id, redriveAutomatically } of routes) {
    if (redriveAutomatically && checks.get(id)?.state === 'alive') {
      const redrive = await attempt(id, () => redriveRoute(id, services, { trigger: 'automatic', remainingMs }));
      if (redrive) redrives.push(redrive);
    } else {
      await attempt(id, () => reconcileDeadLetters(id, services));
    }
  }
  if (errors.length > 0) throw new ChecksFailed(`Not everything could be checked. ${errors.join(' | ')}`);
  return { checks, redrives };
}

type ProbeResult = { status: TargetStatus; error?: string };

/**
 * Probes one target without posting. A secret that cannot be read says nothing about the target, and is an error of its
 * own.
 */
export async function probeTarget(chat: ChatProbe, clock: Clock): Promise<ProbeResult> {
  try {
    return { status: await chat.probe() };
  } catch (error) {
    const text = messageOf(error);
    const failure = { kind: 'unexpected', status: null, code: null, text, at: clock.now() } as const;
    return { status: { state: 'unknown', failure }, error: text };
  }
}

async function record(
  { id, target }: CheckedRoute,
  status: TargetStatus,
  services: CheckServices,
): Promise<TargetCheck> {
  if (status.state === 'alive') await clearDeadTargetPause(target, services);
  const events = {
    died: (failure: DeliveryFailure) => ({ kind: 'route dead', route: id, failure }) as const,
    revived: (deadSince: Date) => ({ kind: 'route alive again', route: id, deadSince }) as const,
  };
  return await recordStatus(`route/${id}`, status, events, services);
}

function reportCounts(
  checks: readonly TargetCheck[],
  paths: readonly TargetCheck[],
  { clock, journal }: CheckServices,
): void {
  const count = (wanted: TargetCheck['state']) => checks.filter(({ state }) => state === wanted).length;
  journal({
    kind: 'routes checked',
    at: clock.now(),
    alive: count('alive'),
    dead: count('dead'),
    unknown: count('unknown'),
    closedPaths: paths.filter(({ state }) => state === 'dead').length,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
