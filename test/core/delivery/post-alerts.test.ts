import { beforeEach, describe, expect, it } from 'vitest';
import { DEAD_TARGET_MS, POST_TIMEOUT_MS, RETRY_RECEIVES } from '../../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../../functions/core/delivery/post-alerts.ts';
import type { DiscordAnswer } from '../../../functions/core/discord/discord.ts';
import { alertOf } from './alert-of.ts';
import {
  answer,
  BOT,
  broken,
  delivered,
  MISSING_ACCESS,
  type Post,
  postingWorld,
  received,
  UNAUTHORIZED,
  WEBHOOK,
} from './posting-world.ts';

const ROUTE = { id: 'vip', target: BOT, colour: undefined, ping: { users: [], roles: [] } };
const INVOCATION = { holder: 'one', remainingMs: () => POST_TIMEOUT_MS };

let { clock, posts, services, respondWith, post } = postingWorld();
beforeEach(() => {
  ({ clock, posts, services, respondWith, post } = postingWorld());
});

describe('delivered', () => {
  it('the batch is one post, its alerts are settled with its id, and nothing stays in the queue', async () => {
    const alerts = [alertOf(1), alertOf(2), alertOf(3)];
    expect(await post(alerts)).toEqual({ returned: [] });
    expect(posts).toHaveLength(1);
    expect(services.ledger.entries()).toMatchObject(Array(3).fill({ state: 'settled', postId: '900' }));
    expect(services.journal.of('alerts posted')).toMatchObject([{ route: 'vip', postId: '900', alerts }]);
  });

  it('a redelivered alert that is settled is dropped without a post', async () => {
    await post([alertOf(1)]);
    expect(await post([alertOf(1)])).toEqual({ returned: [] });
    expect(posts).toHaveLength(1);
  });

  it('an alert that the ledger has lost is posted, and is in the ledger again', async () => {
    await post([alertOf(1)]);
    expect(services.ledger.entry(alertOf(1).mailId)).toMatchObject({
      state: 'settled',
      route: 'vip',
      record: { subject: 'Subject 1' },
    });
  });
});

describe('claims', () => {
  const claimByOther = () => {
    const at = clock.now();
    return services.ledger.claim(alertOf(1), {
      holder: 'another',
      at,
      until: new Date(at.getTime() + POST_TIMEOUT_MS),
    });
  };

  it('an alert that another invocation holds is handed back until its lease ends', async () => {
    await claimByOther();
    clock.advance(10_000);
    expect(await post([alertOf(1)])).toEqual({ returned: [alertOf(1).mailId] });
    expect(services.queue.handedBack).toMatchObject([{ delayMs: POST_TIMEOUT_MS - 10_000 }]);
    expect(posts).toHaveLength(0);
  });

  it('a lease that ran out holds nobody back', async () => {
    await claimByOther();
    clock.advance(POST_TIMEOUT_MS);
    expect(await post([alertOf(1)])).toEqual({ returned: [] });
    expect(posts).toHaveLength(1);
  });

  it('a dead letter that someone moved back by hand is simply taken', async () => {
    respondWith(() => MISSING_ACCESS);
    await post([alertOf(1)]);
    respondWith(() => delivered());
    clock.advance(DEAD_TARGET_MS);
    await post([alertOf(1)]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'settled' }]);
  });
});

describe('retry', () => {
  it('waits a short time out inside the invocation, so that the batch stays one post', async () => {
    respondWith(() => (posts.length < 3 ? answer(429, { retry_after: 1.2 }) : delivered()));
    expect(await post([alertOf(1), alertOf(2)])).toEqual({ returned: [] });
    expect(clock.waits).toEqual([1_200, 1_200]);
    expect(services.ledger.entries()).toMatchObject(Array(2).fill({ state: 'settled' }));
  });

  it('hands a short wait back where the invocation has no time left for it', async () => {
    respondWith(() => answer(429, { retry_after: 1.2 }));
    expect((await post([alertOf(1)], { remainingMs: 19_000 })).returned).toHaveLength(1);
    expect(clock.waits).toEqual([]);
  });

  it('hands back for the time that Discord names, keeps the failure in the ledger, and ends the lease', async () => {
    respondWith(() => answer(429, { retry_after: 12.5, message: 'You are being rate limited.' }));
    const { returned } = await post([alertOf(1), alertOf(2)]);
    expect(returned).toHaveLength(2);
    expect(services.queue.handedBack.map(({ delayMs }) => delayMs)).toEqual([12_500, 12_500]);
    expect(services.ledger.entries()).toMatchObject(
      Array(2).fill({ state: 'dispatched', attempts: 1, lastFailure: { kind: 'rate limit' } }),
    );
    respondWith(() => delivered());
    expect(await post([alertOf(1)], { holder: 'two' })).toEqual({ returned: [] });
  });

  it('waits longer with every receive where no time is named, and never longer than a quarter of an hour', async () => {
    respondWith(() => answer(502, {}));
    for (const receiveCount of [1, 2, 3, 10]) await post([alertOf(receiveCount)], { receiveCount });
    expect(services.queue.handedBack.map(({ delayMs }) => delayMs)).toEqual([30_000, 60_000, 120_000, 900_000]);
  });

  it('sends nothing more to that target in this invocation', async () => {
    respondWith(() => broken('ECONNREFUSED'));
    const link = 'https://mail.example.com/same';
    await post([alertOf(1, { link }), alertOf(2, { link })]);
    expect(posts).toHaveLength(1);
    expect(services.queue.handedBack).toHaveLength(2);
  });

  it('is a dead letter with the last reason once the budget is spent', async () => {
    respondWith(() => answer(503, { message: 'upstream connect error' }));
    expect(await post([alertOf(1)], { receiveCount: RETRY_RECEIVES })).toEqual({ returned: [] });
    expect(services.queue.deadLetters).toMatchObject([
      { letter: { failure: { kind: 'server', text: expect.stringContaining('upstream connect error') } } },
    ]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'dead' }]);
  });
});

