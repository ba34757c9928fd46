import { type Random, randomOf } from '../fuzz/random.ts';
import { FAULTS } from './invocation.ts';
import {
  DAY_MS,
  FUNCTIONS,
  type FunctionName,
  HOUR_MS,
  MINUTE_MS,
  type Plan,
  type PlannedEvent,
  SERVICES,
  type ServiceName,
  timeOf,
} from './plan.ts';
import { PORT_CALLS } from './port-methods.ts';
import { moment, randomArrival, randomCommotion, randomRename } from './random-mailbox-events.ts';
import { isLeftToAudits, randomServerEvents, randomTwins } from './random-server-events.ts';
import { MAILBOXES, ROUTE_IDS } from './simulated-settings.ts';

type Size = Pick<Plan, 'healsAtMs' | 'pollEveryMs' | 'checkEveryMs' | 'digestEveryMs'> & { mails: number };

/** The plan of a seed: some days with mail in which this and that goes wrong. */
export function randomPlan(seed: number): Plan {
  const random = randomOf('simulation plan', seed, 0);
  const { mails, ...times } = sizeOf(random);
  const mailboxes = MAILBOXES.slice(0, random.pick([1, 1, 1, 2, 2, 3]));
  const within = () => random.between(0, times.healsAtMs);
  const events: PlannedEvent[] = [];
  for (let token = 1; token <= mails; token += 1) events.push(...randomArrival(token, mailboxes, within, random));

  const often = (most: number, event: () => PlannedEvent) => {
    for (let count = random.between(0, most); count > 0; count -= 1) events.push(event());
  };
  const seldom = (event: () => PlannedEvent) => {
    if (random.chance(0.2)) events.push(event());
  };
  const window = (longestMs: number) => {
    const fromMs = within();
    return { fromMs, toMs: fromMs + random.between(MINUTE_MS, longestMs) };
  };
  const longestMs = Math.min(times.healsAtMs, 6 * DAY_MS);
  const target = () => random.pick([...ROUTE_IDS, 'all'] as const);

  often(2, () => ({ kind: 'channel dies', ...death(times.healsAtMs, longestMs, random) }));
  often(1, () => ({ kind: 'secret changes', secret: random.pick(['bot', 'webhook']), ...window(DAY_MS) }));
  often(2, () => ({
    kind: 'Discord fails',
    trouble: random.pick(DISCORD_TROUBLES),
    route: target(),
    ...window(random.pick([5 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS])),
  }));
  often(2, () => ({
    kind: 'service fails',
    ...serviceTrouble(random),
    ...window(random.pick([10 * MINUTE_MS, 3 * HOUR_MS])),
  }));
  often(1, () => ({
    kind: 'mailbox fails',
    mailbox: random.pick(mailboxes),
    failure: random.pick(['credentials', 'connection', 'throttled']),
    ...window(longestMs),
  }));
  if (random.chance(times.healsAtMs > 14 * DAY_MS ? 0.7 : 0.2)) {
    // Longer than a queue keeps anything, where there is so much time.
    const stopped: FunctionName = random.pick(['post', ...FUNCTIONS]);
    const fromMs = Math.min(within(), within());
    events.push({ kind: 'function stops', function: stopped, fromMs, toMs: times.healsAtMs });
  }
  often(1, () => ({ kind: 'uids change', mailbox: random.pick(mailboxes), ...moment(within(), random) }));
  seldom(() => ({ kind: 'watermark is lost', mailbox: random.pick(mailboxes), ...moment(within(), random) }));
  often(10, () => ({
    kind: 'call is struck',
    atMs: within(),
    call: random.pick(PORT_CALLS),
    fault: random.pick(FAULTS),
    times: random.chance(0.8) ? 1 : random.between(2, 6),
  }));
  often(1, () => ({
    kind: 'call is half done',
    atMs: within(),
    call: random.pick(['routeQueues.send', 'spool.archive']),
  }));
  often(2, () => ({
    kind: 'function runs besides',
    atMs: within(),
    function: random.pick(['poll', 'digest', 'audit', 'check']),
    mailbox: random.pick(mailboxes),
  }));
  often(1, () => ({ kind: 'person redrives', atMs: within(), route: random.pick(ROUTE_IDS) }));
  seldom(() => ({ kind: 'message is unreadable', atMs: within(), route: random.pick(ROUTE_IDS) }));
  often(2, () => ({ kind: 'queue delivers twice', atMs: within(), route: random.pick(ROUTE_IDS) }));
  if (random.chance(0.2)) events.push(...deliveredTwiceAndKilled(within(), random));
  const hasAudits = random.chance(0.6);
  if (hasAudits) {
    often(1, () => ({ kind: 'spool line is damaged', atMs: within() }));
    seldom(() => ({ kind: 'queue is purged', atMs: within(), route: random.pick(ROUTE_IDS) }));
    seldom(() => ({ kind: 'segment is lost', atMs: within() }));
    if (random.chance(0.2)) {
      const uids = random.between(1, 3);
      events.push({ kind: 'watermark jumps', atMs: within(), mailbox: random.pick(mailboxes), uids });
    }
    events.push(...removedRoute(within() / 2, random));
  }

  const startFrom = random.pick(['all', 'all', 'now', { days: 1 }] as const);
  // A rescan may take in email from before accounting began, which is owed to nobody. Here there is none.
  const rescans = startFrom === 'all' ? 1 : 0;
  often(rescans, () => ({ kind: 'person rescans', atMs: within(), mailbox: random.pick(mailboxes), days: 1 }));
  let token = mails;
  const surroundings = { ...times, mailboxes, nextToken: () => (token += 1) };
  if (random.chance(0.25)) events.push(...randomTwins(surroundings, random));
  events.push(...randomServerEvents(events, surroundings, random));
  if (random.chance(0.5)) events.push(...randomCommotion(token + 1, { ...times, mailboxes, hasAudits }, random));
  if (random.chance(0.1)) events.push(...randomRename(events, { ...times, mailboxes }, random));

  const happening = events.filter(
    (event) => timeOf(event) <= times.healsAtMs && (hasAudits || !isAuditsOwn(event, events)),
  );
  happening.sort((one, other) => timeOf(one) - timeOf(other));
  // Mostly together with polls, as in production.
  const firstDigestMs = random.pick([6, 6, 7]) * HOUR_MS;
  const latencyMs = random.pick([120, 120, 120, 600]);
  return { seed, ...times, firstDigestMs, latencyMs, mailboxes, startFrom, hasAudits, events: happening };
}

