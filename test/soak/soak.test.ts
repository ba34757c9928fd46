import { env } from 'node:process';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Soak, soak } from './soak.ts';

/** Everything happens as this seed has it, so that no change fails by chance; another one is another story. */
const ALERTS = Number(env.ROLLCALL_SOAK_ALERTS ?? 10_000);
const SEED = Number(env.ROLLCALL_SOAK_SEED ?? 1);

describe(`a soak of ${ALERTS} alerts, ROLLCALL_SOAK_SEED=${SEED}`, () => {
  let world: Soak;
  beforeAll(async () => {
    world = await soak(ALERTS, SEED);
  });

  it('leaves every alert settled or dead, and none in between', () => {
    expect(world.accepted).toHaveLength(ALERTS);
    expect(world.entries()).toHaveLength(ALERTS);
    expect(world.entries().filter(({ state }) => state !== 'settled' && state !== 'dead')).toEqual([]);
  });

  it('shows every settled alert, and no dead one but where the answer to a webhook was lost', () => {
    const shown = world.shown();
    const wrong = world.entries().filter(({ mailId, state }) => shown.has(mailId) !== (state === 'settled'));
    expect(wrong.filter(({ mailId }) => !(shown.has(mailId) && world.lostByWebhooks.has(mailId)))).toEqual([]);
  });

  it('shows none twice, but where the answer to a webhook was lost', () => {
    const twice = [...world.shown()].filter(([, times]) => times > 1).map(([mailId]) => mailId);
    expect(twice.filter((mailId) => !world.lostByWebhooks.has(mailId))).toEqual([]);
    expect(world.lostByWebhooks.size).toBeGreaterThan(0);
  });

  it('tells of every dead alert why, and it is true', () => {
    const dead = world.entries().filter(({ state }) => state === 'dead');
    for (const { route, lastFailure } of dead) {
      const named = world.routes.find(({ id }) => id === route);
      expect(named && world.told(named)).toContain(`${lastFailure?.status} ${lastFailure?.code}`);
      if (lastFailure?.kind === 'target') expect(lastFailure.text).toMatch(/\(check /);
      else if (lastFailure?.kind !== 'payload')
        expect(lastFailure?.text).toMatch(/^Rollcall stopped after \d+ receives/);
    }
    // A channel that is gone, one that died for a while, and an outage longer than three hours.
    const reasons = new Set(dead.map(({ route, lastFailure }) => `${route} ${lastFailure?.kind}`));
    expect([...reasons]).toEqual(expect.arrayContaining(['gone target', 'stripe target', 'sales target']));
    expect(dead.some(({ lastFailure }) => /^Rollcall stopped/.test(lastFailure?.text ?? ''))).toBe(true);
    // The half hour's outage is ridden out: where nothing worse befell the route, only a refused payload is dead.
    const spared = dead.filter(({ route }) => ['vip', 'customer'].includes(route));
    expect(spared.filter(({ lastFailure }) => lastFailure?.kind !== 'payload')).toEqual([]);
  });

  it('comes nowhere near the ban for 10,000 invalid requests in ten minutes, dead channels or not', () => {
    expect(world.mostInvalidIn10Minutes()).toBeLessThan(100);
  });

  it('brings everything that can arrive to its channel once the troubles are over', async () => {
    const before = world.shown();
    await world.heal();
    const after = world.shown();
    for (const { mailId, route, state, lastFailure } of world.entries()) {
      const isRefused = route === 'gone' ? lastFailure?.code === '10003' : lastFailure?.kind === 'payload';
      if (state !== 'settled') expect([mailId, state, isRefused]).toEqual([mailId, 'dead', true]);
      if (world.lostByWebhooks.has(mailId)) continue;
      const times = state === 'settled' ? Math.max(1, before.get(mailId) ?? 0) : undefined;
      expect([mailId, after.get(mailId)]).toEqual([mailId, times]);
    }
    expect(world.entries().filter(({ state, route }) => state !== 'settled' && route !== 'gone').length).toBeLessThan(
      20,
    );
  });
});
