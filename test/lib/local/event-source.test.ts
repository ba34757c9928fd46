import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSEvent } from 'aws-lambda';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type EventSource,
  type EventSourceError,
  type EventSourceOptions,
  startEventSource,
} from '../../../lib/local/event-source.ts';
import { HANG_MS } from '../../hang-limit.ts';

let server: FauxqsServer;
let sqs: SQSClient;
let queueNumber = 0;
let queueUrl: string;
let deadLetterUrl: string;
let source: EventSource | undefined;
let errors: EventSourceError[];

beforeAll(async () => {
  server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
});

beforeEach(() => {
  queueNumber += 1;
  errors = [];
  const deadLetters = server.createQueue(`dead-${queueNumber}`);
  deadLetterUrl = deadLetters.queueUrl;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.queueArn, maxReceiveCount: 2 });
  ({ queueUrl } = server.createQueue(`alerts-${queueNumber}`, {
    attributes: { VisibilityTimeout: '1', RedrivePolicy },
  }));
});

afterEach(async () => {
  await source?.stop();
  source = undefined;
});

afterAll(async () => {
  sqs.destroy();
  await server.stop();
});

type Handler = (event: SQSEvent, context: Context) => unknown;

function run(handler: Handler, options: Partial<EventSourceOptions> = {}): EventSource {
  source = startEventSource({
    sqs,
    queueUrl,
    batchSize: 10,
    concurrency: 2,
    functionTimeoutMs: 5_000,
    handler,
    onError: (error) => errors.push(error),
    ...options,
  });
  return source;
}

async function send(...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({
    Id: String(index),
    MessageBody,
    MessageAttributes: {
      route: { DataType: 'String', StringValue: 'vip' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
    },
  }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}

async function showAgainAfter(seconds: number): Promise<void> {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes }));
}

/** Every record of every invocation, as `body × receive count`. */
function recording(answer: (event: SQSEvent) => unknown = () => undefined) {
  const received: string[] = [];
  const handler = async (event: SQSEvent) => {
    for (const { body, attributes } of event.Records) received.push(`${body} × ${attributes.ApproximateReceiveCount}`);
    return answer(event);
  };
  return { received, handler };
}

async function bodiesIn(url: string): Promise<(string | undefined)[]> {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
  return (Messages ?? []).map(({ Body }) => Body).sort();
}

const failures = (...ids: (string | null | undefined)[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('an invocation', () => {
  it('gets a batch as the event that Lambda would give', async () => {
    const events: SQSEvent[] = [];
    await send('one', 'two');
    await run((event) => void events.push(event)).idle();
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
    );
    expect(events).toHaveLength(1);
    expect(events[0]?.Records).toHaveLength(2);
    expect(events[0]?.Records[0]).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.stringMatching(/./),
      body: 'one',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: expect.stringMatching(/^\d{13}$/),
        ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
      },
      messageAttributes: {
        route: { dataType: 'String', stringValue: 'vip' },
        bytes: { dataType: 'Binary', binaryValue: 'AQI=' },
      },
      md5OfBody: 'f97c5d29941bfb1b2fdab0874906ab82',
      eventSource: 'aws:sqs',
      eventSourceARN: Attributes?.QueueArn,
      awsRegion: 'us-east-1',
    });
  });

  it('is told how much time is left of the function’s time-out', async () => {
    const left: number[] = [];
    await send('one');
    await run((_event, context) => void left.push(context.getRemainingTimeInMillis()), {
      functionTimeoutMs: 30_000,
    }).idle();
    expect(left[0]).toBeGreaterThan(29_000);
    expect(left[0]).toBeLessThanOrEqual(30_000);
  });

  it('takes no more messages than the batch size', async () => {
    const sizes: number[] = [];
    await send('1', '2', '3', '4', '5');
    await run((event) => void sizes.push(event.Records.length), { batchSize: 2 }).idle();
    expect(Math.max(...sizes)).toBe(2);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(5);
  });

  it('runs beside others up to the concurrency, and not beyond', async () => {
    let open = 0;
    const openAtOnce: number[] = [];
    const gates: (() => void)[] = [];
    await send('1', '2', '3', '4', '5');
    run(
      async () => {
        open += 1;
        openAtOnce.push(open);
        await new Promise<void>((resolve) => gates.push(resolve));
        open -= 1;
      },
      { batchSize: 1, concurrency: 2 },
    );
    for (let done = 0; done < 5; done += 1) {
      await expect.poll(() => gates.length).toBeGreaterThan(done < 4 ? done + 1 : done);
      gates[done]?.();
    }
    await source?.idle();
    expect(openAtOnce).toHaveLength(5);
    expect(Math.max(...openAtOnce)).toBe(2);
  });
});

describe('a batch that succeeded', () => {
  it('is deleted', async () => {
    const { received, handler } = recording();
    await send('one', 'two');
    await run(handler).idle();
    expect(received).toEqual(['one × 1', 'two × 1']);
    expect(errors).toEqual([]);
    expect(await bodiesIn(deadLetterUrl)).toEqual([]);
  });
});

