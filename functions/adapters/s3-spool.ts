import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { digestedKeyOf, PENDING_PREFIX, type Spool } from '../core/records/spool.ts';
import type { RightsOf } from './rights.ts';

/**
 * The IAM actions of each method. The policies derive from it.
 *
 * Listing covers the whole bucket, not one prefix: unless the role may list the bucket, S3 answers "access denied"
 * instead of "no such key" for a missing segment (Amazon S3 API Reference, GetObject and CopyObject).
 */
export const SPOOL_RIGHTS = {
  write: { pendingSegments: ['s3:PutObject'] },
  pending: { spool: ['s3:ListBucket'], pendingSegments: ['s3:GetObject'] },
  archive: {
    spool: ['s3:ListBucket'],
    pendingSegments: ['s3:GetObject', 's3:DeleteObject'],
    digestedSegments: ['s3:PutObject'],
  },
} as const satisfies RightsOf<Spool>;

/** The spool in one S3 bucket. */
export function s3Spool({ client, bucket }: { client: S3Client; bucket: string }): Spool {
  /** The segment's text; undefined if it is no longer in `pending`. */
  async function read(key: string): Promise<string | undefined> {
    const answer = await unlessGone(client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    return await answer?.Body?.transformToString('utf-8');
  }

  return {
    async write({ key, text }) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/x-ndjson' }),
      );
    },

    async *pending() {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: PENDING_PREFIX });
      for await (const { Contents = [] } of pages) {
        for (const { Key: key } of Contents) {
          if (key === undefined) continue;
          const text = await read(key);
          // It was listed, but another digest has carried and archived it since. Only archiving removes a segment.
          if (text !== undefined) yield { key, text };
        }
      }
    },

    async archive(key, day) {
      const copied = await unlessGone(
        client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: digestedKeyOf(key, day),
            // The source must be URL-encoded, the key must not (Amazon S3 API Reference, CopyObject).
            CopySource: [bucket, ...key.split('/')].map(encodeURIComponent).join('/'),
          }),
        ),
      );
      // Otherwise an overlapping digest has archived it, and its copy stays.
      if (copied) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

async function unlessGone<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    // CopyObject does not declare NoSuchKey, so the SDK has no class for it there; the name is the same.
    if (error instanceof NoSuchKey || (error instanceof S3ServiceException && error.name === 'NoSuchKey'))
      return undefined;
    throw error;
  }
}
