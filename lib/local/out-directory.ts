import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { DigestReport } from '../../functions/core/digest/send-digest.ts';

/** Writes the results of a run to files: the digest, the spool's segments under their keys, and the posts. */
export async function writeOutDirectory(
  directory: string,
  {
    digest,
    posts,
    spool,
  }: { digest: DigestReport; posts: readonly unknown[]; spool: { client: S3Client; bucket: string } },
): Promise<void> {
  await write(directory, 'digest.html', digest.html);
  await write(directory, 'digest.txt', digest.text);
  await write(directory, 'posts.json', `${JSON.stringify(posts, null, 2)}\n`);
  for await (const page of paginateListObjectsV2({ client: spool.client }, { Bucket: spool.bucket })) {
    for (const { Key = '' } of page.Contents ?? []) {
      const { Body } = await spool.client.send(new GetObjectCommand({ Bucket: spool.bucket, Key }));
      await write(directory, Key, (await Body?.transformToString()) ?? '');
    }
  }
}

async function write(directory: string, name: string, text: string): Promise<void> {
  const path = join(directory, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
