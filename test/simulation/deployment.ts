import type { Random } from '../fuzz/random.ts';
import { type Ended, invoke } from './invocation.ts';
import type { ObservedInvocation } from './observed.ts';
import { DAY_MS, MINUTE_MS, type Plan, type PlannedEvent } from './plan.ts';
import type { Troubles } from './planned-troubles.ts';
import { RETRIES, type Run, simulatedFunctions, TIMEOUTS_MS } from './simulated-functions.ts';
import { startSimulatedPosters } from './simulated-posters.ts';
import { newProcess, type Process, type SimulatedServices } from './simulated-services.ts';
import { type MailboxName, ROUTE_IDS, type RouteId, routesWithout } from './simulated-settings.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** Daily, ahead of the digest that tells of it. */
const AUDIT_AHEAD_MS = 30 * MINUTE_MS;

/** How often a person looks for unreadable dead letters, once there was one. */
export const LETTERS_EVERY_MS = 4 * 60 * MINUTE_MS;

type Scheduled = keyof typeof RETRIES;
type Of = { mailbox?: MailboxName; route?: RouteId };

export type Deployment = {
  /** Starts the schedules, and the event sources of the posters. */
  start(): void;
  /** The function's next schedule delivers twice. */
  double(event: PlannedEvent & { kind: 'function runs besides' }): void;
  /** As a person does it. */
  redrive(route: RouteId): void;
  rescan(mailbox: MailboxName, days: number): void;
  /** As a person does it, again and again: a letter comes late, and a command may fail. */
  removeLetters(route: RouteId): void;
  invocations: readonly ObservedInvocation[];
};

export function firstAuditMs(plan: Plan): number {
  return plan.firstDigestMs - AUDIT_AHEAD_MS;
}

/** Everything that is deployed, run by schedules and queues as Lambda runs it. */
export function deployment(
  plan: Plan,
  {
    time,
    nowMs,
    random,
    troubles,
    services,
    say,
  }: {
    time: SimulatedTime;
    nowMs: () => number;
    random: Random;
    troubles: Troubles;
    services: SimulatedServices;
    say: (what: string) => void;
  },
): Deployment {
  const functions = simulatedFunctions(
    plan,
    () => random.between(0, 999_999) / 1_000_000,
    () => {},
    { routes: () => routesWithout(services.removedRoute()), renamed: services.renamedMailbox },
  );
  const invocations: ObservedInvocation[] = [];
  const ordinals = new Map<string, number>();
  const doubled = new Set<string>();

  function latencyMs(): number {
    if (!random.chance(0.3)) return 0;
    return random.chance(0.02) ? random.between(500, 3_000) : random.between(1, plan.latencyMs);
  }

  /** One invocation of a function, in its own process unless one is given. */
  async function run<Result>(
    name: ObservedInvocation['function'],
    { mailbox, route }: Of,
    work: Run<Result>,
    process: Process = newProcess(),
  ): Promise<Ended<Result>> {
    const title = [name, mailbox ?? route].filter(Boolean).join(' ');
    const ordinal = (ordinals.get(title) ?? 0) + 1;
    ordinals.set(title, ordinal);
    const observed: ObservedInvocation = {
      id: `${title} #${ordinal}`,
      function: name,
      mailbox,
      route,
      startedMs: nowMs(),
      endedMs: Number.POSITIVE_INFINITY,
      ended: 'running',
      strikes: [],
    };
    invocations.push(observed);
    const ended = await invoke(
      {
        id: observed.id,
        clock: time,
        timeoutMs: TIMEOUTS_MS[name],
        latencyMs,
        strike: (call) => troubles.strike(call, observed),
      },
      async (invocation) => await work(invocation, services.portsOf(invocation, process), process),
    );
    Object.assign(observed, { ended: ended.kind, endedMs: nowMs() });
    if (ended.kind !== 'ended well') say(`${observed.id} ${toldEnd(ended)}`);
    return ended;
  }

  /** As Lambda does with what a schedule starts: again after a minute, and after two more. */
  async function runScheduled(name: Scheduled, of: Of, work: Run<unknown>): Promise<void> {
    for (let attempt = 0; attempt <= RETRIES[name]; attempt += 1) {
      if (attempt > 0) await time.wait(attempt * MINUTE_MS);
      const ended = await run(name, of, work);
      if (ended.kind === 'ended well') return;
    }
  }

  async function schedule(
    name: Scheduled,
    { everyMs, firstMs, ...of }: Of & { everyMs: number; firstMs: number },
    work: Run<unknown>,
  ): Promise<never> {
    for (let atMs = firstMs; ; atMs += everyMs) {
      await time.wait(atMs - nowMs());
      if (troubles.isStopped(name)) continue;
      void runScheduled(name, of, work);
      if (doubled.delete(scheduleOf(name, of.mailbox))) void runScheduled(name, of, work);
    }
  }

  async function removeLetters(route: RouteId): Promise<never> {
    for (;;) {
      await time.wait(LETTERS_EVERY_MS);
      await run('letters', { route }, functions.letters(route));
    }
  }

  function startPosters(route: RouteId): void {
    const processes = new Map<number, Process>();
    startSimulatedPosters(
      services.queueOf(route),
      async (batch, poller) => {
        const process = processes.get(poller) ?? newProcess();
        const ended = await run('post', { route }, functions.post(route, batch), process);
        if (ended.kind === 'ended well' || ended.kind === 'threw') processes.set(poller, process);
        else processes.delete(poller);
        return ended;
      },
      { clock: time, isRunning: () => !troubles.isStopped('post') && services.removedRoute() !== route },
    );
  }

  return {
    invocations,
    start() {
      for (const [index, mailbox] of plan.mailboxes.entries()) {
        const offsetMs = index * 20_000;
        const polls = { mailbox, everyMs: plan.pollEveryMs, firstMs: offsetMs };
        const audits = { mailbox, everyMs: DAY_MS, firstMs: firstAuditMs(plan) + offsetMs };
        void schedule('poll', polls, functions.poll(mailbox));
        if (plan.hasAudits) void schedule('audit', audits, functions.audit(mailbox));
      }
      void schedule('check', { everyMs: plan.checkEveryMs, firstMs: 7 * MINUTE_MS }, functions.check);
      void schedule('digest', { everyMs: plan.digestEveryMs, firstMs: plan.firstDigestMs }, functions.digest);
      for (const route of ROUTE_IDS) startPosters(route);
    },
    double: (event) => {
      doubled.add(scheduleOf(event.function, event.mailbox));
    },
    redrive: (route) => {
      if (services.removedRoute() === route) return;
      void run('redrive', { route }, functions.redrive(route));
    },
    rescan: (mailbox, days) => void run('rescan', { mailbox }, functions.rescan(mailbox, days)),
    removeLetters: (route) => void removeLetters(route),
  };
}

/** Polls and audits have a schedule a mailbox. */
function scheduleOf(name: Scheduled, mailbox: MailboxName | undefined): string {
  return name === 'poll' || name === 'audit' ? `${name} ${mailbox}` : name;
}

function toldEnd(ended: Ended<unknown>): string {
  if (ended.kind !== 'threw') return ended.kind;
  return `threw: ${ended.error instanceof Error ? ended.error.message : ended.error}`;
}
