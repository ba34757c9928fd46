import { beforeEach, describe, expect, it } from 'vitest';
import { checkRoutes } from '../../../functions/core/checks/check-routes.ts';
import type { AlarmPathReport, DigestPathReport } from '../../../functions/core/checks/path-status.ts';
import { CHECK_TIMEOUT_MS } from '../../../functions/core/delivery/redrive-limits.ts';
import {
  botTarget,
  type DiscordTarget,
  type ProbeResult,
  webhookTarget,
} from '../../../functions/core/discord/discord.ts';
import { discordProbe } from '../../../functions/core/discord/discord-chat.ts';
import { OPEN_ALARM_PATH, OPEN_DIGEST_PATH } from '../../fakes/open-paths.ts';
import { HOUR_MS, redriveWorld } from '../delivery/redrive-world.ts';

const BOT = botTarget('42', '/rollcall/bot');
const WEBHOOK = webhookTarget('/rollcall/hook');

const http = (status: number, body: object): ProbeResult => ({
  answer: { kind: 'http', status, headers: {}, body: JSON.stringify(body) },
  missingPermissions: [],
});
const SEEN = http(200, { id: '42' });
const MISSING_ACCESS = http(403, { code: 50001, message: 'Missing Access' });
const UNAUTHORIZED = http(401, { code: 0, message: '401: Unauthorized' });
const OVERLOADED = http(503, {});

function checkWorld() {
  const world = redriveWorld();
  const looks: { target: DiscordTarget; freshSecret: boolean }[] = [];
  let sight: (target: DiscordTarget, freshSecret: boolean) => ProbeResult = () => SEEN;
  const discordTargets = {
    look: async (target: DiscordTarget, { freshSecret }: { freshSecret: boolean }) => {
      looks.push({ target, freshSecret });
      return sight(target, freshSecret);
    },
  };
  let digestPath = async (): Promise<DigestPathReport> => OPEN_DIGEST_PATH;
  let alarmPath = async (): Promise<AlarmPathReport> => OPEN_ALARM_PATH;
  const operatorPaths = { digest: () => digestPath(), alarms: () => alarmPath() };
  const services = { ...world.services, operatorPaths };
  const { targetChecks, pauses } = services;
  type Route = { id: string; target: DiscordTarget; redriveAutomatically: boolean };
  const checkAll = (routes: readonly Route[]) =>
    checkRoutes(
      routes.map((route) => ({ ...route, chat: discordProbe(route.target, { discordTargets, clock: world.clock }) })),
      services,
      () => CHECK_TIMEOUT_MS,
    );
  return {
    ...world,
    looks,
    targetChecks,
    pauses,
    digestPathIs: (look: () => Promise<DigestPathReport>) => {
      digestPath = look;
    },
    alarmPathIs: (look: () => Promise<AlarmPathReport>) => {
      alarmPath = look;
    },
    see: (what: ProbeResult | ((target: DiscordTarget, freshSecret: boolean) => ProbeResult)) => {
      sight = typeof what === 'function' ? what : () => what;
    },
    check: (target: DiscordTarget = BOT, redriveAutomatically = true) =>
      checkAll([{ id: 'vip', target, redriveAutomatically }]),
    checkAll,
  };
}

let world = checkWorld();
beforeEach(() => {
  world = checkWorld();
});

const known = () => world.targetChecks.get('route/vip');

