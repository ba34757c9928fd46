import { describe, expect, it } from 'vitest';
import { REPEAT_PAUSES_MS, WAITS_IN_A_ROW } from '../../../functions/core/delivery/delivery-limits.ts';
import type { DiscordAnswer } from '../../../functions/core/discord/discord.ts';
import { alertOf } from './alert-of.ts';
import { answer, delivered, postingWorld } from './posting-world.ts';

const BAD_GATEWAY = answer(502, {});
const RATE_LIMITED = answer(429, { message: 'You are being rate limited.', retry_after: 3, global: false });
const FORBIDDEN = answer(403, { code: 50013, message: 'Missing Permissions' });

/** Posts one alert to a Discord that gives these answers, the last one again and again. */
async function answering(...answers: readonly DiscordAnswer[]) {
  const { clock, services, posts, respondWith, post } = postingWorld();
  respondWith(() => answers[Math.min(posts.length, answers.length) - 1]!);
  const { returned } = await post([alertOf(1)]);
  const [entry] = services.ledger.entries();
  return { posts: posts.length, waits: clock.waits, returned: returned.length, entry };
}

describe('the second answer to a post', () => {
  it('that asks to wait, after a first one that was lost, is waited for as long as it says', async () => {
    const { posts, waits, entry } = await answering(BAD_GATEWAY, RATE_LIMITED, delivered());
    expect(waits).toEqual([REPEAT_PAUSES_MS[0], 3_000]);
    expect(posts).toBe(3);
    expect(entry).toMatchObject({ state: 'settled' });
  });

  it('that is lost, after a first one that asked to wait, is asked for again', async () => {
    const { posts, waits, entry } = await answering(RATE_LIMITED, BAD_GATEWAY, BAD_GATEWAY, delivered());
    expect(waits).toEqual([3_000, ...REPEAT_PAUSES_MS]);
    expect(posts).toBe(4);
    expect(entry).toMatchObject({ state: 'settled' });
  });

  it('that refuses, after a first one that was lost, ends the repeats', async () => {
    const { posts, waits, entry } = await answering(BAD_GATEWAY, FORBIDDEN);
    expect(waits).toEqual([REPEAT_PAUSES_MS[0]]);
    expect(posts).toBe(2);
    expect(entry).toMatchObject({ state: 'dead', lastFailure: { status: 403 } });
  });

  it('and every further one that is lost sends the alert back to its queue after the last pause', async () => {
    const { posts, waits, returned } = await answering(BAD_GATEWAY);
    expect(waits).toEqual([...REPEAT_PAUSES_MS]);
    expect(posts).toBe(1 + REPEAT_PAUSES_MS.length);
    expect(returned).toBe(1);
  });

  it('and every further one that asks to wait is believed so many times, and no more', async () => {
    const soon = answer(429, { message: 'You are being rate limited.', retry_after: 1, global: false });
    const { posts, waits, returned } = await answering(soon);
    expect(waits).toEqual(Array(WAITS_IN_A_ROW).fill(1_000));
    expect(posts).toBe(1 + WAITS_IN_A_ROW);
    expect(returned).toBe(1);
  });
});
