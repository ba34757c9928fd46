import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { sqsAlertQueue } from '../../../functions/adapters/sqs/alert-queue.ts';
import { sqsDeadLetters } from '../../../functions/adapters/sqs/dead-letters.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { deadLettersContract } from '../../contracts/dead-letters-contract.ts';

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

const queueUrlOf = (route: string) => aws.deadLetterQueueUrls[route] ?? '';

describe('the dead-letter queues in SQS', () => {
  const deadLetters = () => sqsDeadLetters({ client, queueUrls: aws.deadLetterQueueUrls });

  deadLettersContract(() => ({
    deadLetters: deadLetters(),
    async put(route, { body, mailId, failure }) {
      if (failure) {
        const queue = sqsAlertQueue({ client, queueUrl: '', deadLetterQueueUrl: queueUrlOf(route) });
        const message = { messageId: '', receiptHandle: '', body, receiveCount: 1 };
        await queue.deadLetter(message, { mailId, target: 'channel 1', failure });
      } else {
        await client.send(new SendMessageCommand({ QueueUrl: queueUrlOf(route), MessageBody: body }));
      }
    },
  }));

  it('show again what they keep, so that the alarm does not end in between', async () => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrlOf('vip'), MessageBody: 'kept' }));
    await deadLetters().deleteWhere('vip', async () => []);
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrlOf('vip') }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['kept']);
  });

  it('fail on a route that has none', async () => {
    await expect(deadLetters().deleteWhere('new-route', async () => [])).rejects.toThrow(
      /new-route has no dead-letter queue/,
    );
  });

  it('hide what they only look at for as long as Lambda takes to repeat whoever died of it, and no longer', async () => {
    const hiddenSeconds: unknown[] = [];
    const send = async ({ input }: { input: { VisibilityTimeout?: number } }) => {
      hiddenSeconds.push(input.VisibilityTimeout);
      return {};
    };
    const watched = { send } as unknown as SQSClient;
    await sqsDeadLetters({ client: watched, queueUrls: { vip: 'http://127.0.0.1/vip' } }).unreadable('vip');
    expect(hiddenSeconds).toEqual([60]);
  });

  it('fail where SQS did not delete, instead of taking it for done', async () => {
    const Failed = [{ Id: '0', SenderFault: false, Code: 'InternalError', Message: 'try again' }];
    const send = async (command: { constructor: { name: string } }) =>
      command.constructor.name === 'ReceiveMessageCommand' ? { Messages: [{ MessageId: '1', Body: 'a' }] } : { Failed };
    const refusing = { send } as unknown as SQSClient;
    const sift = sqsDeadLetters({ client: refusing, queueUrls: { vip: 'http://127.0.0.1/vip' } }).deleteWhere(
      'vip',
      async (all) => all,
    );
    await expect(sift).rejects.toThrow('SQS did not delete 1 dead letters: InternalError try again');
  });
});
