import { expect, it } from 'vitest';
import type { Pauses } from '../../functions/core/records/pause.ts';
import { sampleFailure } from './sample-entry.ts';

const AT = new Date('2026-03-02T10:00:00.000Z');
const after = (ms: number) => new Date(AT.getTime() + ms);

/** What all pauses promise. @param thePauses the pauses under test, once the tests run */
export function pausesContract(thePauses: () => Pauses): void {
  it('tells those that stand among the names that are asked for', async () => {
    const forToken = { until: after(1_500), failure: sampleFailure({ kind: 'rate limit' }) };
    const forChannel = { until: after(60_000), failure: sampleFailure({ kind: 'target' }) };
    await thePauses().pause('/standing/token', forToken);
    await thePauses().pause('channel 7', forChannel);
    expect(await thePauses().active(['/standing/token', 'channel 7', 'channel 8'], AT)).toEqual([forToken, forChannel]);
    expect(await thePauses().active(['/standing/token', 'channel 7'], after(1_500))).toEqual([forChannel]);
  });

  it('are never shortened, and can be made longer', async () => {
    const [short, long, longest] = [1_000, 2_000, 3_000].map((ms) => ({ until: after(ms), failure: sampleFailure() }));
    for (const pause of [long!, short!]) await thePauses().pause('/shortened', pause);
    expect(await thePauses().active(['/shortened'], AT)).toEqual([long]);
    await thePauses().pause('/shortened', longest!);
    expect(await thePauses().active(['/shortened'], AT)).toEqual([longest]);
  });

  it('end when they are lifted, active or not', async () => {
    await thePauses().pause('/lifted', { until: after(1_000), failure: sampleFailure() });
    await thePauses().lift('/lifted');
    await thePauses().lift('/never paused');
    expect(await thePauses().active(['/lifted', '/never paused'], AT)).toEqual([]);
  });
}
