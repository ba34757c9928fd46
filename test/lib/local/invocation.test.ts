import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, SQSEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { invoke } from '../../../lib/local/invocation.ts';
import { sqsEventOf } from '../../../lib/local/sqs-event.ts';

const event: SQSEvent = sqsEventOf(
  ['a', 'b'].map((MessageId) => ({ MessageId, ReceiptHandle: MessageId, Body: '{}' })),
  'arn:aws:sqs:us-east-1:000000000000:alerts',
);

const answering = (answer: unknown) => invoke(async () => answer, event, 1_000);

const failures = (...ids: unknown[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });

describe('a function that answers', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list of failures', failures()],
    ['null for the failures', { batchItemFailures: null }],
  ])('%s has dealt with every message', async (_name, answer) => {
    expect(await answering(answer)).toEqual({ kind: 'answered', failedMessageIds: new Set() });
  });

  it('with ids has dealt with all the others', async () => {
    expect(await answering(failures('b'))).toEqual({ kind: 'answered', failedMessageIds: new Set(['b']) });
  });

  it.each([
    ['an id that is not in the batch', failures('stranger'), /stranger/],
    ['such an id among others', failures('a', 'stranger'), /stranger/],
    ['an empty id', failures('a', ''), /itemIdentifier/],
    ['null as an id', failures(null), /itemIdentifier/],
    ['another key', { batchItemFailures: [{ id: 'a' }] }, /itemIdentifier/],
    ['a text', 'done', /malformed/],
  ])('%s has failed as a whole', async (_name, answer, text) => {
    expect(await answering(answer)).toEqual({ kind: 'failed', text: expect.stringMatching(text) });
  });
});

describe('a function that does not answer', () => {
  it('because it throws, has failed as a whole', async () => {
    const broken = () => {
      throw new Error('broken');
    };
    expect(await invoke(broken, event, 1_000)).toEqual({ kind: 'failed', text: expect.stringContaining('broken') });
  });

  it('within its time-out has failed as a whole', async () => {
    const outcome = await invoke(() => new Promise(() => undefined), event, 20);
    expect(outcome).toEqual({ kind: 'failed', text: expect.stringContaining('20 ms') });
  });
});

describe('the context', () => {
  it('tells how much time is left of the time-out', async () => {
    const left: number[] = [];
    const handler = async (_event: SQSEvent, { getRemainingTimeInMillis }: Context) => {
      left.push(getRemainingTimeInMillis());
      await sleep(20);
      left.push(getRemainingTimeInMillis());
    };
    await invoke(handler, event, 30_000);
    const [before = 0, after = 0] = left;
    expect(before).toBeGreaterThan(29_000);
    expect(before).toBeLessThanOrEqual(30_000);
    expect(before - after).toBeGreaterThanOrEqual(19);
  });

  it('knows each invocation by its own id', async () => {
    const ids = new Set<string>();
    const handler = (_event: SQSEvent, { awsRequestId }: Context) => void ids.add(awsRequestId);
    await invoke(handler, event, 1_000);
    await invoke(handler, event, 1_000);
    expect(ids.size).toBe(2);
  });
});
