import { expect, it } from 'vitest';
import type { DeadLetter, DeadLetters } from '../../functions/core/ports.ts';
import { sampleFailure } from './sample-entry.ts';

export type DeadLettersUnderTest = {
  deadLetters: DeadLetters;
  /** Puts a letter there as the poster does, or, without a failure, as the queue does by itself. */
  put(route: string, letter: Pick<DeadLetter, 'body' | 'mailId' | 'failure'>): Promise<void>;
};

/** What dead-letter queues promise. @param underTest those of the routes `vip` and `stripe`, empty, once the tests run */
export function deadLettersContract(underTest: () => DeadLettersUnderTest): void {
  async function bodiesOf(route: string): Promise<string[]> {
    const bodies: string[] = [];
    await underTest().deadLetters.sift(route, async (letters) => {
      bodies.push(...letters.map(({ body }) => body));
      return [];
    });
    return bodies.toSorted();
  }

  it('shows every letter once, more than one batch of them, and deletes those that are given back', async () => {
    const { deadLetters, put } = underTest();
    const bodies = Array.from({ length: 23 }, (_, index) => `letter ${String(index).padStart(2, '0')}`);
    for (const body of bodies) await put('vip', { body, mailId: body, failure: sampleFailure() });
    await put('stripe', { body: 'another route', mailId: undefined, failure: undefined });
    const seen: string[] = [];
    await deadLetters.sift('vip', async (letters) => {
      expect(letters.length).toBeGreaterThan(0);
      seen.push(...letters.map(({ body }) => body));
      return letters.filter(({ body }) => body !== 'letter 07');
    });
    expect(seen.toSorted()).toEqual(bodies);
    expect(await bodiesOf('vip'), 'what is kept is there at once').toEqual(['letter 07']);
    expect(await bodiesOf('stripe')).toEqual(['another route']);
  });

  it('tells whose letter it is, why, and since when; of one that the queue moved, only since when', async () => {
    const { deadLetters, put } = underTest();
    await deadLetters.sift('vip', async (letters) => letters);
    const failure = sampleFailure({ status: null, code: null });
    const before = Date.now();
    await put('vip', { body: 'ours', mailId: 'mail-1', failure });
    await put('vip', { body: 'moved', mailId: undefined, failure: undefined });
    const letters = new Map<string, DeadLetter>();
    await deadLetters.sift('vip', async (some) => {
      for (const letter of some) letters.set(letter.body, letter);
      return some;
    });
    expect(letters.get('ours')).toMatchObject({ mailId: 'mail-1', failure });
    expect(letters.get('moved')).toMatchObject({ mailId: undefined, failure: undefined });
    // SQS keeps milliseconds; a clock that is read in between may round them.
    expect(letters.get('moved')?.sentAt.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(letters.get('moved')?.sentAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('keeps every letter where the visit fails', async () => {
    const { deadLetters, put } = underTest();
    await put('vip', { body: 'kept', mailId: undefined, failure: undefined });
    const failing = deadLetters.sift('vip', () => Promise.reject(new Error('the ledger is away')));
    await expect(failing).rejects.toThrow('the ledger is away');
    expect(await bodiesOf('vip')).toEqual(['kept']);
  });
}