describe('a batch that failed in part', () => {
  it('is deleted but for the named messages, which come again', async () => {
    const { received, handler } = recording(({ Records }) =>
      failures(
        ...Records.filter((r) => r.body === 'two' && r.attributes.ApproximateReceiveCount === '1').map(
          (r) => r.messageId,
        ),
      ),
    );
    await send('one', 'two', 'three');
    await run(handler).idle();
    expect(received).toEqual(['one × 1', 'two × 1', 'three × 1', 'two × 2']);
    expect(errors).toEqual([]);
  });

  it('comes again as soon as the function asked for', async () => {
    const { received, handler } = recording();
    await showAgainAfter(HANG_MS / 1000);
    await send('one');
    await run(async (event) => {
      await handler(event);
      const [record] = event.Records;
      if (record?.attributes.ApproximateReceiveCount !== '1') return undefined;
      const ReceiptHandle = record.receiptHandle;
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
      return failures(record.messageId);
    }).idle();
    expect(received).toEqual(['one × 1', 'one × 2']);
  });
});

describe('a batch that failed as a whole', () => {
  it('comes again as a whole, and the failure is told', async () => {
    const failed: string[] = [];
    const { received, handler } = recording(({ Records }) => {
      if (Records.every(({ attributes }) => attributes.ApproximateReceiveCount !== '1')) return;
      failed.push(...Records.map(({ messageId }) => messageId));
      throw new Error('broken');
    });
    await send('one', 'two');
    await run(handler).idle();
    expect(received.sort()).toEqual(['one × 1', 'one × 2', 'two × 1', 'two × 2']);
    expect(errors).toEqual([{ kind: 'function', text: expect.stringContaining('broken'), messageIds: failed }]);
  });
});

describe('the queue’s redrive policy', () => {
  it('makes a dead letter of what failed as often as it allows', async () => {
    const { received, handler } = recording(({ Records }) =>
      failures(...Records.filter(({ body }) => body === 'hopeless').map(({ messageId }) => messageId)),
    );
    await send('hopeless', 'fine');
    await run(handler).idle();
    expect(received).toEqual(['hopeless × 1', 'fine × 1', 'hopeless × 2']);
    expect(await bodiesIn(deadLetterUrl)).toEqual(['hopeless']);
  });
});

describe('idle', () => {
  it('resolves on an empty queue', async () => {
    await expect(run(() => undefined).idle()).resolves.toBeUndefined();
  });

  it('waits for a running invocation and for messages that are hidden', async () => {
    const happened: string[] = [];
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await send('one');
    const { received, handler } = recording(async ({ Records }) => {
      if (Records[0]?.attributes.ApproximateReceiveCount === '1') return failures(Records[0].messageId);
      await finished;
      happened.push('second invocation ended');
      return undefined;
    });
    const idle = run(handler)
      .idle()
      .then(() => happened.push('idle'));
    await expect.poll(() => received).toEqual(['one × 1', 'one × 2']);
    finish();
    await idle;
    expect(happened).toEqual(['second invocation ended', 'idle']);
  });

  it('waits for a running invocation, whatever counts are enough', async () => {
    const happened: string[] = [];
    await send('one');
    const { received, handler } = recording(async () => {
      // Time for the event source to find the queue empty meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 200));
      happened.push('invocation ended');
    });
    const running = run(handler);
    const idle = running.idle(() => received.length > 0).then(() => happened.push('idle'));
    await idle;
    expect(happened).toEqual(['invocation ended', 'idle']);
  });

  it('resolves earlier for whoever leaves hidden messages to later', async () => {
    const { received, handler } = recording(({ Records }) => failures(...Records.map((r) => r.messageId)));
    await send('one');
    await run(handler).idle(({ visible, hidden, delayed }) => visible + delayed === 0 && hidden === 1);
    expect(received).toEqual(['one × 1']);
  });

  it('rejects when the event source stops first', async () => {
    await send('one');
    const { received, handler } = recording(({ Records }) => failures(...Records.map((r) => r.messageId)));
    const idle = run(handler).idle();
    const rejected = expect(idle).rejects.toThrow(/stopped/);
    await expect.poll(() => received).toHaveLength(1);
    await source?.stop();
    await rejected;
    await expect(source?.idle()).rejects.toThrow(/stopped/);
  });
});

describe('stop', () => {
  it('waits for the running invocation and its deletions, and takes nothing more', async () => {
    // Longer than the receive that is under way when the event source is stopped.
    const { received, handler } = recording(() => new Promise((resolve) => setTimeout(resolve, 1_500)));
    await showAgainAfter(30);
    await send('one');
    run(handler, { functionTimeoutMs: 10_000 });
    await expect.poll(() => received).toEqual(['one × 1']);
    await source?.stop();
    expect(server.inspectQueue(`alerts-${queueNumber}`)?.messages).toEqual({ ready: [], delayed: [], inflight: [] });

    await send('two');
    expect(await bodiesIn(queueUrl)).toEqual(['two']);
    expect(received).toEqual(['one × 1']);
  });
});

describe('a queue that does not answer', () => {
  it('is told of and tried again', async () => {
    run(() => undefined, { queueUrl: `${queueUrl}-missing` });
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    expect(errors[0]).toMatchObject({ kind: 'queue', text: expect.stringContaining('-missing') });
  });
});
