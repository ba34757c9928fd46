import { createServer } from 'node:http';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { close, originOf } from '../../lib/local/listening.ts';

const lambda = { AWS_REGION: 'eu-central-1' };
const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };

describe('awsClientOptions', () => {
  it('leaves endpoint and credentials to the SDK where the environment names none', () => {
    const options = awsClientOptions(lambda, 'S3');
    expect(options.region).toBe('eu-central-1');
    for (const absent of ['endpoint', 'credentials', 'forcePathStyle']) expect(options).not.toHaveProperty(absent);
  });

  it("prefers a service's own endpoint to the common one", () => {
    const environment = { ...lambda, AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_SQS: 'http://sqs' };
    expect(awsClientOptions(environment, 'SQS')).toMatchObject({ endpoint: 'http://sqs' });
    expect(awsClientOptions(environment, 'SESV2')).toMatchObject({ endpoint: 'http://all' });
  });

  it('puts the bucket into the path at an endpoint of its own, for S3 alone', () => {
    const environment = { ...lambda, AWS_ENDPOINT_URL: 'http://all' };
    expect(awsClientOptions(environment, 'S3')).toMatchObject({ forcePathStyle: true });
    expect(awsClientOptions(environment, 'SQS')).not.toHaveProperty('forcePathStyle');
  });

  it('takes credentials out of the environment, with the session token where there is one', () => {
    const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
    expect(awsClientOptions({ ...lambda, ...keys }, 'SSM')).toHaveProperty('credentials', credentials);
    expect(awsClientOptions({ ...lambda, ...keys, AWS_SESSION_TOKEN: 'token' }, 'SSM')).toHaveProperty('credentials', {
      ...credentials,
      sessionToken: 'token',
    });
  });

  it('fails without a region', () => {
    expect(() => awsClientOptions({}, 'SSM')).toThrow(/AWS_REGION is not set/);
  });

  it('ends a request that nobody answers', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const options = awsClientOptions({ ...lambda, ...keys, AWS_ENDPOINT_URL: originOf(silent) }, 'SQS');
    const client = new SQSClient({
      ...options,
      maxAttempts: 1,
      requestHandler: { ...options.requestHandler, requestTimeout: 50 },
    });
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'any' }))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    client.destroy();
    await close(silent);
  });
});
