import { changeOf, type Fault, problemsOf } from './fault.ts';
import { runTests, type TestRun } from './run-tests.ts';
import { type Change, sourceFilesIn } from './source-files.ts';
import { forEachInCopies, passUnmutated, type Surroundings, seconds } from './surroundings.ts';
import { typeErrorsOf } from './type-errors.ts';

/** Of the tests of one fault; most take seconds. */
const FAULT_LIMIT_MS = 120_000;

type FaultyCode = Change & { fault: Fault };

/** Tries deliberate faults, one at a time in each copy, and reports those that no test catches. True where all are caught. */
export async function tryFaults(faults: readonly Fault[], surroundings: Surroundings): Promise<boolean> {
  const { copies, say, signal } = surroundings;
  const directory = copies[0]?.directory ?? '';
  const sources = await sourceFilesIn(directory, ['functions', 'lib']);
  const problems = problemsOf(faults, sources);
  for (const problem of problems) say(problem);
  if (problems.length > 0) return false;

  say(`${faults.length} faults; first the compiler, which must let them pass.`);
  const changes = faults.map((fault): FaultyCode => ({ ...changeOf(fault, sources), fault }));
  const errors = await typeErrorsOf(changes, directory, signal);
  for (const [{ fault, file }, error] of errors) say(`REFUSED     ${fault.name} (${file})\n            ${error}`);
  if (errors.size > 0) return false;

  const files = [...new Set(faults.flatMap(({ caughtBy }) => caughtBy))];
  say(`Then their ${files.length} test files without any fault.`);
  if (!(await passUnmutated(files, surroundings))) return false;

  const begun = performance.now();
  const missed: FaultyCode[] = [];
  await forEachInCopies(changes, surroundings, async (change, copy) => {
    const began = performance.now();
    const options = { files: change.fault.caughtBy, limitMs: FAULT_LIMIT_MS, maxWorkers: 1, signal };
    const run = await copy.withChange(change, () => runTests(copy.directory, options));
    if (run.kind !== 'failed') missed.push(change);
    for (const line of verdictOf(change.fault, run, performance.now() - began)) say(line);
  });
  say(`\n${faults.length - missed.length} of ${faults.length} faults caught, ${seconds(performance.now() - begun)}`);
  for (const { fault, file } of missed) say(`  NOT CAUGHT  ${fault.name} (${file})`);
  return missed.length === 0;
}

function verdictOf({ name, breaks }: Fault, run: TestRun, durationMs: number): string[] {
  const verdict = { failed: 'caught', passed: 'SURVIVED', 'no verdict': 'NO VERDICT' }[run.kind];
  const first = `${verdict.padEnd(10)}  ${breaks}: ${name}, ${seconds(durationMs)}`;
  if (run.kind === 'failed') return [first, `            by ${run.test}`];
  return run.kind === 'no verdict' ? [first, `            ${run.why}`] : [first];
}
