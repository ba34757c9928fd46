import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Totals } from '../../../lib/local/totals.ts';

const MAIN = fileURLToPath(new URL('../../../lib/local/main.ts', import.meta.url));

export type Run = {
  exitCode: number | null;
  output: string;
  report: Totals | undefined;
  file(name: string): Promise<string>;
};

/** Runs `npm start -- --once …` as a user does, in a process of its own, and gives its report to `look`. */
export async function runOnce(options: readonly string[], look: (run: Run) => void | Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-run-'));
  const report = join(directory, 'report.json');
  const out = join(directory, 'out');
  try {
    const { exitCode, output } = await run(['--once', '--report', report, '--out', out, ...options]);
    await look({
      exitCode,
      output,
      report: JSON.parse(await readFile(report, 'utf8').catch(() => 'null')) ?? undefined,
      file: (name) => readFile(join(out, name), 'utf8'),
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Runs the program to its end. */
export async function run(options: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, output };
}
