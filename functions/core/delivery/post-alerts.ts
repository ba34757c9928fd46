import type { Journal } from '../journal.ts';
import type { AlertQueue, Clock, Discord, Ledger, ReceivedMessage } from '../ports.ts';
import { MAX_RECEIVES, POST_RESERVE_MS, POST_TIMEOUT_MS, SHORT_WAIT_MS } from './delivery-limits.ts';
import { type DeliveryFailure, type DeliveryOutcome, deliveryOutcomeOf } from './delivery-outcome.ts';
import { type DiscordMessage, nameOfTarget, secretParameterOf } from './discord.ts';
import { type PostStyle, packPosts, postOf, reducedPostOf } from './post-packing.ts';
import { parseQueueMessage, type QueueMessage } from './queue-message.ts';
import { retryWaitMs } from './retry-wait.ts';

export type PostedRoute = PostStyle & { id: string };

export type PostServices = {
  ledger: Ledger;
  queue: AlertQueue;
  discord: Discord;
  clock: Clock;
  journal: Journal;
  /** 0 (inclusive) to 1 (exclusive). */
  random: () => number;
};

/** `handedBack`: the messages that must stay in the queue. All others are done with and may be deleted. */
export type PostReport = { handedBack: string[] };

type Alert = { received: ReceivedMessage; message: QueueMessage };

/** What one invocation knows: after a retry or a dead target, nothing more is sent to that target. */
type Invocation = {
  route: PostedRoute;
  services: PostServices;
  holder: string;
  remainingMs: () => number;
  halted: DeliveryOutcome | undefined;
  handedBack: string[];
};

/**
 * Posts one batch of one route. Every message ends in exactly one of settled, back in the queue, or dead with a reason.
 *
 * @param invocation.holder names this invocation, so that its leases are its own
 * @param invocation.remainingMs the time it has left, in milliseconds
 * @throws when the ledger or the queue fails; nothing is then deleted, and the leases end by themselves
 */
export async function postAlerts(
  batch: readonly ReceivedMessage[],
  route: PostedRoute,
  { holder, remainingMs }: Pick<Invocation, 'holder' | 'remainingMs'>,
  services: PostServices,
): Promise<PostReport> {
  const invocation: Invocation = { route, services, holder, remainingMs, halted: undefined, handedBack: [] };
  const valid: Alert[] = [];
  for (const received of batch) {
    const parsed = validate(received, route);
    if (parsed.valid) valid.push({ received, message: parsed.message });
    else await buryInvalid(received, parsed.reason, invocation);
  }
  const claimed: Alert[] = [];
  for (const alert of valid) if (await claim(alert, invocation)) claimed.push(alert);
  for (const post of packPosts(claimed, route)) await deliver(post, 'full', invocation);
  return { handedBack: invocation.handedBack };
}

function validate({ body }: ReceivedMessage, route: PostedRoute): ReturnType<typeof parseQueueMessage> {
  const parsed = parseQueueMessage(body);
  if (!parsed.valid || parsed.message.route === route.id) return parsed;
  return {
    valid: false,
    reason: `the message is for route ${parsed.message.route} and lies in the queue of ${route.id}`,
  };
}

/** True where the alert is ours to post. */
async function claim({ received, message }: Alert, { services, holder, handedBack }: Invocation): Promise<boolean> {
  const { ledger, queue, clock, journal } = services;
  const at = clock.now();
  const claimed = await ledger.claim(message, { holder, at, until: new Date(at.getTime() + POST_TIMEOUT_MS) });
  if (claimed.kind === 'settled') journal({ kind: 'alert already settled', alert: message });
  if (claimed.kind === 'leased') {
    // Dropping it would lose it, should the invocation that holds it die.
    const delayMs = Math.max(1_000, claimed.until.getTime() - at.getTime());
    await queue.handBack(received, delayMs);
    handedBack.push(received.messageId);
    journal({ kind: 'alert handed back', alert: message, delayMs, failure: undefined });
  }
  return claimed.kind === 'claimed';
}

async function deliver(alerts: readonly Alert[], form: 'full' | 'reduced', invocation: Invocation): Promise<void> {
  const outcome = invocation.halted ?? (await attempt(alerts, form, invocation));
  switch (outcome.kind) {
    case 'delivered':
      return await settle(alerts, outcome.messageId, invocation);
    case 'retry':
      if (await waitedOut(outcome, invocation)) return await deliver(alerts, form, invocation);
      invocation.halted = outcome;
      for (const alert of alerts) await handBack(alert, outcome, invocation);
      return;
    case 'dead':
      invocation.halted = outcome;
      for (const alert of alerts) await bury(alert, outcome.failure, invocation);
      return;
    case 'refused':
      return await afterRefusal(alerts, form, outcome.failure, invocation);
  }
}

