import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, parse, relative } from 'node:path';
import { type Mutation, mutated } from './mutation.ts';

/** `functions/core/poll/poll.fault-3.ts(12,5): error TS2304: Cannot find name 'x'.` */
const TYPE_ERROR = /^(.+?)\(\d+,\d+\): error (TS\d+: .*)$/;

/**
 * What the compiler says of each fault that it would refuse: such a fault never gets as far as the tests, or breaks by
 * another way than its name says. All are compiled at once, each in a file of its own beside the one that it changes.
 */
export async function typeErrorsOf(
  mutations: readonly Mutation[],
  directory: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<Mutation, string>> {
  const places = new Map(mutations.map((mutation, index) => [placeOf(mutation, index), mutation]));
  try {
    for (const [place, mutation] of places) {
      const text = await readFile(join(directory, mutation.file), 'utf8');
      await writeFile(join(directory, place), mutated(text, mutation));
    }
    const errors = new Map<Mutation, string>();
    for (const line of (await compile(directory, signal)).split('\n')) {
      const [, file = '', error = ''] = TYPE_ERROR.exec(line) ?? [];
      const mutation = places.get(relative('', file));
      if (mutation && !errors.has(mutation)) errors.set(mutation, error);
    }
    return errors;
  } finally {
    for (const place of places.keys()) await rm(join(directory, place), { force: true });
  }
}

function placeOf({ file }: Mutation, index: number): string {
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
