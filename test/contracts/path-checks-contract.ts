import { expect, it } from 'vitest';
import type { PathChecks } from '../../functions/core/records/operator-path.ts';

const MORNING = new Date('2026-03-02T09:00:00.000Z');
const NOON = new Date('2026-03-02T12:00:00.000Z');

/** What every store of path checks promises. @param theChecks the store under test, once the tests run */
export function pathChecksContract(theChecks: () => PathChecks): void {
  it('knows nothing of a path that was never looked at, then keeps the latest check of each', async () => {
    expect(await theChecks().get('digest')).toBeUndefined();
    const closed = { checkedAt: NOON, state: 'closed', since: MORNING, reason: 'It is not verified.' } as const;
    const open = { checkedAt: NOON, state: 'open', since: NOON, reason: undefined } as const;
    await theChecks().record('digest', closed);
    await theChecks().record('alarms', open);
    expect(await theChecks().get('digest')).toEqual(closed);
    await theChecks().record('digest', open);
    expect(await theChecks().get('digest')).toEqual(open);
    const notChecked = { checkedAt: NOON, state: 'not checked', since: NOON, reason: 'Nobody to ask.' } as const;
    await theChecks().record('alarms', notChecked);
    expect(await theChecks().get('alarms')).toEqual(notChecked);
  });
}
