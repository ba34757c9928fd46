import { expect, it } from 'vitest';
import type { TargetChecks } from '../../functions/core/records/target-check.ts';
import { sampleFailure } from './sample-entry.ts';

const MORNING = new Date('2026-03-02T09:00:00.000Z');
const NOON = new Date('2026-03-02T12:00:00.000Z');

/** What every store of target checks promises. @param theChecks the store under test, once the tests run */
export function targetChecksContract(theChecks: () => TargetChecks): void {
  it('knows nothing of a target that was never checked', async () => {
    expect(await theChecks().get('route/never')).toBeUndefined();
    expect(await theChecks().get('path/digest')).toBeUndefined();
  });

  it('keeps the latest check of each target, with its reason', async () => {
    const dead = { checkedAt: NOON, state: 'dead', since: MORNING, failure: sampleFailure() } as const;
    const alive = { checkedAt: NOON, state: 'alive', since: NOON, failure: undefined } as const;
    const notChecked = { ...dead, state: 'not checked' } as const;
    await theChecks().record('route/vip', dead);
    await theChecks().record('route/alarms', alive);
    await theChecks().record('path/alarms', notChecked);
    expect(await theChecks().get('route/vip')).toEqual(dead);
    await theChecks().record('route/vip', alive);
    expect(await theChecks().get('route/vip')).toEqual(alive);
    expect(await theChecks().get('route/alarms')).toEqual(alive);
    expect(await theChecks().get('path/alarms')).toEqual(notChecked);
  });
}
