import { beforeEach, describe, expect, it } from 'vitest';
import {
  DEAD_TARGET_MS,
  MAX_RECEIVES,
  POST_TIMEOUT_MS,
  RETRY_RECEIVES,
  SHORT_WAIT_MS,
  WAITS_IN_A_ROW,
} from '../../../functions/core/delivery/delivery-limits.ts';
import { botTarget, type DiscordAnswer, type DiscordTarget } from '../../../functions/core/discord/discord.ts';
import { alertOf } from './alert-of.ts';
import { answer, broken, delivered, MISSING_ACCESS, postingWorld, UNAUTHORIZED, WEBHOOK } from './posting-world.ts';

const OTHER_CHANNEL: DiscordTarget = botTarget('43', '/rollcall/bot');

/** Alerts that each need a post of their own, since they share a link. */
const alone = (...uids: number[]) => uids.map((uid) => alertOf(uid, { link: 'https://mail.example.com/same' }));

let { clock, posts, services, respondWith, post } = postingWorld();
beforeEach(() => {
  ({ clock, posts, services, respondWith, post } = postingWorld());
});

const limits = (remaining: number, resetAfterSeconds: number) => ({
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset-after': String(resetAfterSeconds),
});
const limited = (retryAfter: number, global = false) =>
  answer(429, { message: 'Slow down', retry_after: retryAfter, global });

describe('the headers of a rate limit', () => {
  it('are followed before the next post, so that no 429 is met', async () => {
    respondWith(() => delivered(posts.length === 2 ? limits(0, 4.2) : limits(1, 4.5)));
    expect(await post(alone(1, 2, 3))).toEqual({ returned: [] });
    expect(clock.waits).toEqual([4_200]);
    expect(posts).toHaveLength(3);
  });

  it('are remembered by the next invocation of the same process', async () => {
    respondWith(() => delivered(limits(0, 5)));
    await post(alone(1));
    clock.advance(2_000);
    respondWith(() => delivered(limits(4, 5)));
    await post(alone(2));
    expect(clock.waits).toEqual([3_000]);
  });

  it('count what another invocation of the same process has under way', async () => {
    respondWith(() => delivered(limits(1, 5)));
    await post(alone(1));
    let answerFirst = (_answer: DiscordAnswer) => {};
    respondWith(() =>
      posts.length === 2
        ? new Promise((resolve) => {
            answerFirst = resolve;
          })
        : delivered(limits(4, 5)),
    );
    const first = post(alone(2), { holder: 'two' });
    await expect.poll(() => posts.length).toBe(2);
    await post(alone(3), { holder: 'three' });
    expect(clock.waits).toEqual([5_000]);
    answerFirst(delivered(limits(3, 5)));
    expect(await first).toEqual({ returned: [] });
  });

  it('are about one target only, and forgotten once they have ended', async () => {
    respondWith(() => delivered(limits(0, 5)));
    await post(alone(1));
    await post(alone(2), { target: OTHER_CHANNEL });
    await post(alone(3), { target: WEBHOOK });
    clock.advance(5_000);
    await post(alone(4));
    expect(clock.waits).toEqual([]);
  });

  it('hand the rest back where there is no time to wait: no try, no failure', async () => {
    respondWith(() => delivered(limits(0, 9)));
    const { returned } = await post(alone(1, 2), { remainingMs: 19_000 });
    expect(returned).toEqual([alertOf(2).mailId]);
    expect(posts).toHaveLength(1);
    expect(services.ledger.entry(alertOf(2).mailId)).toMatchObject({ attempts: 0, lastFailure: undefined });
    // Its lease ends first.
    expect(services.queue.handedBack).toMatchObject([{ delayMs: POST_TIMEOUT_MS }]);
  });

  it('hand back for as long as they say where that is longer than a lease', async () => {
    respondWith(() => delivered(limits(0, 120)));
    await post(alone(1, 2));
    expect(services.queue.handedBack).toMatchObject([{ delayMs: 120_000 }]);
  });

  it.each([{}, { 'x-ratelimit-remaining': 'many' }, limits(0, Number.NaN), limits(0, -1)])(
    'that say nothing (%j) hold nobody up',
    async (headers) => {
      respondWith(() => delivered(headers));
      expect(await post(alone(1, 2))).toEqual({ returned: [] });
      expect(clock.waits).toEqual([]);
    },
  );
});

