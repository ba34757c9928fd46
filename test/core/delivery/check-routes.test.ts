import { beforeEach, describe, expect, it } from 'vitest';
import { checkRoutes } from '../../../functions/core/delivery/check-routes.ts';
import type { DiscordTarget } from '../../../functions/core/delivery/discord.ts';
import { CHECK_TIMEOUT_MS } from '../../../functions/core/delivery/redrive-limits.ts';
import type { TargetLook } from '../../../functions/core/ports.ts';
import { memoryPauses } from '../../fakes/memory-pauses.ts';
import { memoryRouteChecks } from '../../fakes/memory-route-checks.ts';
import { HOUR_MS, redriveWorld } from './redrive-world.ts';

const BOT = { kind: 'bot', channelId: '42', tokenParameter: '/rollcall/bot' } as const;
const WEBHOOK = { kind: 'webhook', urlParameter: '/rollcall/hook' } as const;

const http = (status: number, body: object): TargetLook => ({
  answer: { kind: 'http', status, headers: {}, body: JSON.stringify(body) },
  missingPermissions: [],
});
const SEEN = http(200, { id: '42' });
const MISSING_ACCESS = http(403, { code: 50001, message: 'Missing Access' });
const UNAUTHORIZED = http(401, { code: 0, message: '401: Unauthorized' });
const OVERLOADED = http(503, {});

function checkWorld() {
  const world = redriveWorld();
  const routeChecks = memoryRouteChecks();
  const looks: { target: DiscordTarget; freshSecret: boolean }[] = [];
  let sight: (target: DiscordTarget, freshSecret: boolean) => TargetLook = () => SEEN;
  const discordTargets = {
    look: async (target: DiscordTarget, { freshSecret }: { freshSecret: boolean }) => {
      looks.push({ target, freshSecret });
      return sight(target, freshSecret);
    },
  };
  const pauses = memoryPauses();
  const services = { ...world.services, routeChecks, discordTargets, pauses };
  return {
    ...world,
    looks,
    routeChecks,
    pauses,
    see: (what: TargetLook | ((target: DiscordTarget, freshSecret: boolean) => TargetLook)) => {
      sight = typeof what === 'function' ? what : () => what;
    },
    check: (target: DiscordTarget = BOT, redriveAutomatically = true) =>
      checkRoutes([{ id: 'vip', target, redriveAutomatically }], services, () => CHECK_TIMEOUT_MS),
    checkAll: (routes: Parameters<typeof checkRoutes>[0]) => checkRoutes(routes, services, () => CHECK_TIMEOUT_MS),
  };
}

let world = checkWorld();
beforeEach(() => {
  world = checkWorld();
});

const known = () => world.routeChecks.get('vip');

describe('the verdict', () => {
  it('a target that answers is alive', async () => {
    await world.check();
    const now = world.clock.now();
    expect(await known()).toEqual({ checkedAt: now, state: 'alive', since: now, failure: undefined });
  });

  it.each<[string, DiscordTarget, TargetLook, string, RegExp]>([
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

  it.each<[string, TargetLook]>([
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

  it('a token is read afresh before it is called dead', async () => {
    world.see((_target, freshSecret) => (freshSecret ? SEEN : UNAUTHORIZED));
    await world.check();
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
      expect((await world.check()).redrives).toMatchObject([{ redriven: 0, forAPerson: 1 }]);
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
    await expect(world.checkAll(ROUTES)).rejects.toThrow(/^Not every route could be checked\. broken: SSM is away$/);
    expect(await known()).toMatchObject({ state: 'alive' });
    expect(await world.routeChecks.get('broken')).toMatchObject({ state: 'unknown', failure: { text: 'SSM is away' } });
    expect(world.sent()).toEqual([alert!.mailId]);
  });

  it('are counted at every check', async () => {
    world.see((target) => (target.kind === 'webhook' ? MISSING_ACCESS : SEEN));
    await world.checkAll(ROUTES);
    expect(world.journal.of('routes checked')).toEqual([
      { kind: 'routes checked', at: world.clock.now(), alive: 1, dead: 1, unknown: 0 },
    ]);
  });

  it('are all told before one of them is redriven', async () => {
    await world.deads(1);
    await world.checkAll(ROUTES);
    const kinds = world.journal.events.map(({ kind }) => kind);
    expect(kinds.indexOf('routes checked')).toBeLessThan(kinds.indexOf('alerts redriven'));
  });
});