/** A mail that is moved keeps the time of its arrival. Days later, no poll that reads anew from some time on looks there. */
function isAuditsOwn(event: PlannedEvent, events: readonly PlannedEvent[]): boolean {
  if (isLeftToAudits(event, events)) return true;
  if (event.kind !== 'mail is moved') return false;
  const { token, atMs } = event;
  const arrival = events.find((other) => other.kind === 'mail arrives' && other.mail.token === token);
  return arrival !== undefined && (timeOf(arrival) < -DAY_MS || atMs - timeOf(arrival) > 2 * DAY_MS);
}

const DISCORD_TROUBLES = [
  'refuses connections',
  'is unavailable',
  'loses answers',
  'does not answer',
  'limits the channel',
  'limits everything',
  'is blocked by Cloudflare',
  'is a captive portal',
] as const;

/** Mostly some days at the pace of the schedules as deployed; long ones more slowly, to take no longer. */
function sizeOf(random: Random): Size {
  const kind = random.between(1, 100);
  if (kind <= 75) {
    return {
      healsAtMs: random.between(6, 30) * HOUR_MS,
      pollEveryMs: random.pick([2, 3, 4, 6, 6, 8]) * HOUR_MS,
      checkEveryMs: random.pick([2, 6, 8, 8, 12, 12]) * HOUR_MS,
      digestEveryMs: random.chance(0.1) ? 6 * HOUR_MS : DAY_MS,
      mails: random.between(1, 10),
    };
  }
  const days = kind <= 95 ? random.between(2, 4) : random.between(5, 20);
  return {
    healsAtMs: days * DAY_MS,
    pollEveryMs: random.pick([6, 12, 12]) * HOUR_MS,
    checkEveryMs: random.pick([8, 12, 12]) * HOUR_MS,
    digestEveryMs: DAY_MS,
    mails: random.between(2, 15),
  };
}

function death(healsAtMs: number, longestMs: number, random: Random) {
  const fromMs = random.between(-HOUR_MS, healsAtMs);
  return {
    route: random.pick(ROUTE_IDS),
    death: random.pick(['no access', 'no permission', 'gone'] as const),
    isForGood: random.chance(0.15),
    fromMs,
    toMs: fromMs + random.between(MINUTE_MS, longestMs),
  };
}

/** Two invocations hold the same message, and the first one dies. */
function deliveredTwiceAndKilled(atMs: number, random: Random): PlannedEvent[] {
  const call = random.pick(['ledger.beginPost', 'discord.post', 'ledger.settle', 'ledger.find'] as const);
  const fault = random.pick(['dies before', 'dies after'] as const);
  return [
    ...ROUTE_IDS.map((route) => ({ kind: 'queue delivers twice', atMs, route }) as const),
    { kind: 'call is struck', atMs, call, fault, times: 1 },
  ];
}

/** Only audits bring what lay in its queue to a digest: early enough for the last digest to say that all is well. */
function removedRoute(atMs: number, random: Random): PlannedEvent[] {
  return random.chance(0.2) ? [{ kind: 'route is removed', atMs, route: random.pick(ROUTE_IDS) }] : [];
}

/** A service that hangs holds whoever asks until its time is over. */
function serviceTrouble(random: Random) {
  const service: ServiceName = random.pick(Object.keys(SERVICES) as ServiceName[]);
  return { service, fault: random.pick(['fails before', 'fails before', 'fails after', 'hangs before'] as const) };
}
