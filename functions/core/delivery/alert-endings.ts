import type { PostOutcome } from '../chat/chat-service.ts';
import { remedied } from '../chat/remedy.ts';
import type { QueueMessage } from '../records/alert.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import { RETRY_RECEIVES } from './delivery-limits.ts';
import type { Alert, Ending, NotSent, Posting } from './posting.ts';
import { retryWaitMs } from './retry-wait.ts';

/** The possible endings of an alert in an invocation. Each returns which one it was. */

/** The chat service has taken these. Some may belong to another invocation, which then finds them settled. */
export async function settle(
  messages: readonly QueueMessage[],
  postId: string,
  { route, services }: Posting,
): Promise<Ending> {
  const { ledger, clock, journal } = services;
  await Promise.all(messages.map(({ mailId }) => ledger.settle(mailId, { at: clock.now(), postId })));
  journal({ kind: 'alerts posted', route: route.id, postId, alerts: messages });
  return 'settled';
}

/**
 * Returns the alert to the queue until the next try, with the failure in the ledger; dead-letters it if all tries are
 * used up.
 */
export async function returnFailedToQueue(
  alert: Alert,
  { afterMs, failure }: Extract<PostOutcome, { kind: 'retry' }>,
  posting: Posting,
): Promise<Ending> {
  const { received, message } = alert;
  const { ledger, random } = posting.services;
  // An alert that waits for a rate limit never fails because of it, however often that happens.
  if (received.receiveCount >= RETRY_RECEIVES && failure.kind !== 'rate limit') {
    const text = `Rollcall stopped after ${received.receiveCount} receives. The last failure: ${failure.text}`;
    return await deadLetterAlert(alert, { ...failure, text }, posting);
  }
  await ledger.recordFailure(message.mailId, posting.holder, failure);
  return await returnToQueue(alert, afterMs ?? retryWaitMs(received.receiveCount, random()), failure, posting);
}

/**
 * Returns the alert to the queue without a failure, since nothing was sent. The lease ends by itself; the alert does
 * not return before that.
 */
export async function returnUnsentToQueue(
  alert: Alert,
  { afterMs, failure }: NotSent,
  posting: Posting,
): Promise<Ending> {
  const leaseMs = posting.leaseEndsAt.getTime() - posting.services.clock.now().getTime();
  return await returnToQueue(alert, Math.max(afterMs, leaseMs), failure, posting);
}

/** Hides the alert for `delayMs`. */
export async function returnToQueue(
  { received, message }: Alert,
  delayMs: number,
  failure: DeliveryFailure | undefined,
  { services }: Posting,
): Promise<Ending> {
  await services.queue.returnToQueue(received, delayMs);
  services.journal({ kind: 'alert handed back', alert: message, delayMs, failure });
  return 'returned';
}

/**
 * The dead-letter queue first, then the ledger: after a crash in between, the message returns and is dead-lettered
 * again.
 */
export async function deadLetterAlert(
  { received, message }: Alert,
  reason: DeliveryFailure,
  { route, services }: Posting,
): Promise<Ending> {
  const failure = { ...reason, text: remedied(reason, route.target) };
  await services.queue.deadLetter(received, { mailId: message.mailId, target: route.target.name, failure });
  await services.ledger.recordDead(message.mailId, failure);
  services.journal({ kind: 'alert dead', route: route.id, alert: message, failure });
  return 'dead';
}

/** A message that is not an alert, or that belongs to another route. */
export async function deadLetterInvalid(
  received: Alert['received'],
  reason: string,
  { route, services }: Posting,
): Promise<Ending> {
  const at = services.clock.now();
  const failure: DeliveryFailure = { kind: 'message', status: null, code: null, text: reason, at };
  await services.queue.deadLetter(received, { mailId: undefined, target: route.target.name, failure });
  services.journal({ kind: 'alert dead', route: route.id, alert: undefined, failure });
  return 'dead';
}
