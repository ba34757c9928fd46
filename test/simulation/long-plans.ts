import { randomOf } from '../fuzz/random.ts';
import { FAULTS } from './invocation.ts';
import { DAY_MS, type DiscordTrouble, HOUR_MS, MINUTE_MS, type Plan, type PlannedEvent } from './plan.ts';
import { probeMail, randomMail } from './random-mail.ts';

/** Fixed plans: what happened once, and what an ordinary random week has too few emails for. */

const MAILBOX = 'support/INBOX';

/** As deployed: polls every quarter of an hour, checks every hour, digests every day. */
const AS_DEPLOYED = {
  seed: 1,
  pollEveryMs: 15 * MINUTE_MS,
  checkEveryMs: HOUR_MS,
  digestEveryMs: DAY_MS,
  firstDigestMs: 7.5 * HOUR_MS,
  latencyMs: 120,
  mailboxes: [MAILBOX],
  startFrom: 'all',
  hasAudits: true,
} as const satisfies Partial<Plan>;

/** An email for `vip` every three hours, and one that no rule matches every day. */
function steadyEmail(days: number): PlannedEvent[] {
  const events: PlannedEvent[] = [];
  for (let token = 1; token <= 8 * days; token += 1) {
    events.push(arrival(token, 'vip', token * 3 * HOUR_MS));
    if (token % 8 === 0) events.push(arrival(500 + token, 'unknown', token * 3 * HOUR_MS));
  }
  return events;
}

function arrival(token: number, route: 'vip' | 'unknown', atMs: number): PlannedEvent {
  return { kind: 'mail arrives', atMs, mailbox: MAILBOX, mail: probeMail(token, route) };
}

function deadChannel(fromDay: number, toDay: number): PlannedEvent {
  const times = { fromMs: fromDay * DAY_MS, toMs: toDay * DAY_MS };
  return { kind: 'channel dies', route: 'vip', death: 'no access', isForGood: false, ...times };
}

/** The incident that Rollcall was born from: a channel answers 403 for three weeks. */
export const THREE_DEAD_WEEKS: Plan = {
  ...AS_DEPLOYED,
  healsAtMs: 23 * DAY_MS,
  events: [...steadyEmail(23), deadChannel(1, 22)],
};

/** The same with a day in between on which it answers. */
export const TWO_DEATHS: Plan = {
  ...AS_DEPLOYED,
  healsAtMs: 23 * DAY_MS,
  events: [...steadyEmail(23), deadChannel(0.5, 6), deadChannel(7, 22)],
};

/** For longer than a queue keeps a message. */
export const THREE_WEEKS_WITHOUT_POSTER: Plan = {
  ...AS_DEPLOYED,
  healsAtMs: 22 * DAY_MS,
  events: [...steadyEmail(21), { kind: 'function stops', function: 'post', fromMs: 0, toMs: 21 * DAY_MS }],
};

/** A person redrives alerts that wait in their queue, or that are not there any more. */
export function redrivenWhileYoung(isPurged: boolean): Plan {
  const events: PlannedEvent[] = [1, 2, 3].map((token) => arrival(token, 'vip', token * MINUTE_MS));
  events.push({ kind: 'function stops', function: 'post', fromMs: 0, toMs: 3 * HOUR_MS });
  if (isPurged) events.push({ kind: 'queue is purged', atMs: HOUR_MS, route: 'vip' });
  events.push({ kind: 'person redrives', atMs: 2 * HOUR_MS, route: 'vip' });
  return { ...AS_DEPLOYED, healsAtMs: 4 * HOUR_MS, events };
}

const TROUBLES: readonly DiscordTrouble[] = [
  'refuses connections',
  'is unavailable',
  'loses answers',
  'does not answer',
  'limits the channel',
  'limits everything',
  'is blocked by Cloudflare',
];

/** Calls of the poster and of what hands over to it, and how often one of them is struck. */
const STRUCK_CALLS = [
  'ledger.claim',
  'ledger.beginPost',
  'ledger.settle',
  'ledger.recordFailure',
  'ledger.recordDead',
  'ledger.accept',
  'ledger.markDispatched',
  'alertQueue.returnToQueue',
  'alertQueue.deadLetter',
  'routeQueues.send',
  'discord.post',
  'pauses.pause',
  'watermarks.move',
];
const STRIKES = 150;

/**
 * So many emails within two days, some hostile, some refused, while something goes wrong all the time: a trouble of
 * Discord every half hour, an outage of half an hour and one of five hours, channels that die and live again, a webhook
 * that is gone for half a day, and calls that fail or kill their function before or after their effect.
 */
export function soakPlan(emails: number, seed: number): Plan {
  const random = randomOf('soak', seed, 0);
  const withinMs = 2 * DAY_MS;
  const events: PlannedEvent[] = [];
  for (let token = 1; token <= emails; token += 1) {
    const atMs = random.between(0, withinMs);
    events.push({ kind: 'mail arrives', atMs, mailbox: MAILBOX, mail: randomMail(token, random) });
  }
  for (let fromMs = 10 * MINUTE_MS; fromMs < withinMs; fromMs += 30 * MINUTE_MS) {
    const toMs = fromMs + random.between(1, 5) * MINUTE_MS;
    const route = random.pick(['vip', 'stripe', 'customer', 'all'] as const);
    events.push({ kind: 'Discord fails', trouble: random.pick(TROUBLES), route, fromMs, toMs });
  }
  const hours = (from: number, to: number) => ({ fromMs: from * HOUR_MS, toMs: to * HOUR_MS });
  const noAccess = { kind: 'channel dies', death: 'no access', isForGood: false } as const;
  events.push(
    { kind: 'Discord fails', trouble: 'is unavailable', route: 'all', ...hours(4, 4.5) },
    { kind: 'Discord fails', trouble: 'refuses connections', route: 'vip', ...hours(20, 25) },
    { ...noAccess, route: 'stripe', ...hours(8, 9) },
    { ...noAccess, route: 'vip', ...hours(30, 30.75) },
    { ...noAccess, death: 'gone', route: 'customer', ...hours(12, 24) },
  );
  for (let strike = 0; strike < STRIKES; strike += 1) {
    const atMs = random.between(0, withinMs);
    events.push({
      kind: 'call is struck',
      atMs,
      call: random.pick(STRUCK_CALLS),
      fault: random.pick(FAULTS),
      times: 1,
    });
  }
  // No audit makes good what the poster did wrong.
  return { ...AS_DEPLOYED, seed, healsAtMs: withinMs, hasAudits: false, events };
}