describe('the verdict', () => {
  it.each<[string, DiscordTarget, ProbeResult]>([
    ['a target', BOT, SEEN],
    ['a text channel', BOT, http(200, { id: '42', type: 0 })],
    // Of a webhook, the type says something else.
    ['a webhook', WEBHOOK, http(200, { id: '42', type: 4 })],
  ])('%s that answers is alive', async (_what, target, look) => {
    world.see(look);
    await world.check(target);
    const now = world.clock.now();
    expect(await known()).toEqual({ checkedAt: now, state: 'alive', since: now, failure: undefined });
  });

  it.each<[string, DiscordTarget, ProbeResult, string, RegExp]>([
    ['missing access', BOT, MISSING_ACCESS, 'target', /Missing Access.*channel 42/],
    ['an unknown channel', BOT, http(404, { code: 10003, message: 'Unknown Channel' }), 'target', /channel 42/],
    [
      'an unknown webhook',
      WEBHOOK,
      http(404, { code: 10015, message: 'Unknown Webhook' }),
      'target',
      /\/rollcall\/hook/,
    ],
    ['a refused token', BOT, UNAUTHORIZED, 'credential', /renew the secret in \/rollcall\/bot/],
    [
      'a secret that is not stored',
      BOT,
      {
        answer: { kind: 'no secret', parameter: '/rollcall/bot', text: 'There is no secret /rollcall/bot.' },
        missingPermissions: [],
      },
      'credential',
      /\/rollcall\/bot/,
    ],
    ['a category', BOT, http(200, { id: '42', type: 4 }), 'target', /channel 42 is a category, /],
    ['a directory', BOT, http(200, { id: '42', type: 14 }), 'target', /channel 42 is a directory, /],
    ['a forum', BOT, http(200, { id: '42', type: 15 }), 'target', /channel 42 is a forum, .* Name a text channel/],
    ['a media channel', BOT, http(200, { id: '42', type: 16 }), 'target', /channel 42 is a media channel, /],
    [
      'missing permissions',
      BOT,
      { ...SEEN, missingPermissions: ['Send Messages', 'Embed Links'] },
      'target',
      /lacks Send Messages and Embed Links in channel 42/,
    ],
  ])('%s is dead, with a reason that says what to do', async (_what, target, look, kind, text) => {
    world.see(look);
    await world.check(target);
    expect(await known()).toMatchObject({ state: 'dead', failure: { kind, text: expect.stringMatching(text) } });
    expect(world.journal.of('route dead')).toMatchObject([{ route: 'vip', failure: { kind } }]);
  });

  it.each<[string, ProbeResult]>([
    ['429', http(429, { retry_after: 1 })],
    ['503', OVERLOADED],
    ['no answer', { answer: { kind: 'network', code: 'ECONNRESET', text: 'reset' }, missingPermissions: [] }],
    ['a page of HTML', { answer: { kind: 'http', status: 200, headers: {}, body: '<html>' }, missingPermissions: [] }],
  ])('%s says nothing of the target', async (_what, look) => {
    world.see(look);
    await world.check();
    expect(await known()).toMatchObject({ state: 'unknown', failure: expect.anything() });
    expect(world.journal.of('route dead')).toEqual([]);
  });

  it.each<[string, DiscordTarget, ProbeResult]>([
    ['a token', BOT, UNAUTHORIZED],
    ['a webhook’s URL', WEBHOOK, http(404, { code: 10015, message: 'Unknown Webhook' })],
  ])('%s is read afresh before it is called dead', async (_what, target, look) => {
    world.see((_target, freshSecret) => (freshSecret ? SEEN : look));
    await world.check(target);
    expect(world.looks.map(({ freshSecret }) => freshSecret)).toEqual([false, true]);
    expect(await known()).toMatchObject({ state: 'alive' });
  });
});

describe('the history', () => {
  it('keeps since when a target is dead, also while Discord cannot be asked, and tells beginning and end once', async () => {
    const began = world.clock.now();
    world.see(MISSING_ACCESS);
    await world.check();
    world.clock.advance(HOUR_MS);
    world.see(OVERLOADED);
    await world.check();
    expect(await known()).toMatchObject({ state: 'dead', since: began, checkedAt: world.clock.now() });
    expect(world.journal.of('routes checked').at(-1)).toMatchObject({ dead: 1, alive: 0, unknown: 0 });
    world.clock.advance(HOUR_MS);
    world.see(MISSING_ACCESS);
    await world.check();
    expect(await known()).toMatchObject({ state: 'dead', since: began });
    world.clock.advance(HOUR_MS);
    world.see(SEEN);
    await world.check();
    await world.check();
    expect(await known()).toMatchObject({ state: 'alive', since: world.clock.now(), failure: undefined });
    expect(world.journal.of('route dead')).toHaveLength(1);
    expect(world.journal.of('route alive again')).toEqual([
      { kind: 'route alive again', route: 'vip', deadSince: began },
    ]);
  });
});