describe('dead', () => {
  it('moves every alert to the dead-letter queue at once, with one request, and says so in the ledger', async () => {
    respondWith(() => MISSING_ACCESS);
    const link = 'https://mail.example.com/same';
    expect(await post([alertOf(1, { link }), alertOf(2, { link })])).toEqual({ returned: [] });
    expect(posts).toHaveLength(1);
    expect(services.queue.deadLetters.map(({ letter }) => letter)).toMatchObject(
      [1, 2].map((uid) => ({
        mailId: alertOf(uid).mailId,
        target: 'channel 42',
        failure: { status: 403, code: '50001', text: 'Missing Access (check channel 42)' },
      })),
    );
    expect(services.ledger.entries()).toMatchObject(Array(2).fill({ state: 'dead', lastFailure: { code: '50001' } }));
    expect(services.journal.of('alert dead')).toHaveLength(2);
  });

  it('401: reads the secret afresh and tries once more', async () => {
    respondWith(({ freshSecret }) => (freshSecret ? delivered() : UNAUTHORIZED));
    await post([alertOf(1)]);
    expect(posts.map(({ freshSecret }) => freshSecret)).toEqual([false, true]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'settled' }]);
  });

  it('401 twice: dead, with the parameter to renew', async () => {
    respondWith(() => UNAUTHORIZED);
    await post([alertOf(1)]);
    expect(posts).toHaveLength(2);
    expect(services.ledger.entries()).toMatchObject([
      {
        state: 'dead',
        lastFailure: { kind: 'credential', text: '401: Unauthorized (renew the secret in /rollcall/bot)' },
      },
    ]);
  });

  it.each([
    ['an unknown webhook', answer(404, { code: 10015, message: 'Unknown Webhook' })],
    ['an invalid webhook token', answer(401, { code: 50027, message: 'Invalid Webhook Token' })],
    ['a page that is not found', answer(404, {})],
  ])('%s: the secret is the URL, so it is read afresh and tried once more', async (_what, refusal) => {
    respondWith(({ freshSecret }) => (freshSecret ? delivered() : refusal));
    await post([alertOf(1)], { target: WEBHOOK });
    expect(posts.map(({ freshSecret }) => freshSecret)).toEqual([false, true]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'settled' }]);
  });

  it('a webhook that stays unknown: dead after one more try, with the parameter that holds its URL', async () => {
    respondWith(() => answer(404, { code: 10015, message: 'Unknown Webhook' }));
    await post([alertOf(1)], { target: WEBHOOK });
    expect(posts).toHaveLength(2);
    expect(services.ledger.entries()).toMatchObject([
      { state: 'dead', lastFailure: { text: 'Unknown Webhook (check the webhook in /rollcall/hook)' } },
    ]);
  });

  it.each([
    ['a channel that is gone', BOT, answer(404, { code: 10003 })],
    ['a webhook without permission', WEBHOOK, answer(403, { code: 50013 })],
  ])('%s is not asked twice: no secret opens it', async (_what, target, refusal) => {
    respondWith(() => refusal);
    await post([alertOf(1)], { target });
    expect(posts).toHaveLength(1);
    expect(services.ledger.entries()).toMatchObject([{ state: 'dead' }]);
  });

  it('a secret that is missing is read afresh, and named once', async () => {
    const text = 'There is no secret /rollcall/bot. Store it.';
    respondWith(() => ({ kind: 'no secret', parameter: '/rollcall/bot', text }));
    await post([alertOf(1)]);
    expect(posts.map(({ freshSecret }) => freshSecret)).toEqual([false, true]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'dead', lastFailure: { kind: 'credential', text } }]);
  });

  it('without the time to try the fresh secret, the alert comes again, and nothing failed', async () => {
    respondWith(() => {
      clock.advance(9_000);
      return UNAUTHORIZED;
    });
    const { returned } = await post([alertOf(1)], { remainingMs: 19_000 });
    expect(returned).toHaveLength(1);
    expect(services.queue.handedBack).toMatchObject([{ delayMs: POST_TIMEOUT_MS - 9_000 }]);
    expect(services.ledger.entries()).toMatchObject([{ state: 'dispatched', attempts: 0, lastFailure: undefined }]);
  });

  it('a dead letter says when, where, why and for which mail', async () => {
    respondWith(() => MISSING_ACCESS);
    await post([alertOf(1)]);
    expect(services.queue.deadLetters).toEqual([
      {
        message: received(JSON.stringify(alertOf(1)), alertOf(1).mailId),
        letter: {
          mailId: alertOf(1).mailId,
          target: 'channel 42',
          failure: {
            kind: 'target',
            status: 403,
            code: '50001',
            text: 'Missing Access (check channel 42)',
            at: clock.now(),
          },
        },
      },
    ]);
  });

  it.each([
    ['not JSON', 'oops', 'not JSON'],
    ['a schema that is not ours', '{"version":7}', 'does not follow its schema'],
    ['of another route', JSON.stringify({ ...alertOf(1), route: 'stripe' }), 'route stripe'],
  ])('a message that is %s is a dead letter, never a crash', async (_what, body, reason) => {
    const batch = [received(body, 'not ours'), received(JSON.stringify(alertOf(2)), 'ours')];
    const report = await postAlerts(batch, ROUTE, INVOCATION, services);
    expect([...report]).toEqual([
      ['not ours', 'dead'],
      ['ours', 'settled'],
    ]);
    expect(services.queue.deadLetters).toMatchObject([
      { letter: { failure: { kind: 'message', text: expect.stringContaining(reason) } } },
    ]);
    expect(services.ledger.entry(alertOf(2).mailId)).toMatchObject({ state: 'settled' });
  });
});

