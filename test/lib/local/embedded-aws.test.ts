import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import {
  MAX_RECEIVES,
  QUEUE_RETENTION_MS,
  QUEUE_VISIBILITY_MS,
} from '../../../functions/core/delivery/delivery-limits.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';

let aws: EmbeddedAws | undefined;

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await aws?.stop();
  aws = undefined;
});

async function started(): Promise<EmbeddedAws> {
  aws = await startEmbeddedAws({ routes: ['vip'] });
  return aws;
}

describe('the embedded AWS', () => {
  it('has the tables with the indexes of the design', async () => {
    const { environment } = await started();
    const client = new DynamoDBClient(awsClientOptions(environment, 'DYNAMODB'));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: environment.LEDGER_TABLE }));
    client.destroy();
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    expect(Object.fromEntries(indexes.map(({ IndexName, Projection }) => [IndexName, Projection]))).toEqual({
      byLocation: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['route', 'state', 'acceptedAt', 'fingerprint'] },
      byDay: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['mailbox', 'route', 'state', 'isRecovery'] },
      open: { ProjectionType: 'ALL' },
    });
  });

  it("gives each route a queue and a dead-letter queue under the stack's own limits", async () => {
    const { environment, queueUrls, deadLetterQueueUrls } = await started();
    const client = new SQSClient(awsClientOptions(environment, 'SQS'));
    const attributesOf = async (QueueUrl: string | undefined) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes;
    const alerts = await attributesOf(queueUrls.vip);
    const deadLetters = await attributesOf(deadLetterQueueUrls.vip);
    client.destroy();
    expect(alerts).toMatchObject({
      VisibilityTimeout: String(QUEUE_VISIBILITY_MS / 1000),
      MessageRetentionPeriod: String(QUEUE_RETENTION_MS / 1000),
    });
    expect(JSON.parse(alerts?.RedrivePolicy ?? '{}')).toEqual({
      deadLetterTargetArn: deadLetters?.QueueArn,
      maxReceiveCount: MAX_RECEIVES,
    });
    expect(deadLetters).toMatchObject({ MessageRetentionPeriod: String(QUEUE_RETENTION_MS / 1000) });
    expect(JSON.parse(environment.ROUTE_QUEUE_URLS ?? '{}')).toEqual({ vip: queueUrls.vip });
  });

  it('lives on 127.0.0.1, is silent, and answers no more once it is stopped', async () => {
    // The SDK warns of an old Node once in a process; that is not the servers' doing.
    vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
    const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write'), vi.spyOn(console, 'log')];
    const { environment, stop } = await started();
    aws = undefined;
    const origins = Object.entries(environment).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL_'));
    expect(origins.map(([name]) => name)).toEqual([
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_ENDPOINT_URL_SQS',
      'AWS_ENDPOINT_URL_S3',
      'AWS_ENDPOINT_URL_SESV2',
    ]);
    for (const [, origin] of origins) {
      expect(new URL(origin).hostname).toBe('127.0.0.1');
      await fetch(origin);
    }
    await stop();
    for (const [, origin] of origins) await expect(fetch(origin)).rejects.toThrow();
    for (const write of written) expect(write).not.toHaveBeenCalled();
  });

  it('does not show the mail of an earlier one', async () => {
    const first = await started();
    const send = async ({ environment }: EmbeddedAws, subject: string) =>
      await fetch(`${environment.AWS_ENDPOINT_URL_SESV2}/v2/email/outbound-emails`, {
        method: 'POST',
        headers: { authorization: 'AWS4 test', 'content-type': 'application/json' },
        body: JSON.stringify({
          FromEmailAddress: 'a@example.com',
          Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: 'text' } } } },
        }),
      });
    await send(first, 'first');
    await first.stop();
    const second = await started();
    await send(second, 'second');
    expect((await second.sentMails()).map(({ subject }) => subject)).toEqual(['second']);
  });
});
