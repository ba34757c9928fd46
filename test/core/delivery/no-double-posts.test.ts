import { beforeEach, describe, expect, it } from 'vitest';
import {
  EXCHANGE_TIMEOUT_MS,
  POST_TIMEOUT_MS,
  QUEUE_VISIBILITY_MS,
  SAME_POST_MS,
} from '../../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../../functions/core/delivery/post-alerts.ts';
import { sentPostsOf } from '../../../functions/core/delivery/posting.ts';
import type { DiscordTarget } from '../../../functions/core/discord/discord.ts';
import { discordPoster } from '../../../functions/core/discord/discord-chat.ts';
import { rateLimitMemory } from '../../../functions/core/discord/rate-limit-memory.ts';
import type { QueueMessage } from '../../../functions/core/records/alert.ts';
import { discordByRules } from '../../fakes/discord-by-rules.ts';
import { testWorld } from '../../test-world.ts';
import { alertOf } from './alert-of.ts';
import { BOT, PLAIN, received, WEBHOOK } from './posting-world.ts';
import { returnedOf } from './returned.ts';

const RESET_AFTER = { when: 'after effect', outcome: { kind: 'reset' } } as const;
const [A, B, C, D] = [1, 2, 3, 4].map((uid) => alertOf(uid)) as [
  QueueMessage,
  QueueMessage,
  QueueMessage,
  QueueMessage,
];

function world() {
  const { services: sound, clock } = testWorld();
  const discord = discordByRules({
    clock,
    botToken: 'token',
    channels: [{ id: '42' }],
    webhooks: [{ id: '200', token: 'secret', channelId: '42' }],
    channelLimit: 'off',
    secretOf: (target) => (target.kind === 'bot' ? 'token' : '200/secret'),
  });
  const services = { ...sound, discord };
  const rateLimits = rateLimitMemory();
  let invocations = 0;
  const remainingFrom = (start: Date) => () => start.getTime() + POST_TIMEOUT_MS - clock.now().getTime();
  return {
    clock,
    services,
    /** One invocation with these alerts, of its own holder; `remainingMs` where it takes itself for younger than it is. */
    post: async (
      alerts: readonly QueueMessage[],
      {
        target = BOT,
        remainingMs = remainingFrom(clock.now()),
      }: { target?: DiscordTarget; remainingMs?: () => number } = {},
    ) => {
      invocations += 1;
      const batch = alerts.map((alert, index) => received(JSON.stringify(alert), `${alert.mailId} ${index}`));
      const endings = await postAlerts(
        batch,
        { id: 'vip', target },
        { holder: `invocation ${invocations}`, remainingMs },
        {
          ...services,
          sentPosts: sentPostsOf(target, services.ledger),
          chat: discordPoster({ ...PLAIN, target }, { discord, rateLimits, clock }),
        },
      );
      return returnedOf(batch, endings);
    },
    /** The subjects of every message in the channel. */
    shown: () => discord.posts().map(({ body }) => body.embeds?.map(({ title }) => title)),
    states: () => services.ledger.entries().map(({ state }) => state),
  };
}

let { clock, services, post, shown, states } = world();
beforeEach(() => {
  ({ clock, services, post, shown, states } = world());
});

describe('a bot whose post arrived and whose answer was lost', () => {
  it.each([
    ['the connection broke', { outcome: { kind: 'reset' } }],
    ['the server failed', { outcome: { kind: 'answer', status: 502 } }],
    ['a proxy answered', { outcome: { kind: 'answer', status: 200, body: '<html>' } }],
    ['it took too long', { delayMs: EXCHANGE_TIMEOUT_MS + 1, outcome: { kind: 'pass' } }],
  ] as const)('sends it again at once, twice if need be, and settles all of it: %s', async (_how, lost) => {
    services.discord.faults.add({ when: 'after effect', times: 2, ...lost });
    expect(await post([A, B])).toEqual({ returned: [] });
    expect(shown()).toEqual([['Subject 1', 'Subject 2']]);
    const [message] = services.discord.posts();
    expect(services.ledger.entries()).toMatchObject(Array(2).fill({ state: 'settled', postId: message?.messageId }));
  });

  it.each([
    ['the same batch', [A, B, C]],
    ['in another order', [C, A, B]],
    ['a part of it', [B]],
    ['a part of it among others', [C, D]],
  ])('sends the very same post when it comes back as %s', async (_how, redelivered) => {
    services.discord.faults.add({ ...RESET_AFTER, times: 3 });
    expect((await post([A, B, C])).returned).toHaveLength(3);
    clock.advance(30_000);
    expect(await post(redelivered)).toEqual({ returned: [] });
    await post([A, B, C, D]);
    expect(shown()).toEqual([['Subject 1', 'Subject 2', 'Subject 3'], ['Subject 4']]);
    expect(states()).toEqual(Array(4).fill('settled'));
  });

  it('does not where the post did not leave: what is not there need not be found', async () => {
    const { post: send } = services.discord;
    let tries = 0;
    services.discord.post = async (...request) => {
      tries += 1;
      return tries === 1 ? { kind: 'network', code: 'ENOTFOUND', text: 'no such name' } : await send(...request);
    };
    expect((await post([A])).returned).toHaveLength(1);
    expect(tries).toBe(1);
  });

  it('takes one that was deleted meanwhile for delivered', async () => {
    services.discord.faults.add({ ...RESET_AFTER, times: 3 });
    await post([A]);
    services.discord.deletePost(services.discord.posts()[0]?.messageId ?? '');
    clock.advance(30_000);
    await post([A]);
    expect(states()).toEqual(['settled']);
    expect(shown()).toEqual([]);
  });
});