describe('a 429', () => {
  it('is waited out a few times in a row; then our own longer wait counts, whatever Discord says', async () => {
    respondWith(() => limited(0.1));
    await post([alertOf(1)]);
    expect(posts).toHaveLength(1 + WAITS_IN_A_ROW);
    expect(services.queue.handedBack).toMatchObject([{ delayMs: 30_000 }]);
  });

  it('never makes a dead letter, however often it is met: a limit that is kept is no failure', async () => {
    respondWith(() => limited(60));
    await post([alertOf(1)], { receiveCount: MAX_RECEIVES });
    expect(services.queue.deadLetters).toEqual([]);
    expect(services.queue.handedBack).toMatchObject([{ delayMs: 60_000 }]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'dispatched', lastFailure: { kind: 'rate limit' } }]);
  });

  it('for one route pauses no other', async () => {
    respondWith(() => limited(60));
    await post([alertOf(1)]);
    expect(services.pauses.all.size).toBe(0);
  });
});

describe('the global limit', () => {
  it('pauses every route of the token, under the name of its parameter', async () => {
    respondWith(() => limited(30, true));
    await post([alertOf(1)]);
    clock.advance(10_000);
    const report = await post([alertOf(2), alertOf(3)], { target: OTHER_CHANNEL });
    expect(report.returned).toHaveLength(2);
    expect(posts).toHaveLength(1);
    expect([...services.pauses.all.keys()]).toEqual(['/rollcall/bot']);
    expect(services.queue.handedBack.map(({ delayMs }) => delayMs)).toEqual([30_000, 20_000, 20_000]);
  });

  it('costs the alerts of a paused route no try: they are not even claimed', async () => {
    respondWith(() => limited(30, true));
    await post([alertOf(1)]);
    await post([alertOf(2)], { target: OTHER_CHANNEL, receiveCount: RETRY_RECEIVES });
    expect(services.ledger.entry(alertOf(2).mailId)).toBeUndefined();
    expect(services.journal.of('alert handed back').at(-1)).toMatchObject({
      delayMs: 30_000,
      failure: { kind: 'rate limit', text: 'Slow down' },
    });
  });

  it('is one long wait in the queue, not many short ones that use receives up', async () => {
    respondWith(() => limited(3_600, true));
    await post([alertOf(1)]);
    await post([alertOf(2)]);
    expect(services.queue.handedBack.map(({ delayMs }) => delayMs)).toEqual([3_600_000, 3_600_000]);
  });

  it('holds no other token up', async () => {
    respondWith(() => limited(30, true));
    await post([alertOf(1)]);
    respondWith(() => delivered());
    expect(await post([alertOf(2)], { target: WEBHOOK })).toEqual({ returned: [] });
  });

  it('is waited out inside the invocation where it ends soon', async () => {
    respondWith(() => (posts.length === 1 ? limited(1.5, true) : delivered()));
    expect(await post([alertOf(1)])).toEqual({ returned: [] });
    respondWith(() => limited(SHORT_WAIT_MS / 1000 + 2, true));
    await post([alertOf(2)]);
    clock.advance(4_000);
    respondWith(() => delivered());
    expect(await post([alertOf(3)], { target: OTHER_CHANNEL })).toEqual({ returned: [] });
    expect(clock.waits).toEqual([1_500, SHORT_WAIT_MS + 2_000 - 4_000]);
  });

  it('of unknown length, as Cloudflare gives it, pauses too', async () => {
    respondWith(() => answer(429, { code: 0, message: 'You are being blocked' }));
    await post([alertOf(1)]);
    await post([alertOf(2)], { target: OTHER_CHANNEL });
    expect(posts).toHaveLength(1);
    expect(services.queue.handedBack.map(({ delayMs }) => delayMs)).toEqual([30_000, 30_000]);
  });
});

