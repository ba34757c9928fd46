import { spawn } from 'node:child_process';
import process from 'node:process';

/** As many lines of a failed program's output as help to see why it failed. */
const LINES_TOLD = 40;

export type Program = { cwd: string; environment: Readonly<Record<string, string>> };

/** For programs that have nothing to do with AWS. */
export function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote
 * @throws with its last lines, where it does not end with 0
 */
export async function run(command: string, parameters: readonly string[], program: Program): Promise<string> {
  const child = spawn(command, parameters, {
    cwd: program.cwd,
    env: program.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (exitCode === 0) return output;
  const lastLines = output.trimEnd().split('\n').slice(-LINES_TOLD).join('\n');
  throw new Error(`${command} ${parameters.join(' ')} ended with ${exitCode}:\n${lastLines}`);
}
