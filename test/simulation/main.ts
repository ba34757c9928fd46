import { parseArgs } from 'node:util';
import * as z from 'zod';
import { everyCall } from './every-call.ts';
import { FAULTS } from './invocation.ts';
import { runStretches } from './run-stretches.ts';
import { storyOf } from './story.ts';

const USAGE = `npm run simulate -- [--seed N] [--runs M]
npm run simulate -- --every-call
  --seed        the first seed; the same seed happens again exactly as it did.
                By default another one each time
  --runs        how many seeds, one after another; by default 10,000
  --every-call  instead of random weeks a small day, again and again:
                every call of it meets every fault`;

/** A fault that shows everywhere need not be shown everywhere. */
const ENOUGH_FINDINGS = 5;

const number = z.coerce.number().int().nonnegative();
const optionsSchema = z.object({
  seed: number.default(() => Date.now() % 1_000_000_000),
  runs: number.default(10_000),
  'every-call': z.boolean().default(false),
});

const say = (line: string) => process.stdout.write(`${line}\n`);

const options = optionsFrom(process.argv.slice(2));
const begin = performance.now();
let told = begin;
const findings = await (options['every-call'] ? everyCallWithEveryFault() : randomWeeks(options));
const seconds = (performance.now() - begin) / 1_000;
say(`${findings > 0 ? 'A PROMISE IS BROKEN' : 'every promise is kept'}, ${seconds.toFixed(1)} s`);
process.exitCode = findings > 0 ? 1 : 0;

/** @returns how many broke a promise */
async function randomWeeks({ seed, runs }: { seed: number; runs: number }): Promise<number> {
  say(`${runs} runs from seed ${seed}`);
  const stretch = { kind: 'random seeds', from: seed, to: seed + runs } as const;
  const findings = await runStretches(stretch, {
    atOnce: 20,
    enough: ENOUGH_FINDINGS,
    onProgress: (done) => onProgress(done, runs),
  });
  for (const finding of findings.slice(0, ENOUGH_FINDINGS)) {
    say('');
    for (const line of await storyOf(finding.number)) say(line);
    say(`again: npm run simulate -- --seed ${finding.number} --runs 1`);
  }
  return findings.length;
}

/** @returns how many broke a promise */
async function everyCallWithEveryFault(): Promise<number> {
  const calls = await everyCall();
  say(`${calls.length} calls, each with ${FAULTS.length} faults`);
  const stretch = { kind: 'calls, every fault', from: 0, to: calls.length } as const;
  const findings = await runStretches(stretch, {
    atOnce: 10,
    enough: ENOUGH_FINDINGS,
    onProgress: (done) => onProgress(done, calls.length),
  });
  for (const { title, broken } of findings) {
    say('');
    say(title);
    for (const { promise, what } of broken) say(`  ${promise}: ${what}`);
  }
  return findings.length;
}

function onProgress(done: number, of: number): void {
  if (performance.now() - told < 10_000) return;
  told = performance.now();
  say(`  ${done} of ${of}`);
}

function optionsFrom(argumentsGiven: string[]): z.infer<typeof optionsSchema> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: argumentsGiven,
      options: { seed: text, runs: text, 'every-call': { type: 'boolean' } },
    });
    const parsed = optionsSchema.safeParse(values);
    if (parsed.success) return parsed.data;
    process.stderr.write(`${z.prettifyError(parsed.error)}\n`);
  } catch (error) {
    // What parseArgs says of an option that it does not know.
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  }
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
