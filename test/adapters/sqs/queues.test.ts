import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { sqsAlertQueue } from '../../../functions/adapters/sqs/alert-queue.ts';
import { sqsRouteQueues } from '../../../functions/adapters/sqs/route-queues.ts';
import { parseQueueMessage, queueMessageOf } from '../../../functions/core/records/alert.ts';
import type { ReceivedMessage } from '../../../functions/core/records/alert-queue.ts';
import { HandOverFailed } from '../../../functions/core/records/route-queues.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { alertQueueContract } from '../../contracts/alert-queue-contract.ts';
import { routeQueuesContract } from '../../contracts/route-queues-contract.ts';
import { sampleEntry, sampleFailure } from '../../contracts/sample-entry.ts';

let aws: EmbeddedAws;
let client: SQSClient;

beforeAll(async () => {
  aws = await startEmbeddedAws({ routes: ['vip', 'stripe'] });
  client = new SQSClient(awsClientOptions(aws.environment, 'SQS'));
});

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

function urlOf(urls: Readonly<Record<string, string>>, route: string): string {
  const url = urls[route];
  if (!url) throw new Error(`no queue of ${route}`);
  return url;
}

/** Takes and deletes everything that a queue shows. */
async function takeAll(queueUrl: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
    for (const { ReceiptHandle } of Messages) {
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

async function receive(body: string): Promise<ReceivedMessage> {
  const queueUrl = urlOf(aws.queueUrls, 'stripe');
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
  const message = Messages?.[0];
  return {
    messageId: message?.MessageId ?? '',
    receiptHandle: message?.ReceiptHandle ?? '',
    body: message?.Body ?? '',
    receiveCount: 1,
  };
}

const alertQueue = () =>
  sqsAlertQueue({
    client,
    queueUrl: urlOf(aws.queueUrls, 'stripe'),
    deadLetterQueueUrl: urlOf(aws.deadLetterQueueUrls, 'stripe'),
  });

const sampleMessages = (count: number, to = '') =>
  Array.from({ length: count }, () => {
    const entry = sampleEntry();
    return queueMessageOf({ ...entry, record: { ...entry.record, to } });
  });

describe('the route queues in SQS', () => {
  const queues = () => sqsRouteQueues({ client, queueUrls: aws.queueUrls });

  routeQueuesContract(() => ({
    queues: queues(),
    take: async (route) =>
      (await takeAll(urlOf(aws.queueUrls, route))).map(({ Body = '' }) => {
        const parsed = parseQueueMessage(Body);
        if (!parsed.valid) throw new Error(parsed.reason);
        return parsed.message;
      }),
  }));

  it('splits what is more than 1 MiB together', async () => {
    await queues().send('vip', sampleMessages(10, 'x'.repeat(300_000)));
    expect(await takeAll(urlOf(aws.queueUrls, 'vip'))).toHaveLength(10);
  });

  it('names the mail that is longer than SQS takes', async () => {
    const messages = [...sampleMessages(1), ...sampleMessages(1, 'x'.repeat(1_048_576))];
    await expect(queues().send('vip', messages)).rejects.toMatchObject({
      name: 'HandOverFailed',
      mailIds: [messages[1]?.mailId],
      reasons: ['longer than the 1048576 bytes that SQS takes'],
    });
  });

  it('fails on a route without a queue', async () => {
    const messages = sampleMessages(1);
    await expect(queues().send('new-route', messages)).rejects.toMatchObject({
      name: 'HandOverFailed',
      route: 'new-route',
      mailIds: messages.map(({ mailId }) => mailId),
      reasons: ['the route has no queue; deploy again'],
    });
  });
});

describe('the route queues, where SQS takes only a part of a batch', () => {
  /** Refuses the messages of these emails: `for good` as the sender's fault, or the given number of times. */
  function pickyClient(refusals: Map<string, number | 'for good'>) {
    const taken: string[] = [];
    const send = async ({ input }: SendMessageBatchCommand) => ({
      Failed: (input.Entries ?? []).flatMap(({ Id, MessageBody = '' }) => {
        const { mailId } = JSON.parse(MessageBody) as { mailId: string };
        const refusal = refusals.get(mailId);
        if (refusal === 'for good') return [{ Id, SenderFault: true, Code: 'InvalidMessageContents' }];
        if (refusal) {
          refusals.set(mailId, refusal - 1);
          return [{ Id, SenderFault: false, Code: 'InternalError', Message: 'try again' }];
        }
        taken.push(mailId);
        return [];
      }),
    });
    return { client: { send } as unknown as SQSClient, taken };
  }
  const queueUrls = { vip: 'http://127.0.0.1/vip' };

  it('sends once more what was not the fault of the message', async () => {
    const messages = sampleMessages(3);
    const [first, second] = messages;
    const { client: picky, taken } = pickyClient(new Map([[second?.mailId ?? '', 1]]));
    await sqsRouteQueues({ client: picky, queueUrls }).send('vip', messages);
    expect(taken.toSorted()).toEqual(messages.map(({ mailId }) => mailId).toSorted());
    expect(taken.filter((mailId) => mailId === first?.mailId)).toHaveLength(1);
  });

  it('throws one message alone that stays refused', async () => {
    const [only] = sampleMessages(1);
    const refusals = new Map([[only?.mailId ?? '', 2]]);
    const { client: picky } = pickyClient(refusals);
    await expect(sqsRouteQueues({ client: picky, queueUrls }).send('vip', only ? [only] : [])).rejects.toMatchObject({
      mailIds: [only?.mailId],
    });
  });

  it('throws what stays refused, with mails and reasons', async () => {
    const [taken, again, bad] = sampleMessages(3);
    if (!taken || !again || !bad) throw new Error('three messages are needed');
    const refusals = new Map<string, number | 'for good'>([
      [again.mailId, 2],
      [bad.mailId, 'for good'],
    ]);
    const send = sqsRouteQueues({ client: pickyClient(refusals).client, queueUrls }).send('vip', [taken, again, bad]);
    await expect(send).rejects.toThrow(HandOverFailed);
    await expect(send).rejects.toMatchObject({
      route: 'vip',
      mailIds: [bad.mailId, again.mailId],
      reasons: ['InvalidMessageContents', 'InternalError: try again'],
    });
  });
});

describe('the taking end of a queue in SQS', () => {
  alertQueueContract(() => ({
    queue: alertQueue(),
    receive,
    deadLetters: async () =>
      (await takeAll(urlOf(aws.deadLetterQueueUrls, 'stripe'))).map(({ Body = '', MessageAttributes }) => ({
        body: Body,
        reason: MessageAttributes?.reason?.StringValue,
        mailId: MessageAttributes?.mailId?.StringValue,
      })),
  }));

  it('tells on a dead letter all that a person needs', async () => {
    await alertQueue().deadLetter(await receive('dead'), {
      mailId: 'mail-7',
      target: 'channel 42',
      failure: sampleFailure({ text: `bell \u0007 ${'long '.repeat(1_000)}` }),
    });
    const [letter] = await takeAll(urlOf(aws.deadLetterQueueUrls, 'stripe'));
    const attributes = Object.fromEntries(
      Object.entries(letter?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue]),
    );
    expect(attributes).toMatchObject({
      kind: 'target',
      status: '403',
      code: '50001',
      target: 'channel 42',
      failedAt: '2026-03-02T09:05:00.000Z',
      mailId: 'mail-7',
    });
    expect(attributes.reason).toMatch(/^bell \uFFFD long/);
    expect(attributes.reason?.length).toBeLessThanOrEqual(1_000);
  });

  it('hides a message that is handed back, and shows it again when the delay is over', async () => {
    const message = await receive('later');
    await alertQueue().returnToQueue(message, 400);
    const queueUrl = urlOf(aws.queueUrls, 'stripe');
    const now = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(now.Messages ?? []).toEqual([]);
    const then = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 5 }));
    expect(then.Messages?.map(({ Body }) => Body)).toEqual(['later']);
  });

  it('hides a message for no longer than SQS allows', async () => {
    await alertQueue().returnToQueue(await receive('much later'), 24 * 60 * 60 * 1000);
  });

  it('throws any other refusal of SQS', async () => {
    const denied = { send: () => Promise.reject(new Error('AccessDenied')) } as unknown as SQSClient;
    const queue = sqsAlertQueue({
      client: denied,
      queueUrl: 'http://127.0.0.1/a',
      deadLetterQueueUrl: 'http://127.0.0.1/b',
    });
    await expect(queue.returnToQueue(await receive('denied'), 1_000)).rejects.toThrow('AccessDenied');
  });

  it('is content with a message that is in the queue again already', async () => {
    const message = await receive('expired');
    await alertQueue().returnToQueue(message, 0);
    await takeAll(urlOf(aws.queueUrls, 'stripe'));
    await expect(alertQueue().returnToQueue(message, 1_000)).resolves.toBeUndefined();
  });
});
