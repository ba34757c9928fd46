import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { LEDGER_TABLE, WATERMARKS_TABLE } from '../../functions/core/records/table-design.ts';
import { createTable, type EmbeddedServer, startEmbeddedDynamo } from './embedded-dynamo.ts';
import { type EmbeddedSes, startEmbeddedSes } from './embedded-ses.ts';
import { createBucket, createRouteQueues, startEmbeddedSqsAndS3 } from './embedded-sqs-s3.ts';

export type EmbeddedAws = {
  /**
   * The variables that AWS Lambda would give the functions: region, credentials, endpoints, and the names of tables,
   * queues and bucket.
   */
  environment: Readonly<Record<string, string>>;
  /** By route. */
  queueUrls: Readonly<Record<string, string>>;
  /** By route. */
  deadLetterQueueUrls: Readonly<Record<string, string>>;
  sentMails: EmbeddedSes['sentMails'];
  refuseMail: EmbeddedSes['refuseMail'];
  stop(): Promise<void>;
};

const NAMES = { LEDGER_TABLE: 'ledger', WATERMARKS_TABLE: 'watermarks', SPOOL_BUCKET: 'spool' };

/**
 * Starts the AWS services that Rollcall uses as servers in this process, in memory, each on a free port of 127.0.0.1,
 * with tables, bucket, and two queues for each route. They write nothing to the console.
 */
export async function startEmbeddedAws({ routes }: { routes: readonly string[] }): Promise<EmbeddedAws> {
  const running: EmbeddedServer[] = [];
  async function run<Server extends EmbeddedServer>(starting: Promise<Server>): Promise<Server> {
    const server = await starting;
    running.push(server);
    return server;
  }
  async function stop(): Promise<void> {
    await Promise.all(running.map((server) => server.stop()));
  }

  try {
    const dynamo = await run(startEmbeddedDynamo());
    const sqsAndS3 = await run(startEmbeddedSqsAndS3());
    const ses = await run(startEmbeddedSes());
    const services = {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'embedded',
      AWS_SECRET_ACCESS_KEY: 'embedded',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.origin,
      AWS_ENDPOINT_URL_SQS: sqsAndS3.origin,
      AWS_ENDPOINT_URL_S3: sqsAndS3.origin,
      AWS_ENDPOINT_URL_SESV2: ses.origin,
    };
    const { queueUrls, deadLetterQueueUrls } = await createResources(services, routes);
    return {
      environment: {
        ...services,
        ...NAMES,
        ROUTE_QUEUE_URLS: JSON.stringify(queueUrls),
        DEAD_LETTER_QUEUE_URLS: JSON.stringify(deadLetterQueueUrls),
      },
      queueUrls,
      deadLetterQueueUrls,
      sentMails: ses.sentMails,
      refuseMail: ses.refuseMail,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Creates what the CDK stack would create. */
async function createResources(services: Readonly<Record<string, string>>, routes: readonly string[]) {
  const dynamo = new DynamoDBClient(awsClientOptions(services, 'DYNAMODB'));
  const sqs = new SQSClient(awsClientOptions(services, 'SQS'));
  const s3 = new S3Client(awsClientOptions(services, 'S3'));
  try {
    await createTable(dynamo, NAMES.LEDGER_TABLE, LEDGER_TABLE);
    await createTable(dynamo, NAMES.WATERMARKS_TABLE, WATERMARKS_TABLE);
    await createBucket(s3, NAMES.SPOOL_BUCKET);
    const queues = await Promise.all(
      routes.map(async (route) => ({ route, ...(await createRouteQueues(sqs, route)) })),
    );
    return {
      queueUrls: Object.fromEntries(queues.map(({ route, queueUrl }) => [route, queueUrl])),
      deadLetterQueueUrls: Object.fromEntries(
        queues.map(({ route, deadLetterQueueUrl }) => [route, deadLetterQueueUrl]),
      ),
    };
  } finally {
    for (const client of [dynamo, sqs, s3]) client.destroy();
  }
}
