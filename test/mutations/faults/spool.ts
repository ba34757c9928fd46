import type { Mutation } from '../mutation.ts';

const SPOOL = 'functions/core/records/spool.ts';

/** Faults in the file of unknown mail. */
export const spoolMutations: readonly Mutation[] = [
  {
    name: 'a line that is damaged blocks all others',
    breaks: 'P2',
    file: SPOOL,
    find: "return { valid: false, reason: 'the line is not JSON' };",
    replace: "throw new SyntaxError('the line is not JSON');",
    caughtBy: ['core/records/spool.test.ts'],
  },
  {
    name: 'a line that is damaged is passed over in silence',
    breaks: 'P4',
    file: SPOOL,
    find: 'else damaged.push(',
    replace: 'else if (index < 0) damaged.push(',
    caughtBy: ['core/records/spool.test.ts'],
  },
  {
    name: 'what a crash left of a page overwrites the segment of the rest',
    breaks: 'P2',
    file: SPOOL,
    find: 'update(JSON.stringify(mailIds))',
    replace: 'update(mailbox)',
    caughtBy: ['core/records/spool.test.ts'],
  },
  {
    name: 'a segment is deleted before it is copied',
    breaks: 'P2',
    file: 'functions/adapters/s3-spool.ts',
    find: 'const copied = await unlessGone(',
    replace: `await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      const copied = await unlessGone(`,
    caughtBy: ['adapters/s3-spool.test.ts'],
  },
  {
    name: 'a segment that cannot be read is taken for one that is gone',
    breaks: 'P2',
    file: 'functions/adapters/s3-spool.ts',
    find: 'if (error instanceof NoSuchKey || (',
    replace: 'if (error instanceof Error || (',
    caughtBy: ['adapters/s3-spool.test.ts'],
  },
];
