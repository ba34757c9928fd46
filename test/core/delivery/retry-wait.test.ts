import { describe, expect, it } from 'vitest';
import {
  MAX_RECEIVES,
  POST_TIMEOUT_MS,
  QUEUE_VISIBILITY_MS,
  RETRY_RECEIVES,
} from '../../../functions/core/delivery/delivery-limits.ts';
import { retryWaitMs } from '../../../functions/core/delivery/retry-wait.ts';
import type { DiscordAnswer, DiscordTarget } from '../../../functions/core/discord/discord.ts';
import { alertOf } from './alert-of.ts';
import { answer, BOT, broken, postingWorld, WEBHOOK } from './posting-world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ALMOST_ONE = 1 - Number.EPSILON;

/** As long as Discord is taken to know a nonce: "the past few minutes". */
const NONCE_MS = 3 * MINUTE_MS;

describe('one wait', () => {
  it('begins with half a minute, doubles, and ends at a quarter of an hour', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, RETRY_RECEIVES, MAX_RECEIVES].map((receive) => retryWaitMs(receive, 0) / 1_000);
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900, 900]);
  });

  it('is shortened by chance, by a quarter at most', () => {
    expect([0, 0.5, ALMOST_ONE].map((random) => retryWaitMs(1, random))).toEqual([30_000, 26_250, 22_500]);
    expect(retryWaitMs(20, ALMOST_ONE)).toBe(675_000);
  });

  it('ends, the first times, while Discord still knows the nonce of a post that may have arrived', () => {
    expect(retryWaitMs(1, 0) + retryWaitMs(2, 0)).toBeLessThan(NONCE_MS);
    // What an invocation that dies leaves comes back after the visibility time-out.
    expect(QUEUE_VISIBILITY_MS).toBeLessThan(NONCE_MS);
  });
});

/** How long an outage that looks like this may last until its first alert is a dead letter, by the poster itself. */
async function hoursRiddenOut(outage: DiscordAnswer, target: DiscordTarget, random: () => number): Promise<number> {
  const { clock, services, post, respondWith } = postingWorld();
  services.random = random;
  respondWith(() => outage);
  const startMs = clock.now().getTime();
  for (let receiveCount = 1; services.queue.deadLetters.length === 0; receiveCount += 1) {
    await post([alertOf(1)], { target, receiveCount });
    clock.advance(services.queue.handedBack[receiveCount - 1]?.delayMs ?? 0);
    const [entry] = services.ledger.entries();
    expect(entry?.lastFailure).toBeDefined();
  }
  return (clock.now().getTime() - startMs) / HOUR_MS;
}

const SERVER_ERROR = answer(503, {});
const UNREACHABLE = broken('ENOTFOUND');

describe('an outage is ridden out for about three hours before anything is a dead letter', () => {
  it.each([
    ['a bot, server errors', SERVER_ERROR, BOT],
    ['a bot, Discord out of reach', UNREACHABLE, BOT],
    ['a webhook, server errors', SERVER_ERROR, WEBHOOK],
    ['a webhook, Discord out of reach', UNREACHABLE, WEBHOOK],
  ] as const)('2.8 to 3.8 hours, 3.3 on average: %s', async (_what, outage, target) => {
    const [least, mean, most] = await Promise.all(
      [ALMOST_ONE, 0.5, 0].map((random) => hoursRiddenOut(outage, target, () => random)),
    );
    expect([least, mean, most].map((value) => Number(value?.toFixed(1)))).toEqual([2.8, 3.3, 3.8]);
  });

  it('by every one of five hundred alerts, whose chances differ', async () => {
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const hours: number[] = [];
    for (let alert = 0; alert < 500; alert += 1) hours.push(await hoursRiddenOut(SERVER_ERROR, BOT, random));
    expect(Math.min(...hours)).toBeGreaterThan(3);
    expect(Math.max(...hours)).toBeLessThan(3.6);
  });

  it('with the last failure in the ledger and on the dead letter', async () => {
    const { services, post, respondWith } = postingWorld();
    respondWith(() => SERVER_ERROR);
    await post([alertOf(1)], { receiveCount: RETRY_RECEIVES - 1 });
    respondWith(() => UNREACHABLE);
    await post([alertOf(1)], { receiveCount: RETRY_RECEIVES });
    const failure = {
      kind: 'network',
      code: 'ENOTFOUND',
      text: `Rollcall stopped after ${RETRY_RECEIVES} receives. The last failure: Discord could not be reached: no answer: ENOTFOUND`,
    };
    expect(services.ledger.entries()).toMatchObject([{ state: 'dead', attempts: 2, lastFailure: failure }]);
    expect(services.queue.deadLetters).toMatchObject([{ letter: { failure } }]);
  });
});

it('the queue itself gives up far later than the retries, and still within a working day', () => {
  expect(MAX_RECEIVES).toBeGreaterThanOrEqual(2 * RETRY_RECEIVES);
  // What dies in every invocation comes back each time after the visibility time-out.
  expect((MAX_RECEIVES * QUEUE_VISIBILITY_MS) / HOUR_MS).toBeLessThan(8);
  expect(QUEUE_VISIBILITY_MS).toBeGreaterThanOrEqual(6 * POST_TIMEOUT_MS);
});