describe('an invocation that dies', () => {
  const killed = new Error('Task timed out');

  it('between the post and the ledger: what comes back from the queue finds the post, in whatever batches', async () => {
    const { settle } = services.ledger;
    services.ledger.settle = () => Promise.reject(killed);
    await expect(post([A, B, C])).rejects.toBe(killed);
    services.ledger.settle = settle;
    clock.advance(QUEUE_VISIBILITY_MS);
    await post([B]);
    await post([D, A]);
    await post([C]);
    expect(shown()).toEqual([['Subject 1', 'Subject 2', 'Subject 3'], ['Subject 4']]);
    expect(states()).toEqual(Array(4).fill('settled'));
  });

  it('with a part of the ledger written: the rest is settled with the same message, without a request', async () => {
    const { settle } = services.ledger;
    services.ledger.settle = async (mailId, settlement) => {
      if (mailId !== A.mailId) throw killed;
      await settle(mailId, settlement);
    };
    await expect(post([A, B])).rejects.toBe(killed);
    services.ledger.settle = settle;
    // Long after Discord has forgotten the nonce, and when the post would no longer be sent as it was.
    clock.advance(2 * SAME_POST_MS);
    await post([B]);
    expect(services.discord.requests()).toHaveLength(1);
    const [message] = services.discord.posts();
    expect(services.ledger.entry(B.mailId)).toMatchObject({ state: 'settled', postId: message?.messageId });
  });

  it('between claim and post: its lease ends before the queue delivers again', async () => {
    const { beginPost } = services.ledger;
    services.ledger.beginPost = () => Promise.reject(killed);
    await expect(post([A, B])).rejects.toBe(killed);
    services.ledger.beginPost = beginPost;
    clock.advance(QUEUE_VISIBILITY_MS);
    await post([A, B]);
    expect(shown()).toEqual([['Subject 1', 'Subject 2']]);
  });
});

describe('two copies of an alert', () => {
  it('in one batch are one post; the second copy comes later, and is dropped', async () => {
    expect((await post([A, A])).returned).toHaveLength(1);
    clock.advance(POST_TIMEOUT_MS);
    expect(await post([A])).toEqual({ returned: [] });
    expect(shown()).toEqual([['Subject 1']]);
  });

  it('in two invocations at once are one post', async () => {
    const reports = await Promise.all([post([A, B]), post([B, A])]);
    expect(reports.flatMap(({ returned }) => returned)).toHaveLength(2);
    clock.advance(POST_TIMEOUT_MS);
    await post([A, B]);
    expect(shown().flat()).toEqual(['Subject 1', 'Subject 2']);
  });

  it('when an invocation stood still until its lease was taken: it posts nothing that is not its own', async () => {
    const { find } = services.ledger;
    let stoodStill = false;
    services.ledger.find = async (mailIds) => {
      const known = await find(mailIds);
      if (!stoodStill) {
        stoodStill = true;
        clock.advance(POST_TIMEOUT_MS);
        await post([A]);
      }
      return known;
    };
    const { returned } = await post([A, B], { remainingMs: () => POST_TIMEOUT_MS });
    expect(returned).toEqual([`${A.mailId} 0`]);
    expect(shown()).toEqual([['Subject 1'], ['Subject 2']]);
    expect(states()).toEqual(['settled', 'settled']);
  });
});

