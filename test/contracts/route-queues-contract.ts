import { expect, it } from 'vitest';
import { type QueueMessage, queueMessageOf } from '../../functions/core/records/alert.ts';
import type { RouteQueues } from '../../functions/core/records/route-queues.ts';
import { sampleEntry } from './sample-entry.ts';

export type RouteQueuesUnderTest = {
  queues: RouteQueues;
  /** Takes all messages out of a route's queue, in any order. */
  take(route: string): Promise<QueueMessage[]>;
};

/** What the queues promise. @param underTest the queues of the routes `vip` and `stripe`, empty, once the tests run */
export function routeQueuesContract(underTest: () => RouteQueuesUnderTest): void {
  const sampleMessages = (count: number) => Array.from({ length: count }, () => queueMessageOf(sampleEntry()));
  const idsOf = (messages: readonly QueueMessage[]) => messages.map(({ mailId }) => mailId).toSorted();

  it('hands every message to the queue of its route, more than one batch of them', async () => {
    const vip = sampleMessages(23);
    const stripe = sampleMessages(1);
    await underTest().queues.send('vip', vip);
    await underTest().queues.send('stripe', stripe);
    expect(idsOf(await underTest().take('vip'))).toEqual(idsOf(vip));
    expect(await underTest().take('stripe')).toEqual(stripe);
  });

  it('keeps every character that a mail can hold', async () => {
    const entry = sampleEntry();
    const odd = queueMessageOf({
      ...entry,
      record: { ...entry.record, subject: 'a\u0000\u001b\uffff\ufffe🧵\u2028é\n' },
    });
    await underTest().queues.send('vip', [odd]);
    expect(await underTest().take('vip')).toEqual([odd]);
  });

  it('takes nothing for granted of an empty page', async () => {
    await underTest().queues.send('vip', []);
    expect(await underTest().take('vip')).toEqual([]);
  });
}