describe('what is parked', () => {
  it('stays while the target is dead or unknown, and is delivered by itself when it answers', async () => {
    const [alert] = await world.deads(1);
    for (const look of [MISSING_ACCESS, OVERLOADED]) {
      world.see(look);
      expect((await world.check()).redrives).toEqual([]);
    }
    expect(world.sent()).toEqual([]);
    world.see(SEEN);
    world.posterDoes(world.deliver);
    expect((await world.check()).redrives).toMatchObject([{ route: 'vip', redriven: 1 }]);
    expect(world.entry(alert!)).toMatchObject({ state: 'settled' });
    expect((await world.check()).redrives).toMatchObject([{ redriven: 0 }]);
    expect(world.sent()).toHaveLength(1);
  });

  it('is put back also where the check before knew the target alive: it may have died before it got there', async () => {
    await world.check();
    await world.deads(1);
    expect((await world.check()).redrives).toMatchObject([{ redriven: 1 }]);
  });

  it('waits for the command where the route says so, but its dead letters are known', async () => {
    await world.deads(1);
    const crashed = await world.dispatched(2);
    world.deadLetters.put('vip', world.letterOf(crashed, undefined));
    expect((await world.check(BOT, false)).redrives).toEqual([]);
    expect(world.sent()).toEqual([]);
    expect(world.entry(crashed)).toMatchObject({ state: 'dead' });
  });

  it('is not held by what a poster believed a moment ago; a rate limit stands', async () => {
    const until = new Date(world.clock.now().getTime() + 60_000);
    await world.pauses.pause('channel 42', { until, failure: world.failureNow() });
    await world.pauses.pause('/rollcall/bot', { until, failure: world.failureNow({ kind: 'rate limit' }) });
    world.see(MISSING_ACCESS);
    await world.check();
    expect([...world.pauses.all.keys()]).toEqual(['channel 42', '/rollcall/bot']);
    world.see(SEEN);
    await world.check();
    expect([...world.pauses.all.keys()]).toEqual(['/rollcall/bot']);
  });

  it('by a refused payload is not tried again by any number of checks', async () => {
    await world.dead(1, { kind: 'payload' });
    for (let hours = 0; hours < 3; hours += 1) {
      world.clock.advance(HOUR_MS);
      expect((await world.check()).redrives).toMatchObject([{ redriven: 0, needingAttention: 1 }]);
    }
  });
});

describe('the routes', () => {
  const ROUTES = [
    { id: 'broken', target: WEBHOOK, redriveAutomatically: true },
    { id: 'vip', target: BOT, redriveAutomatically: true },
  ];

  it('are all looked at, though a secret cannot be read; the run then fails and names the route', async () => {
    const [alert] = await world.deads(1);
    world.see((target) => {
      if (target.kind === 'webhook') throw new Error('SSM is away');
      return SEEN;
    });
    await expect(world.checkAll(ROUTES)).rejects.toThrow(/^Not everything could be checked\. broken: SSM is away$/);
    expect(await known()).toMatchObject({ state: 'alive' });
    expect(await world.targetChecks.get('route/broken')).toMatchObject({
      state: 'unknown',
      failure: { text: 'SSM is away' },
    });
    expect(world.sent()).toEqual([alert!.mailId]);
  });

  it('are counted at every check', async () => {
    world.see((target) => (target.kind === 'webhook' ? MISSING_ACCESS : SEEN));
    await world.checkAll(ROUTES);
    expect(world.journal.of('routes checked')).toEqual([
      { kind: 'routes checked', at: world.clock.now(), alive: 1, dead: 1, unknown: 0, closedPaths: 0 },
    ]);
  });

  it('are all told before one of them is redriven', async () => {
    await world.deads(1);
    await world.checkAll(ROUTES);
    const kinds = world.journal.events.map(({ kind }) => kind);
    expect(kinds.indexOf('routes checked')).toBeLessThan(kinds.indexOf('alerts redriven'));
  });
});

