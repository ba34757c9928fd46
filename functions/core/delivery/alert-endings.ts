import type { PostOutcome } from '../chat/chat-service.ts';
import { remedied } from '../chat/remedy.ts';
import type { QueueMessage } from '../records/alert.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import { RETRY_RECEIVES } from './delivery-limits.ts';
import type { Alert, Ending, NotSent, Posting } from './posting.ts';
import { retryWaitMs } from './retry-wait.ts';

/** The ways out of an invocation. Each says which it was. */

/** The chat service has taken these; some may be another invocation's, which then finds them settled. */
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

/** Back into the queue until the next try, with the failure in the ledger; dead where all tries are used up. */
export async function returnFailedToQueue(
  alert: Alert,
  { afterMs, failure }: Extract<PostOutcome, { kind: 'retry' }>,
  posting: Posting,
): Promise<Ending> {
  const { received, message } = alert;
  const { ledger, random } = posting.services;
  // A limit that is kept is nobody's failure, however often it is met.
  if (received.receiveCount >= RETRY_RECEIVES && failure.kind !== 'rate limit') {
    const text = `Rollcall stopped after ${received.receiveCount} receives. The last failure: ${failure.text}`;
    return await deadLetterAlert(alert, { ...failure, text }, posting);
  }
  await ledger.recordFailure(message.mailId, posting.holder, failure);
  return await returnToQueue(alert, afterMs ?? retryWaitMs(received.receiveCount, random()), failure, posting);
}

/** Back into the queue without a failure: nothing was sent. The lease ends by itself, so the alert comes no sooner. */
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

/** The dead-letter queue first, the ledger then: a crash in between brings the message back, and it is dead-lettered again. */
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

/** A message that names no alert, or one of another route. */
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
