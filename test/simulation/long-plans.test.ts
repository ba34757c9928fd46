import { env } from 'node:process';
import { describe, expect, it } from 'vitest';
import {
  redrivenWhileYoung,
  soakPlan,
  THREE_DEAD_WEEKS,
  THREE_WEEKS_WITHOUT_POSTER,
  TWO_DEATHS,
} from './long-plans.ts';
import type { Observed, ObservedRequest } from './observed.ts';
import { DAY_MS, type Plan } from './plan.ts';
import { brokenPromises } from './promises/check-promises.ts';
import { tokensIn } from './read-digest.ts';
import { simulate } from './simulate.ts';

async function kept(plan: Plan): Promise<Observed> {
  const observed = await simulate(plan);
  expect(brokenPromises(observed)).toEqual([]);
  return observed;
}

/** The tokens of the emails that each post shows, in their order. */
const shownBy = ({ posts }: Observed) =>
  posts.map(({ message }) => message.embeds.flatMap((embed) => tokensIn(JSON.stringify(embed))));
const isPlanned = (token: number) => token < 500;

describe('three weeks of a channel that answers 403', () => {
  it('cost a delay: every alert arrives by itself, once, in as few posts as fit, oldest first', async () => {
    const observed = await kept(THREE_DEAD_WEEKS);
    const posts = shownBy(observed).map((tokens) => tokens.filter(isPlanned));
    expect(posts.flat().toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 23 * 8 }, (_, index) => index + 1),
    );
    for (const tokens of posts) expect(tokens).toEqual(tokens.toSorted((one, other) => one - other));
    const [death] = THREE_DEAD_WEEKS.events.filter((event) => event.kind === 'channel dies');
    const during = posts.filter((tokens) => tokens.some((token) => token > 8 && token <= 22 * 8));
    expect(during.length).toBeLessThanOrEqual((21 * 8) / 10 + 2);
    const refused = observed.requests.filter(({ status }) => status === 403);
    expect(refused.length, 'each alert found the channel dead once, and nothing was tried again').toBe(21 * 8);
    expect(refused.every(({ atMs }) => atMs >= (death?.fromMs ?? 0) && atMs <= (death?.toMs ?? 0))).toBe(true);
  });

  it('with a day in between on which it answers, lose and repeat nothing', async () => {
    await kept(TWO_DEATHS);
  });
});

it('three weeks in which no poster runs lose nothing to the 14 days of a queue', async () => {
  const observed = await kept(THREE_WEEKS_WITHOUT_POSTER);
  // The audit finds what waits too long, and the check what is about to expire.
  const again = observed.calls.filter(({ name, function: by }) => name === 'routeQueues.send' && by !== 'poll');
  expect(again.length).toBeGreaterThan(0);
});

it.each([true, false])(
  'alerts that a person redrives while they are young arrive once; their queue is purged: %s',
  async (isPurged) => {
    await kept(redrivenWhileYoung(isPurged));
  },
);

const EMAILS = 10_000;
const SEED = Number(env.ROLLCALL_SOAK_SEED ?? 1);

it(`a soak of ${EMAILS} emails keeps every promise, far from the ban for 10,000 invalid requests in ten minutes, ROLLCALL_SOAK_SEED=${SEED}`, async () => {
  const observed = await kept(soakPlan(EMAILS, SEED));
  const asked = new Set(observed.requests.map(({ status }) => status));
  expect([...asked]).toEqual(expect.arrayContaining([200, 403, 404, 429, 503, undefined]));
  expect(mostInvalidIn10Minutes(observed.requests)).toBeLessThan(100);
  expect(observed.silentUntilMs).toBeGreaterThan(2 * DAY_MS);
});

/** https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans */
function mostInvalidIn10Minutes(requests: readonly ObservedRequest[]): number {
  const invalidMs = requests.filter(({ status }) => [401, 403, 429].includes(status ?? 0)).map(({ atMs }) => atMs);
  return Math.max(
    0,
    ...invalidMs.map((fromMs, index) => invalidMs.findLastIndex((atMs) => atMs < fromMs + 600_000) - index + 1),
  );
}
