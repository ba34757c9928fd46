import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join, parse, relative } from 'node:path';
import type { Change } from './source-files.ts';

/** `functions/core/poll/poll.fault-3.ts(12,5): error TS2304: Cannot find name 'x'.` */
const TYPE_ERROR = /^(.+?)\(\d+,\d+\): error (TS\d+: .*)$/;

/**
 * What the compiler says of each change that it would refuse: such a fault never gets as far as the tests, or breaks by
 * another way than its name says. All are compiled at once, each in a file of its own beside the one that it changes.
 */
export async function typeErrorsOf<Changed extends Change>(
  changes: readonly Changed[],
  directory: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<Changed, string>> {
  const places = new Map(changes.map((change, index) => [placeOf(change, index), change]));
  try {
    for (const [place, { text }] of places) await writeFile(join(directory, place), text);
    const errors = new Map<Changed, string>();
    for (const line of (await compile(directory, signal)).split('\n')) {
      const [, file = '', error = ''] = TYPE_ERROR.exec(line) ?? [];
      const change = places.get(relative('', file));
      if (change && !errors.has(change)) errors.set(change, error);
    }
    return errors;
  } finally {
    for (const place of places.keys()) await rm(join(directory, place), { force: true });
  }
}

function placeOf({ file }: Change, index: number): string {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.fault-${index}${ext}`);
}

async function compile(directory: string, signal: AbortSignal): Promise<string> {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const child = spawn(process.execPath, [compiler, '--project', '.', '--pretty', 'false'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  await once(child, 'close');
  return said;
}