describe('a dead target', () => {
  it('gets one request a minute at most: what comes meanwhile is dead with the same reason, told anew', async () => {
    respondWith(() => MISSING_ACCESS);
    for (let uid = 1; uid <= 100; uid += 1) {
      await post([alertOf(uid)]);
      clock.advance(1_000);
    }
    expect(posts).toHaveLength(2);
    expect(services.ledger.entries()).toMatchObject(
      Array(100).fill({ state: 'dead', lastFailure: { code: '50001', text: 'Missing Access (check channel 42)' } }),
    );
    const deaths = services.queue.deadLetters.map(({ letter }) => letter.failure.at.getTime());
    expect(new Set(deaths).size).toBe(100);
  });

  it('is asked again after that, and what comes then arrives', async () => {
    respondWith(() => MISSING_ACCESS);
    await post([alertOf(1)]);
    respondWith(() => delivered());
    clock.advance(DEAD_TARGET_MS);
    await post([alertOf(2)]);
    expect(services.ledger.entry(alertOf(2).mailId)).toMatchObject({ state: 'settled' });
  });

  it('is asked at once when someone lifts the pause', async () => {
    respondWith(() => MISSING_ACCESS);
    await post([alertOf(1)]);
    await services.pauses.lift('channel 42');
    respondWith(() => delivered());
    await post([alertOf(1)]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'settled' }]);
  });

  it('leaves the other channels of the same bot alone', async () => {
    respondWith(() => MISSING_ACCESS);
    await post([alertOf(1)]);
    respondWith(() => delivered());
    await post([alertOf(2)], { target: OTHER_CHANNEL });
    expect(services.ledger.entry(alertOf(2).mailId)).toMatchObject({ state: 'settled' });
  });

  it('whose token is refused spares all channels of that bot the request', async () => {
    respondWith(() => UNAUTHORIZED);
    await post([alertOf(1)]);
    await post([alertOf(2)], { target: OTHER_CHANNEL });
    expect(posts).toHaveLength(2);
    expect(services.ledger.entries()).toMatchObject(
      Array(2).fill({ state: 'dead', lastFailure: { text: '401: Unauthorized (renew the secret in /rollcall/bot)' } }),
    );
  });

  it('drops what is settled all the same', async () => {
    await post([alertOf(1)]);
    respondWith(() => MISSING_ACCESS);
    await post([alertOf(2)]);
    await post([alertOf(1)]);
    expect(services.queue.deadLetters).toHaveLength(1);
  });

  it('comes before a rate limit that ends later', async () => {
    const failure = { kind: 'rate limit', status: 429, code: null, text: 'Slow down', at: clock.now() } as const;
    await services.pauses.pause('/rollcall/bot', { until: new Date(clock.now().getTime() + 3_600_000), failure });
    const dead = { ...failure, kind: 'target', text: 'Missing Access' } as const;
    await services.pauses.pause('channel 42', { until: new Date(clock.now().getTime() + 1_000), failure: dead });
    await post([alertOf(1)]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'dead', lastFailure: { kind: 'target' } }]);
  });

  it('is not found by a payload that is refused, or by a network that fails', async () => {
    respondWith(() => answer(400, { code: 200000, message: 'AutoMod' }));
    await post([alertOf(1)]);
    respondWith(() => broken('ENOTFOUND'));
    await post([alertOf(2)]);
    expect(services.pauses.all.size).toBe(0);
  });
});

it('no name or text of a pause holds a secret', async () => {
  respondWith(() => UNAUTHORIZED);
  await post([alertOf(1)]);
  await post([alertOf(2)], { target: WEBHOOK });
  expect([...services.pauses.all.keys()]).toEqual(['/rollcall/bot', '/rollcall/hook']);
});
