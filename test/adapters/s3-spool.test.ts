import { GetObjectCommand, HeadObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { s3Spool } from '../../functions/adapters/s3-spool.ts';
import { segmentOf } from '../../functions/core/records/spool.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../lib/local/embedded-aws.ts';
import { allOf, sampleEntry } from '../contracts/sample-entry.ts';
import { spoolContract } from '../contracts/spool-contract.ts';

const bucket = 'spool';
let aws: EmbeddedAws;
let client: S3Client;

beforeAll(async () => {
  aws = await startEmbeddedAws({ routes: [] });
  client = new S3Client(awsClientOptions(aws.environment, 'S3'));
});

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

const theSpool = () => s3Spool({ client, bucket });

async function textAt(key: string): Promise<string | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

describe('the spool in S3', () => {
  spoolContract(() => ({ spool: theSpool(), textAt }));

  it('writes JSON lines as what they are', async () => {
    const segment = segmentOf('type/INBOX', '17', [sampleEntry()], new Date());
    await theSpool().write(segment);
    const { ContentType } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: segment.key }));
    expect(ContentType).toBe('application/x-ndjson');
  });

  it('lists more segments than one answer names', async () => {
    const threeAtATime = new S3Client(awsClientOptions(aws.environment, 'S3'));
    threeAtATime.middlewareStack.add(
      (next, { commandName }) =>
        (args) =>
          next(commandName === 'ListObjectsV2Command' ? { ...args, input: { ...args.input, MaxKeys: 3 } } : args),
      { step: 'initialize' },
    );
    const segments = Array.from({ length: 8 }, () => segmentOf('many/INBOX', '17', [sampleEntry()], new Date()));
    for (const segment of segments) await theSpool().write(segment);
    const pending = await allOf(s3Spool({ client: threeAtATime, bucket }).pending());
    threeAtATime.destroy();
    expect(pending).toEqual(expect.arrayContaining(segments));
  });

  it('archives a segment under any key, though someone put it there by hand', async () => {
    const key = 'unknowns/pending/by hand/100% & Größe+1.jsonl';
    await theSpool().write({ key, text: 'by hand' });
    await theSpool().archive(key, new Date('2026-03-04T05:06:07.000Z'));
    expect(await textAt('unknowns/digested/2026/03/04/by hand/100% & Größe+1.jsonl')).toBe('by hand');
    expect(await textAt(key)).toBeUndefined();
  });

  it('passes over a segment that another digest archives between listing and reading', async () => {
    const segments = Array.from({ length: 2 }, () => segmentOf('vanishing/INBOX', '17', [sampleEntry()], new Date()));
    for (const segment of segments) await theSpool().write(segment);
    const seen: string[] = [];
    for await (const { key } of theSpool().pending()) {
      if (!key.includes('vanishing')) continue;
      seen.push(key);
      for (const segment of segments) await theSpool().archive(segment.key, new Date());
    }
    expect(seen).toHaveLength(1);
  });

  it('throws where the bucket is missing, rather than take it for empty', async () => {
    await expect(allOf(s3Spool({ client, bucket: 'nowhere' }).pending())).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(
      s3Spool({ client, bucket: 'nowhere' }).archive('unknowns/pending/a', new Date()),
    ).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });
});