describe('a post that was begun before', () => {
  it('is over once it was refused: its alerts are shown alone, each once', async () => {
    services.discord.faults.add({ times: 1, outcome: { kind: 'answer', status: 400, code: 50035 } });
    services.discord.faults.add({ skip: 1, times: 3, outcome: { kind: 'answer', status: 503 } });
    // Refused as a whole; A arrives alone; B meets an outage, and C with it.
    expect((await post([A, B, C])).returned).toHaveLength(2);
    clock.advance(30_000);
    await post([C, D]);
    await post([B]);
    expect(shown().flat().toSorted()).toEqual(['Subject 1', 'Subject 2', 'Subject 3', 'Subject 4']);
  });

  it('that is refused when it comes again is left to who holds the others; what is held here is tried alone', async () => {
    services.discord.faults.add({ times: 3, outcome: { kind: 'answer', status: 503 } });
    await post([A, B]);
    services.discord.faults.add({ times: 1, outcome: { kind: 'answer', status: 400, code: 50035 } });
    await post([B]);
    expect(shown()).toEqual([['Subject 2']]);
    expect(services.ledger.entry(A.mailId)).toMatchObject({ state: 'dispatched' });
    await post([A]);
    expect(shown()).toEqual([['Subject 2'], ['Subject 1']]);
  });

  it('is forgotten after a while: what arrives then is packed anew', async () => {
    services.discord.faults.add({ times: 9, outcome: { kind: 'answer', status: 503 } });
    for (const alert of [A, B, C]) await post([alert]);
    clock.advance(SAME_POST_MS);
    await post([A, B, C]);
    expect(shown()).toEqual([['Subject 1', 'Subject 2', 'Subject 3']]);
  });

  it('is repeated as it was for as long as Discord may know the last repeat, however long ago the first one was', async () => {
    services.discord.faults.add({ ...RESET_AFTER, times: 9 });
    const repeatMs = 170_000;
    for (let tries = 0; tries < 3; tries += 1) {
      await post([A]);
      clock.advance(repeatMs);
    }
    expect(3 * repeatMs).toBeGreaterThan(SAME_POST_MS);
    const timesShown = () => shown().filter((subjects) => subjects?.includes('Subject 1')).length;
    const before = timesShown();
    services.discord.faults.clear();
    await post([A, B]);
    expect(timesShown()).toBe(before);
    expect(shown()).toContainEqual(['Subject 2']);
  });

  it('is repeated as it was also for an alert whose own last try is long ago, where another one of it came again since', async () => {
    services.discord.faults.add({ ...RESET_AFTER, times: 9 });
    await post([A, B]);
    // Discord has forgotten the nonce by then, and saves the post once more.
    clock.advance(SAME_POST_MS - 60_000);
    await post([B]);
    clock.advance(60_000);
    const before = shown().length;
    services.discord.faults.clear();
    await post([A]);
    expect(shown()).toHaveLength(before);
    expect(services.ledger.entry(A.mailId)).toMatchObject({ state: 'settled' });
  });

  it('is not sent with what a digest has carried meanwhile', async () => {
    services.discord.faults.add({ times: 3, outcome: { kind: 'answer', status: 503 } });
    await post([A, B]);
    await services.ledger.settle(A.mailId, { at: clock.now() });
    await post([B]);
    expect(shown()).toEqual([['Subject 2']]);
  });
});

describe('a webhook, which has no nonce', () => {
  it('is not sent again at once when only the answer may be lost', async () => {
    services.discord.faults.add({ ...RESET_AFTER, times: 1 });
    expect((await post([A], { target: WEBHOOK })).returned).toHaveLength(1);
    expect(services.discord.requests()).toHaveLength(1);
  });

  it('is posted twice then: the one double that remains, since losing it would be worse', async () => {
    services.discord.faults.add({ ...RESET_AFTER, times: 1 });
    await post([A], { target: WEBHOOK });
    await post([A], { target: WEBHOOK });
    await post([A], { target: WEBHOOK });
    expect(shown()).toEqual([['Subject 1'], ['Subject 1']]);
  });

  it('is posted once where the connection broke before, and where two invocations hold copies', async () => {
    services.discord.faults.add({ times: 1, outcome: { kind: 'reset' } });
    await post([A], { target: WEBHOOK });
    await Promise.all([post([A], { target: WEBHOOK }), post([A], { target: WEBHOOK })]);
    expect(shown()).toEqual([['Subject 1']]);
  });
});
