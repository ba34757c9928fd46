import type { ProjectCopy } from './project-copy.ts';
import { runTests } from './run-tests.ts';

/** What faults are tried in. */
export type Surroundings = {
  /** One for each fault that is tried at the same time. */
  copies: readonly ProjectCopy[];
  say: (line: string) => void;
  signal: AbortSignal;
};

const UNMUTATED_LIMIT_MS = 10 * 60_000;

/** True where these test files pass as the code is: a test that fails anyway would seem to catch every fault. */
export async function passUnmutated(files: readonly string[], { copies, say, signal }: Surroundings): Promise<boolean> {
  const directory = copies[0]?.directory ?? '';
  const run = await runTests(directory, { files, limitMs: UNMUTATED_LIMIT_MS, maxWorkers: copies.length, signal });
  if (run.kind === 'passed') return true;
  say(
    `The tests do not pass as they are, so they can prove nothing:\n${run.kind === 'failed' ? `${run.test}\n` : ''}${run.why}`,
  );
  return false;
}

/** Does the work for each item, in as many copies of the project as there are. */
export async function forEachInCopies<Item>(
  items: readonly Item[],
  { copies }: Surroundings,
  work: (item: Item, copy: ProjectCopy) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    copies.map(async (copy) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item, copy);
    }),
  );
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
