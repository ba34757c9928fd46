import type { ProjectCopy } from '../project-copy.ts';
import { runTests, type TestRun } from '../run-tests.ts';
import type { Mutant } from './mutant.ts';
import type { Stages } from './related-tests.ts';

/** How a mutant ended. */
export type Trial = {
  mutant: Mutant;
  /** Undefined where all related tests pass in spite of it. */
  caughtBy: { test: string; file?: string } | undefined;
  durationMs: number;
};

/** Of the tests of one stage. */
const STAGE_LIMIT_MS = 10 * 60_000;

/**
 * Runs the stages of tests against a mutant until one fails. A run that hangs, or that cannot even load the code, counts
 * as caught: neither would get past `npm test`.
 */
export async function tryMutant(
  mutant: Mutant,
  stages: Stages,
  { copy, signal }: { copy: ProjectCopy; signal: AbortSignal },
): Promise<Trial> {
  const begun = performance.now();
  const caughtBy = await copy.withChange(mutant, async () => {
    for (const files of stages) {
      const run = await runTests(copy.directory, { files, limitMs: STAGE_LIMIT_MS, maxWorkers: 1, signal });
      if (run.kind !== 'passed') return catcherOf(run);
    }
    return undefined;
  });
  return { mutant, caughtBy, durationMs: performance.now() - begun };
}

function catcherOf(run: Exclude<TestRun, { kind: 'passed' }>): Trial['caughtBy'] {
  if (run.kind === 'no verdict') return { test: run.why };
  return { test: run.test, file: run.test.split(': ', 1).join() };
}
