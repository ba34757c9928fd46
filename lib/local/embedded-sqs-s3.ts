import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import {
  MAX_RECEIVES,
  QUEUE_RETENTION_MS,
  QUEUE_VISIBILITY_MS,
} from '../../functions/core/delivery/delivery-limits.ts';
import type { EmbeddedServer } from './embedded-dynamo.ts';

export type RouteQueueUrls = { queueUrl: string; deadLetterQueueUrl: string };

/** Starts the stand-in for SQS and S3 on 127.0.0.1. The package's own `startFauxqs` listens on every interface. */
export async function startEmbeddedSqsAndS3(): Promise<EmbeddedServer> {
  const app = buildApp({ logger: false });
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    origin,
    stop: async () => {
      await app.close();
    },
  };
}

/** The queue of a route and its dead-letter queue, with the same limits as in AWS. */
export async function createRouteQueues(client: SQSClient, route: string): Promise<RouteQueueUrls> {
  const retention = { MessageRetentionPeriod: String(QUEUE_RETENTION_MS / 1000) };
  const deadLetterQueueUrl = await createQueue(client, `${route}-dead-letters`, retention);
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: deadLetterQueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const queueUrl = await createQueue(client, `${route}-alerts`, {
    ...retention,
    VisibilityTimeout: String(QUEUE_VISIBILITY_MS / 1000),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: MAX_RECEIVES }),
  });
  return { queueUrl, deadLetterQueueUrl };
}

export async function createBucket(client: S3Client, bucket: string): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
}

async function createQueue(client: SQSClient, name: string, attributes: Record<string, string>): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  if (!QueueUrl) throw new Error(`The embedded SQS made no queue ${name}.`);
  return QueueUrl;
}
