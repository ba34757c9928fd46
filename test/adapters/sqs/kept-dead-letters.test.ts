import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { sqsDeadLetters } from '../../../functions/adapters/sqs/dead-letters.ts';

type Entry = { Id: string; ReceiptHandle: string; VisibilityTimeout?: number };
type Command = { constructor: { name: string }; input: { Entries?: Entry[] } };

/** SQS with this many dead letters, which it returns ten at a time, and then again from the beginning. */
function queueOf(count: number) {
  let waiting = Array.from({ length: count }, (_, index) => ({
    MessageId: `letter ${index}`,
    ReceiptHandle: `handle ${index}`,
    Body: `body ${index}`,
  }));
  const shown: Entry[][] = [];
  const deleted: Entry[][] = [];
  const send = async ({ constructor: { name }, input: { Entries = [] } }: Command) => {
    if (name === 'DeleteMessageBatchCommand') {
      deleted.push(Entries);
      const handles = new Set(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
      waiting = waiting.filter(({ ReceiptHandle }) => !handles.has(ReceiptHandle));
    }
    if (name === 'ChangeMessageVisibilityBatchCommand') shown.push(Entries);
    if (name !== 'ReceiveMessageCommand') return {};
    const Messages = waiting.slice(0, 10);
    waiting = [...waiting.slice(10), ...Messages];
    return { Messages };
  };
  const queueUrls = { vip: 'http://127.0.0.1/vip' };
  return { deadLetters: sqsDeadLetters({ client: { send } as unknown as SQSClient, queueUrls }), shown, deleted };
}

describe('more dead letters than one batch that are kept', () => {
  it('are all shown again at once, no more than SQS takes in one call', async () => {
    const { deadLetters, shown, deleted } = queueOf(23);
    await deadLetters.deleteWhere('vip', async () => []);
    expect(shown.map((batch) => batch.length)).toEqual([10, 10, 3]);
    const handles = Array.from({ length: 23 }, (_, index) => `handle ${index}`);
    expect(shown.flat().map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(handles);
    expect(new Set(shown.flat().map(({ VisibilityTimeout }) => VisibilityTimeout))).toEqual(new Set([0]));
    for (const batch of shown) expect(new Set(batch.map(({ Id }) => Id)).size).toBe(batch.length);
    expect(deleted).toEqual([]);
  });

  it('are shown again without those that were deleted', async () => {
    const { deadLetters, shown, deleted } = queueOf(23);
    const isEven = (body: string) => Number(body.slice('body '.length)) % 2 === 0;
    await deadLetters.deleteWhere('vip', async (letters) => letters.filter(({ body }) => isEven(body)));
    expect(deleted.flat()).toHaveLength(12);
    expect(shown.map((batch) => batch.length)).toEqual([10, 1]);
    const seen = [...shown.flat(), ...deleted.flat()].map(({ ReceiptHandle }) => ReceiptHandle);
    expect(new Set(seen).size).toBe(23);
  });
});
