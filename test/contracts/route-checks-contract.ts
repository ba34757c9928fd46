import { expect, it } from 'vitest';
import type { RouteChecks } from '../../functions/core/records/route-check.ts';
import { sampleFailure } from './sample-entry.ts';

const MORNING = new Date('2026-03-02T09:00:00.000Z');
const NOON = new Date('2026-03-02T12:00:00.000Z');

/** What every store of route checks promises. @param theChecks the store under test, once the tests run */
export function routeChecksContract(theChecks: () => RouteChecks): void {
  it('knows nothing of a route that was never checked', async () => {
    expect(await theChecks().get('never')).toBeUndefined();
  });

  it('keeps the latest check of each route, with its reason', async () => {
    const dead = { checkedAt: NOON, state: 'dead', since: MORNING, failure: sampleFailure() } as const;
    const alive = { checkedAt: NOON, state: 'alive', since: NOON, failure: undefined } as const;
    await theChecks().record('vip', dead);
    await theChecks().record('stripe', alive);
    expect(await theChecks().get('vip')).toEqual(dead);
    await theChecks().record('vip', alive);
    expect(await theChecks().get('vip')).toEqual(alive);
    expect(await theChecks().get('stripe')).toEqual(alive);
  });
}
