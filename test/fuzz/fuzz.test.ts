import { describe, expect, it } from 'vitest';
import { runFuzz } from './run-fuzz.ts';

/** The same cases each time; `npm run fuzz` tries a hundred thousand others. */
const SEED = 1;

describe('a small fuzz run finds nothing', () => {
  it('in mutated mails', async () => {
    const { findings } = await runFuzz({ kind: 'mails', seed: SEED, from: 0, cases: 2_000, threads: 1 });
    expect(findings).toEqual([]);
  });

  it('in mutated answers of an IMAP server', async () => {
    const { findings } = await runFuzz({ kind: 'answers', seed: SEED, from: 0, cases: 300, threads: 1 });
    expect(findings).toEqual([]);
  });
});