describe('the paths to the operator', () => {
  const UNVERIFIED = { ...OPEN_DIGEST_PATH, sender: { address: 'rollcall@example.com', verified: false } };
  const UNCONFIRMED = { ...OPEN_ALARM_PATH, subscription: 'pending' } as const;
  const lastFigures = () => world.journal.of('routes checked').at(-1);

  it('are open where SES would take a digest and an alarm would reach its address', async () => {
    await world.check();
    const now = world.clock.now();
    for (const path of ['digest', 'alarms'] as const) {
      expect(await world.targetChecks.get(`path/${path}`)).toEqual({
        checkedAt: now,
        state: 'alive',
        since: now,
        failure: undefined,
      });
    }
    expect(lastFigures()).toMatchObject({ closedPaths: 0 });
  });

  it('are counted while they are closed, and told once when that begins and once when it ends', async () => {
    const began = world.clock.now();
    world.digestPathIs(async () => UNVERIFIED);
    await world.check();
    expect(lastFigures()).toMatchObject({ closedPaths: 1 });
    world.clock.advance(HOUR_MS);
    world.alarmPathIs(async () => UNCONFIRMED);
    await world.check();
    expect(lastFigures()).toMatchObject({ closedPaths: 2 });
    expect(await world.targetChecks.get('path/digest')).toMatchObject({ state: 'dead', since: began });
    expect(world.journal.of('path closed')).toMatchObject([
      { path: 'digest', reason: expect.stringContaining('rollcall@example.com is not verified') },
      { path: 'alarms', reason: expect.stringContaining('ops@example.com') },
    ]);
    world.digestPathIs(async () => OPEN_DIGEST_PATH);
    world.alarmPathIs(async () => OPEN_ALARM_PATH);
    await world.check();
    await world.check();
    expect(lastFigures()).toMatchObject({ closedPaths: 0 });
    expect(world.journal.of('path open again')).toMatchObject([
      { path: 'digest', closedSince: began },
      { path: 'alarms' },
    ]);
  });

  it('that cannot be looked at fail the run, after the routes were checked and redriven; a closed one stays closed', async () => {
    const [alert] = await world.deads(1);
    world.digestPathIs(async () => UNVERIFIED);
    await world.check(BOT, false);
    world.digestPathIs(async () => {
      throw new Error('SES is away');
    });
    world.posterDoes(world.deliver);
    await expect(world.check()).rejects.toThrow('Not everything could be checked. the path of the digest: SES is away');
    expect(world.entry(alert!)).toMatchObject({ state: 'settled' });
    expect(await world.targetChecks.get('path/digest')).toMatchObject({ state: 'dead' });
    expect(await world.targetChecks.get('path/alarms')).toMatchObject({ state: 'alive' });
    expect(lastFigures()).toMatchObject({ closedPaths: 1 });
  });

  it('that nobody can vouch for are never called open', async () => {
    world.alarmPathIs(async () => ({ kind: 'not checked', reason: 'There is no SNS here.' }));
    await world.check();
    expect(await world.targetChecks.get('path/alarms')).toMatchObject({
      state: 'not checked',
      failure: { text: 'There is no SNS here.' },
    });
    expect(lastFigures()).toMatchObject({ closedPaths: 0 });
  });
});

describe('the oldest alert that waits', () => {
  it('is told by every check, before what is parked is put back', async () => {
    const [alert] = await world.deads(1);
    const { acceptedAt } = world.entry(alert!)!;
    world.posterDoes(world.deliver);
    const ageMs = world.clock.now().getTime() - acceptedAt.getTime();
    await world.check();
    await world.check();
    expect(world.journal.of('oldest open alert').map(({ oldestAgeMs }) => oldestAgeMs)).toEqual([ageMs, 0]);
    expect(ageMs).toBeGreaterThan(0);
  });
});
