import type { ChatPost, PostOutcome } from '../chat/chat-service.ts';
import {
  POST_RESERVE_MS,
  REPEAT_PAUSES_MS,
  REPEATABLE_POST_RESERVE_MS,
  SHORT_WAIT_MS,
  WAITS_IN_A_ROW,
} from './delivery-limits.ts';
import { pauseNamesOf } from './pauses.ts';
import type { NotSent, Posting, PostResult } from './posting.ts';
import { retryWaitMs } from './retry-wait.ts';

/**
 * Sends one post: after the wait that the service asks for, with short rate limits waited out, with a fresh secret if
 * the old one was refused, and again if only the answer may be lost and a repeat is safe.
 *
 * @throws when a secret cannot be read, or a pause cannot be written
 */
export async function sendPost(post: ChatPost, posting: Posting): Promise<PostResult> {
  const { route, services } = posting;
  const reserveMs = route.target.isRepeatSafe ? REPEATABLE_POST_RESERVE_MS : POST_RESERVE_MS;
  const aheadMs = services.chat.waitMs(services.clock.now());
  if (!canWait(aheadMs, posting, reserveMs)) return notSent(aheadMs);
  if (aheadMs > 0) await services.clock.wait(aheadMs);

  for (let waits = 0; ; waits += 1) {
    const result = await exchange(post, posting);
    if (result.kind !== 'retry') return result;
    if (result.global) await pauseCredential(result, posting);
    if (result.afterMs === undefined || !canWait(result.afterMs, posting, reserveMs)) return result;
    // Waiting as long as the service said did not help: from here on our own, longer waits apply.
    if (waits === WAITS_IN_A_ROW) return { ...result, afterMs: undefined };
    await services.clock.wait(result.afterMs);
  }
}

function canWait(ms: number, { remainingMs }: Posting, reserveMs = POST_RESERVE_MS): boolean {
  return ms <= SHORT_WAIT_MS && remainingMs() >= ms + reserveMs;
}

function notSent(afterMs: number): NotSent {
  return { kind: 'not sent', afterMs, failure: undefined };
}

/** If no repeat is safe, repeating would show it twice. */
async function exchange(post: ChatPost, posting: Posting): Promise<PostResult> {
  let result = await askWithSecret(post, posting);
  if (result.kind !== 'retry' || result.effect === 'none' || !posting.route.target.isRepeatSafe) return result;
  for (const pauseMs of REPEAT_PAUSES_MS) {
    if (result.kind !== 'retry' || result.afterMs !== undefined || !canWait(pauseMs, posting)) break;
    await posting.services.clock.wait(pauseMs);
    result = await askWithSecret(post, posting);
  }
  return result;
}

/** The secret may have been renewed since it was cached. */
async function askWithSecret(post: ChatPost, posting: Posting): Promise<PostResult> {
  const { chat } = posting.services;
  const outcome = await chat.post(post, { freshSecret: false });
  if (outcome.kind !== 'dead' || !chat.mayBeStaleSecret(outcome.failure)) return outcome;
  return canWait(0, posting) ? await chat.post(post, { freshSecret: true }) : notSent(0);
}

/** The other routes with this credential run in other processes. */
async function pauseCredential(
  { afterMs, failure }: Extract<PostOutcome, { kind: 'retry' }>,
  { route, services }: Posting,
): Promise<void> {
  const { pauses, clock, random } = services;
  const until = new Date(clock.now().getTime() + (afterMs ?? retryWaitMs(1, random())));
  await pauses.pause(pauseNamesOf(route.target).credential, { until, failure });
}
