import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';

export type TestRun =
  | { kind: 'passed' }
  | { kind: 'failed'; test: string; why: string }
  /** No test failed, and yet the run did not pass: it hung, or a file could not even be loaded. */
  | { kind: 'no verdict'; why: string };

type TestRunOptions = {
  /** Below `test/`. */
  files: readonly string[];
  /** A run that takes longer is ended. */
  limitMs: number;
  /** Test files that run at the same time; as many as vitest chooses where undefined. */
  maxWorkers: number | undefined;
  signal: AbortSignal;
};

const REPORT = 'test-report.json';
const WHY_CHARACTERS = 300;

/** The report of vitest's reporter `json`, which follows Jest's. */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});
type Report = z.infer<typeof reportSchema>;

/**
 * Runs test files of a project with vitest, in processes of their own, up to the first test that fails.
 *
 * @throws the signal's reason, where it ended the run
 */
export async function runTests(directory: string, options: TestRunOptions): Promise<TestRun> {
  const { files, limitMs, maxWorkers, signal } = options;
  const report = join(directory, REPORT);
  await rm(report, { force: true });
  signal.throwIfAborted();
  const child = spawn(
    process.execPath,
    [
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...['--config', join('test', 'vitest.config.ts'), '--no-cache', '--bail', '1'],
      ...['--reporter', 'json', '--outputFile', report],
      ...(maxWorkers === undefined ? [] : ['--maxWorkers', String(maxWorkers)]),
      ...files.map((file) => join('test', file)),
    ],
    // A group of its own, so that a worker which hangs in a loop can be ended with the rest.
    { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  let said = '';
  child.stderr.on('data', (data) => {
    said = `${said}${data}`.slice(-WHY_CHARACTERS);
  });
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  let isOverdue = false;
  const limit = setTimeout(() => {
    isOverdue = true;
    end();
  }, limitMs);
  signal.addEventListener('abort', end);
  try {
    const [code] = await once(child, 'close');
    signal.throwIfAborted();
    if (isOverdue) return { kind: 'no verdict', why: `the tests did not end within ${limitMs / 1000} s` };
    return verdictOf(await reportAt(report), directory) ?? passedOrNot(code, said);
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', end);
  }
}

async function reportAt(path: string): Promise<Report | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : reportSchema.parse(JSON.parse(text));
}

/** Undefined where every file that ran is fine. */
function verdictOf(report: Report | undefined, directory: string): TestRun | undefined {
  const inFiles = report?.testResults ?? [];
  for (const { name, assertionResults } of inFiles) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (!failed) continue;
    const test = `${relative(join(directory, 'test'), name)}: ${failed.fullName}`;
    return { kind: 'failed', test, why: firstWords(failed.failureMessages?.[0]) };
  }
  const unloaded = inFiles.find(({ status }) => status === 'failed');
  if (!unloaded) return undefined;
  const file = relative(join(directory, 'test'), unloaded.name);
  return { kind: 'no verdict', why: `${file} failed as a whole: ${firstWords(unloaded.message)}` };
}

function passedOrNot(code: unknown, said: string): TestRun {
  return code === 0 ? { kind: 'passed' } : { kind: 'no verdict', why: `vitest ended with ${code}: ${said.trim()}` };
}

function firstWords(text: string | null | undefined): string {
  return (text ?? '').split('\n', 1).join().slice(0, WHY_CHARACTERS);
}
