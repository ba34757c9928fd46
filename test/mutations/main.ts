import { parseArgs } from 'node:util';
import { type Mutation, problemsOf } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';
import { runTests, type TestRun } from './run-tests.ts';
import { typeErrorsOf } from './type-errors.ts';

const USAGE = `npm run mutate -- [words]   tries the faults whose name or file holds all these words; by default all
  --at-once N                how many at the same time (2)`;

/** Of the tests of one fault; most take seconds. */
const MUTANT_LIMIT_MS = 120_000;
const UNMUTATED_LIMIT_MS = 10 * 60_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);

const { words, atOnce } = optionsFrom(process.argv.slice(2));
const chosen = MUTATIONS.filter(({ name, file }) =>
  words.every((word) => `${name} ${file}`.toLowerCase().includes(word)),
);
if (chosen.length === 0) refuse(`No fault is called so: ${words.join(' ')}`);

const stopping = new AbortController();
// More than once: tsx passes on what the terminal sends to both.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
const copies: ProjectCopy[] = [];
try {
  for (let copied = 0; copied < Math.min(atOnce, chosen.length); copied += 1) copies.push(await copyProject());
  const directory = copies[0]?.directory ?? '';
  const areSound = (await allApply(directory)) && (await allCompile(directory)) && (await passesUnmutated(directory));
  process.exitCode = areSound && (await tryAll()) ? 0 : 1;
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  await Promise.all(copies.map((copy) => copy.remove()));
}

async function allApply(directory: string): Promise<boolean> {
  const problems = await problemsOf(chosen, directory);
  for (const problem of problems) say(problem);
  return problems.length === 0;
}

async function allCompile(directory: string): Promise<boolean> {
  say(`${chosen.length} faults; first the compiler, which must let them pass.`);
  const errors = await typeErrorsOf(chosen, directory, stopping.signal);
  for (const [{ name, file }, error] of errors) say(`REFUSED     ${name} (${file})\n            ${error}`);
  return errors.size === 0;
}

/** A test that fails anyway would seem to catch every fault. */
async function passesUnmutated(directory: string): Promise<boolean> {
  const files = [...new Set(chosen.flatMap(({ caughtBy }) => caughtBy))];
  say(`Then their ${files.length} test files without any fault.`);
  const run = await runTests(directory, {
    files,
    limitMs: UNMUTATED_LIMIT_MS,
    maxWorkers: atOnce === 1 ? 1 : undefined,
    signal: stopping.signal,
  });
  if (run.kind === 'passed') return true;
  say(
    `The tests do not pass as they are, so they can prove nothing:\n${run.kind === 'failed' ? `${run.test}\n` : ''}${run.why}`,
  );
  return false;
}

async function tryAll(): Promise<boolean> {
  const begun = performance.now();
  const waiting = [...chosen];
  const missed: Mutation[] = [];
  await Promise.all(
    copies.map(async (copy) => {
      for (let mutation = waiting.shift(); mutation; mutation = waiting.shift()) {
        if (!(await isCaught(mutation, copy))) missed.push(mutation);
      }
    }),
  );
  say(`\n${chosen.length - missed.length} of ${chosen.length} faults caught, ${seconds(performance.now() - begun)}`);
  for (const { name, file } of missed) say(`  NOT CAUGHT  ${name} (${file})`);
  return missed.length === 0;
}

async function isCaught(mutation: Mutation, copy: ProjectCopy): Promise<boolean> {
  const begun = performance.now();
  const run = await copy.withMutation(mutation, () =>
    runTests(copy.directory, {
      files: mutation.caughtBy,
      limitMs: MUTANT_LIMIT_MS,
      maxWorkers: 1,
      signal: stopping.signal,
    }),
  );
  tell(mutation, run, performance.now() - begun);
  return run.kind === 'failed';
}

function tell({ name, breaks }: Mutation, run: TestRun, durationMs: number): void {
  const verdict = { failed: 'caught', passed: 'SURVIVED', 'no verdict': 'NO VERDICT' }[run.kind];
  say(`${verdict.padEnd(10)}  ${breaks}: ${name}, ${seconds(durationMs)}`);
  if (run.kind === 'failed') say(`            by ${run.test}`);
  if (run.kind === 'no verdict') say(`            ${run.why}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function optionsFrom(commandLine: readonly string[]): { words: string[]; atOnce: number } {
  try {
    const { positionals, values } = parseArgs({
      args: [...commandLine],
      allowPositionals: true,
      options: { 'at-once': { type: 'string', default: '2' } },
    });
    const atOnce = Number(values['at-once']);
    if (!Number.isInteger(atOnce) || atOnce < 1) refuse(`${values['at-once']} is no whole number above 0`);
    return { words: positionals.map((word) => word.toLowerCase()), atOnce };
  } catch (error) {
    // What parseArgs says of an option that it does not know.
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}\n`);
  process.exit(2);
}
