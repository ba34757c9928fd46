import { type DeliveryOutcome, deliveryOutcomeOf } from '../discord/delivery-outcome.ts';
import type { DiscordMessage } from '../discord/discord.ts';
import { mayBeStaleSecret } from '../discord/stale-secret.ts';
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
 * Sends one message: after the wait that Discord's headers ask for, with short rate limits waited out, a fresh secret
 * where the old one was refused, and again where only the answer may be lost and a nonce makes that safe.
 *
 * @throws when a secret cannot be read, or a pause not be written
 */
export async function sendMessage(message: DiscordMessage, posting: Posting): Promise<PostResult> {
  const { route, services } = posting;
  const reserveMs = message.nonce ? REPEATABLE_POST_RESERVE_MS : POST_RESERVE_MS;
  const aheadMs = services.rateLimits.waitMs(route.target, services.clock.now());
  if (!canWait(aheadMs, posting, reserveMs)) return notSent(aheadMs);
  if (aheadMs > 0) await services.clock.wait(aheadMs);

  for (let waits = 0; ; waits += 1) {
    const result = await exchange(message, posting);
    if (result.kind !== 'retry') return result;
    if (result.global) await pauseCredential(result, posting);
    if (result.afterMs === undefined || !canWait(result.afterMs, posting, reserveMs)) return result;
    // Waiting as long as Discord said did not help: from here on our own, longer waits count.
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

/** Only a bot's message has a nonce, by which Discord finds it; any other would be shown twice. */
async function exchange(message: DiscordMessage, posting: Posting): Promise<PostResult> {
  let result = await askWithSecret(message, posting);
  if (result.kind !== 'retry' || result.effect === 'none' || !message.nonce) return result;
  for (const pauseMs of REPEAT_PAUSES_MS) {
    if (result.kind !== 'retry' || result.afterMs !== undefined || !canWait(pauseMs, posting)) break;
    await posting.services.clock.wait(pauseMs);
    result = await askWithSecret(message, posting);
  }
  return result;
}

/** The secret may have been renewed since it was cached. */
async function askWithSecret(message: DiscordMessage, posting: Posting): Promise<PostResult> {
  const outcome = await ask(message, posting, { freshSecret: false });
  if (outcome.kind !== 'dead' || !mayBeStaleSecret(outcome.failure, posting.route.target)) return outcome;
  return canWait(0, posting) ? await ask(message, posting, { freshSecret: true }) : notSent(0);
}

async function ask(
  message: DiscordMessage,
  { route, services }: Posting,
  options: { freshSecret: boolean },
): Promise<DeliveryOutcome> {
  const { discord, clock, rateLimits } = services;
  const send = () => discord.post(route.target, message, options);
  return deliveryOutcomeOf(await rateLimits.noting(route.target, clock.now, send), clock.now());
}

/** The other routes of this token or webhook run in other processes. */
async function pauseCredential(
  { afterMs, failure }: Extract<DeliveryOutcome, { kind: 'retry' }>,
  { route, services }: Posting,
): Promise<void> {
  const { pauses, clock, random } = services;
  const until = new Date(clock.now().getTime() + (afterMs ?? retryWaitMs(1, random())));
  await pauses.pause(pauseNamesOf(route.target).credential, { until, failure });
}
