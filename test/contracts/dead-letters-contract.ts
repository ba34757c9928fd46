import { expect, it } from 'vitest';
import { queueMessageOf } from '../../functions/core/records/alert.ts';
import type { DeadLetter, DeadLetters } from '../../functions/core/records/dead-letters.ts';
import { sampleEntry, sampleFailure } from './sample-entry.ts';

export type DeadLettersUnderTest = {
  deadLetters: DeadLetters;
  /** Puts a letter there as the poster does, or, without a failure, as the queue does by itself. */
  put(route: string, letter: Pick<DeadLetter, 'body' | 'mailId' | 'failure'>): Promise<void>;
};

/** What dead-letter queues promise. @param underTest those of the routes `vip` and `stripe`, empty, once the tests run */
export function deadLettersContract(underTest: () => DeadLettersUnderTest): void {
  async function bodiesOf(route: string): Promise<string[]> {
    const bodies: string[] = [];
    await underTest().deadLetters.deleteWhere(route, async (letters) => {
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
    await deadLetters.deleteWhere('vip', async (letters) => {
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
    await deadLetters.deleteWhere('vip', async (letters) => letters);
    const failure = sampleFailure({ status: null, code: null });
    const before = Date.now();
    await put('vip', { body: 'ours', mailId: 'mail-1', failure });
    await put('vip', { body: 'moved', mailId: undefined, failure: undefined });
    const letters = new Map<string, DeadLetter>();
    await deadLetters.deleteWhere('vip', async (some) => {
      for (const letter of some) letters.set(letter.body, letter);
      return some;
    });
    expect(letters.get('ours')).toMatchObject({ mailId: 'mail-1', failure });
    expect(letters.get('moved')).toMatchObject({ mailId: undefined, failure: undefined });
    // SQS keeps milliseconds; a clock that is read in between may round them.
    expect(letters.get('moved')?.sentAt.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(letters.get('moved')?.sentAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('shows as unreadable only what names no email, and removes only that', async () => {
    const { deadLetters, put } = underTest();
    await deadLetters.deleteWhere('vip', async (letters) => letters);
    const before = Date.now();
    const entry = sampleEntry({ route: 'vip' });
    const readable = JSON.stringify(queueMessageOf({ ...entry, record: { ...entry.record, subject: 'A subject' } }));
    await put('vip', { body: readable, mailId: undefined, failure: undefined });
    await put('vip', { body: '{"named":', mailId: 'mail-1', failure: sampleFailure() });
    for (let count = 1; count <= 11; count += 1) {
      await put('vip', { body: `{"damaged ${count}`, mailId: undefined, failure: undefined });
    }
    await put('vip', { body: '{"by":"hand"}', mailId: undefined, failure: sampleFailure({ kind: 'message' }) });

    const unreadable = await deadLetters.unreadable('vip');
    expect(unreadable).toHaveLength(12);
    expect(new Set(unreadable.map(({ messageId }) => messageId)).size).toBe(12);
    const byHand = unreadable.find(({ body }) => body === '{"by":"hand"}');
    expect(byHand).toMatchObject({ reason: expect.stringMatching(/^the message does not follow its schema: /) });
    expect(byHand?.sentAt.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(byHand?.sentAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(unreadable.find(({ body }) => body === '{"damaged 7')).toMatchObject({ reason: 'the message is not JSON' });
    expect(await bodiesOf('vip'), 'looking removes nothing').toHaveLength(14);

    expect(await deadLetters.remove('stripe', byHand?.messageId ?? ''), 'of another route').toBe(false);
    expect(await deadLetters.remove('vip', byHand?.messageId ?? '')).toBe(true);
    expect(await deadLetters.remove('vip', byHand?.messageId ?? ''), 'once').toBe(false);
    const left = await bodiesOf('vip');
    expect(left).toHaveLength(13);
    expect(left).toEqual(expect.arrayContaining([readable, '{"named":']));
    expect(left).not.toContain('{"by":"hand"}');
    await deadLetters.deleteWhere('vip', async (letters) => letters);
  });

  it('keeps every letter where the visit fails', async () => {
    const { deadLetters, put } = underTest();
    await put('vip', { body: 'kept', mailId: undefined, failure: undefined });
    const failing = deadLetters.deleteWhere('vip', () => Promise.reject(new Error('the ledger is away')));
    await expect(failing).rejects.toThrow('the ledger is away');
    expect(await bodiesOf('vip')).toEqual(['kept']);
  });
}