/** Handing back for a few seconds would scatter the batch, and its alerts would come back as many small posts. */
async function waitedOut(
  { afterMs }: Extract<DeliveryOutcome, { kind: 'retry' }>,
  { halted, remainingMs, services }: Invocation,
): Promise<boolean> {
  if (halted || afterMs === undefined || afterMs > SHORT_WAIT_MS || remainingMs() < afterMs + POST_RESERVE_MS)
    return false;
  await services.clock.wait(afterMs);
  return true;
}

/** One bad mail must not hold the others: they are tried alone, then reduced, then given to a person. */
async function afterRefusal(
  alerts: readonly Alert[],
  form: 'full' | 'reduced',
  failure: DeliveryFailure,
  invocation: Invocation,
) {
  const [alert, ...others] = alerts;
  if (!alert) return;
  if (others.length > 0) {
    for (const one of alerts) await deliver([one], 'full', invocation);
  } else if (form === 'full') {
    await deliver([alert], 'reduced', invocation);
  } else {
    await bury(alert, failure, invocation);
  }
}

async function attempt(
  alerts: readonly Alert[],
  form: 'full' | 'reduced',
  { route, services }: Invocation,
): Promise<DeliveryOutcome> {
  const { discord, clock } = services;
  const messages = alerts.map(({ message }) => message);
  const post = formOf(messages, form, route);
  const first = await discord.post(route.target, post, { freshSecret: false });
  const unauthorized = first.kind === 'http' && first.status === 401;
  // The secret may have been renewed since it was cached.
  const answer = unauthorized ? await discord.post(route.target, post, { freshSecret: true }) : first;
  return deliveryOutcomeOf(answer, clock.now());
}

function formOf(messages: readonly QueueMessage[], form: 'full' | 'reduced', route: PostedRoute): DiscordMessage {
  const [only] = messages;
  return form === 'reduced' && only ? reducedPostOf(only, route) : postOf(messages, route);
}

async function settle(
  alerts: readonly Alert[],
  discordMessageId: string,
  { route, services }: Invocation,
): Promise<void> {
  const { ledger, clock, journal } = services;
  await Promise.all(alerts.map(({ message }) => ledger.settle(message.mailId, { at: clock.now(), discordMessageId })));
  journal({ kind: 'alerts posted', route: route.id, discordMessageId, alerts: alerts.map(({ message }) => message) });
}

async function handBack(
  alert: Alert,
  { afterMs, failure }: Extract<DeliveryOutcome, { kind: 'retry' }>,
  invocation: Invocation,
): Promise<void> {
  const { received, message } = alert;
  const { ledger, queue, journal, random } = invocation.services;
  if (received.receiveCount >= MAX_RECEIVES) {
    const text = `Given up after ${received.receiveCount} tries. The last one: ${failure.text}`;
    return await bury(alert, { ...failure, text }, invocation);
  }
  const delayMs = afterMs ?? retryWaitMs(received.receiveCount, random());
  await ledger.recordFailure(message.mailId, invocation.holder, failure);
  await queue.handBack(received, delayMs);
  invocation.handedBack.push(received.messageId);
  journal({ kind: 'alert handed back', alert: message, delayMs, failure });
}

/** The dead-letter queue first, the ledger then: a crash in between brings the message back, and it is buried again. */
async function bury(
  { received, message }: Alert,
  reason: DeliveryFailure,
  { route, services }: Invocation,
): Promise<void> {
  const failure = { ...reason, text: withWayOut(reason, route) };
  await services.queue.deadLetter(received, { mailId: message.mailId, target: nameOfTarget(route.target), failure });
  await services.ledger.recordDead(message.mailId, failure);
  services.journal({ kind: 'alert dead', route: route.id, alert: message, failure });
}

async function buryInvalid(received: ReceivedMessage, reason: string, { route, services }: Invocation): Promise<void> {
  const failure: DeliveryFailure = {
    kind: 'message',
    status: null,
    code: null,
    text: reason,
    at: services.clock.now(),
  };
  await services.queue.deadLetter(received, { mailId: undefined, target: nameOfTarget(route.target), failure });
  services.journal({ kind: 'alert dead', route: route.id, alert: undefined, failure });
}

function withWayOut({ kind, text }: DeliveryFailure, { target }: PostedRoute): string {
  if (kind === 'credential') return `${text} (renew the secret in ${secretParameterOf(target)})`;
  if (kind === 'target') return `${text} (check ${nameOfTarget(target)})`;
  return text;
}
