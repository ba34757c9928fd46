import { afterEach, expect, it } from 'vitest';
import type { DigestRuns } from '../../functions/core/digest/run.ts';

const AT = new Date('2026-03-02T07:30:00.000Z');
const after = (seconds: number) => new Date(AT.getTime() + seconds * 1_000);

/** What the runs of digests promise. @param theRuns the runs under test, none begun, once the tests run */
export function digestRunsContract(theRuns: () => DigestRuns): void {
  const begin = (holder: string, seconds: number, untilSeconds = seconds + 300) =>
    theRuns().begin({ holder, at: after(seconds), until: after(untilSeconds) });

  afterEach(async () => {
    for (const holder of ['one', 'other']) await theRuns().end(holder);
  });

  it('are one at a time: another is told until when the first may run', async () => {
    expect(await begin('one', 0)).toEqual({ kind: 'begun' });
    expect(await begin('other', 10)).toEqual({ kind: 'another runs', until: after(300) });
    expect(await begin('other', 299)).toEqual({ kind: 'another runs', until: after(300) });
  });

  it('can be begun by several at once, and one of them has it', async () => {
    const holders = Array.from({ length: 5 }, (_, index) => `holder ${index}`);
    const begun = await Promise.all(holders.map((holder) => begin(holder, 0)));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    for (const holder of holders) await theRuns().end(holder);
  });

  it('are free again as soon as they have ended', async () => {
    await begin('one', 0);
    await theRuns().end('one');
    expect(await begin('other', 10)).toEqual({ kind: 'begun' });
  });

  it('end by themselves, should nobody end them', async () => {
    await begin('one', 0);
    expect(await begin('other', 300)).toEqual({ kind: 'begun' });
    expect(await begin('one', 301)).toEqual({ kind: 'another runs', until: after(600) });
  });

  it('are not ended by whoever had them before', async () => {
    await begin('one', 0);
    await begin('other', 300);
    await theRuns().end('one');
    expect(await begin('one', 310)).toEqual({ kind: 'another runs', until: after(600) });
  });

  it('remember when the last digest was sent and how far it counted, whatever becomes of a lease', async () => {
    await begin('one', 0);
    const sent = { at: after(60), countedUntil: after(-840) };
    await theRuns().recordSent(sent);
    expect(await theRuns().lastSent()).toEqual(sent);
    await theRuns().end('one');
    expect(await theRuns().lastSent()).toEqual(sent);
    expect(await begin('other', 70)).toEqual({ kind: 'begun' });
  });

  it('can be begun again by their holder, whose reply was lost', async () => {
    await begin('one', 0);
    expect(await begin('one', 5)).toEqual({ kind: 'begun' });
    expect(await begin('other', 301)).toEqual({ kind: 'another runs', until: after(305) });
  });
}
