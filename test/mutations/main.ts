import { parseArgs } from 'node:util';
import * as z from 'zod';
import { FAULTS } from './faults.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';
import { tryRandom } from './random/try-random.ts';
import { tryFaults } from './try-faults.ts';

const USAGE = `npm run mutate -- [words]     tries the deliberate faults whose name contains all these words;
                              by default all
npm run mutate -- --random N  tries N small changes that a seed chooses
  --seed N                    the same seed chooses the same changes of the same code;
                              by default a different one each time
  --at-once N                 how many at the same time (2)`;

const number = z.coerce.number().int().positive();
const optionsSchema = z.object({
  random: number.optional(),
  seed: number.default(() => Date.now() % 1_000_000_000),
  'at-once': number.default(2),
});

const say = (line: string) => void process.stdout.write(`${line}\n`);

const { words, random, seed, 'at-once': atOnce } = optionsFrom(process.argv.slice(2));
const chosen = FAULTS.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
if (chosen.length === 0) refuse(`No fault is called so: ${words.join(' ')}`);

const stopping = new AbortController();
// More than once: tsx passes on what the terminal sends to both.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
const copies: ProjectCopy[] = [];
try {
  for (let copied = 0; copied < atOnce; copied += 1) copies.push(await copyProject());
  const surroundings = { copies, say, signal: stopping.signal };
  const areAllCaught = random
    ? await tryRandom({ count: random, seed }, surroundings)
    : await tryFaults(chosen, surroundings);
  process.exitCode = areAllCaught ? 0 : 1;
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  await Promise.all(copies.map((copy) => copy.remove()));
}

function optionsFrom(commandLine: readonly string[]): z.infer<typeof optionsSchema> & { words: string[] } {
  const text = { type: 'string' } as const;
  try {
    const { positionals, values } = parseArgs({
      args: [...commandLine],
      allowPositionals: true,
      options: { random: text, seed: text, 'at-once': text },
    });
    const parsed = optionsSchema.safeParse(values);
    if (!parsed.success) return refuse(z.prettifyError(parsed.error));
    return { words: positionals.map((word) => word.toLowerCase()), ...parsed.data };
  } catch (error) {
    // parseArgs rejects an unknown option.
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n${USAGE}\n`);
  process.exit(2);
}