describe('refused', () => {
  const isAbout =
    (subject: string) =>
    ({ message }: Post) =>
      message.embeds?.some(({ title }) => title === subject);

  it('the bad mail is found by trying each alone, and the others arrive', async () => {
    respondWith((sent) =>
      isAbout('Subject 2')(sent) ? answer(400, { code: 240000, message: 'harmful link' }) : delivered(),
    );
    expect(await post([alertOf(1), alertOf(2), alertOf(3)])).toEqual({ returned: [] });
    expect(services.ledger.entries()).toMatchObject(Array(3).fill({ state: 'settled' }));
    expect(posts.map(({ message }) => message.embeds?.length ?? 'reduced')).toEqual([3, 1, 1, 'reduced', 1]);
  });

  it('what is refused in its reduced form too is a dead letter', async () => {
    respondWith(() => answer(400, { code: 200000, message: 'AutoMod' }));
    await post([alertOf(1)]);
    expect(posts).toHaveLength(2);
    expect(services.ledger.entries()).toMatchObject([
      { state: 'dead', lastFailure: { kind: 'payload', code: '200000' } },
    ]);
  });
});

describe('where a service fails, the batch fails as a whole, and nothing of it is deleted', () => {
  const away = () => Promise.reject(new Error('AWS is away'));
  const slowMode = answer(429, { retry_after: 60 });

  it.each<[string, DiscordAnswer, (is: typeof services) => Partial<typeof services>]>([
    ['claim', delivered(), ({ ledger }) => ({ ledger: { ...ledger, claim: away } })],
    ['beginPost', delivered(), ({ sentPosts }) => ({ sentPosts: { ...sentPosts, beginPost: away } })],
    ['settle', delivered(), ({ ledger }) => ({ ledger: { ...ledger, settle: away } })],
    ['recordFailure', slowMode, ({ ledger }) => ({ ledger: { ...ledger, recordFailure: away } })],
    ['returnToQueue', slowMode, ({ queue }) => ({ queue: { ...queue, returnToQueue: away } })],
    ['pause', MISSING_ACCESS, ({ pauses }) => ({ pauses: { ...pauses, pause: away } })],
    ['deadLetter', MISSING_ACCESS, ({ queue }) => ({ queue: { ...queue, deadLetter: away } })],
    ['recordDead', MISSING_ACCESS, ({ ledger }) => ({ ledger: { ...ledger, recordDead: away } })],
    ['active', delivered(), ({ pauses }) => ({ pauses: { ...pauses, active: away } })],
  ])('%s', async (_call, discordSays, failing) => {
    respondWith(() => discordSays);
    const batch = [received(JSON.stringify(alertOf(1)))];
    await expect(postAlerts(batch, ROUTE, INVOCATION, { ...services, ...failing(services) })).rejects.toThrow('away');
  });

  it('without a claim, nothing is posted', async () => {
    const ledger = { ...services.ledger, claim: away };
    const batch = [received(JSON.stringify(alertOf(1)))];
    await expect(postAlerts(batch, ROUTE, INVOCATION, { ...services, ledger })).rejects.toThrow('away');
    expect(posts).toHaveLength(0);
  });
});
