import { parseArgs } from 'node:util';
import * as z from 'zod';
import { runStretches } from './run-stretches.ts';
import { storyOf } from './story.ts';

const USAGE = `npm run simulate -- [--seed N] [--runs M]
  --seed  the first seed; the same seed happens again exactly as it did. By default another one each time
  --runs  how many seeds, one after another; by default 10,000`;

/** A fault that shows everywhere need not be shown everywhere. */
const ENOUGH_FINDINGS = 5;

const number = z.coerce.number().int().nonnegative();
const optionsSchema = z.object({
  seed: number.default(() => Date.now() % 1_000_000_000),
  runs: number.default(10_000),
});

const say = (line: string) => process.stdout.write(`${line}\n`);

const { seed, runs } = optionsFrom(process.argv.slice(2));
say(`${runs} runs from seed ${seed}`);
const begin = performance.now();
let told = begin;
const findings = await runStretches(
  { kind: 'random seeds', from: seed, to: seed + runs },
  { atOnce: 20, enough: ENOUGH_FINDINGS, onProgress },
);
for (const finding of findings.slice(0, ENOUGH_FINDINGS)) {
  say('');
  for (const line of await storyOf(finding.number)) say(line);
  say(`again: npm run simulate -- --seed ${finding.number} --runs 1`);
}
const seconds = (performance.now() - begin) / 1_000;
say(`${findings.length > 0 ? 'A PROMISE IS BROKEN' : 'every promise is kept'}, ${seconds.toFixed(1)} s`);
process.exitCode = findings.length > 0 ? 1 : 0;

function onProgress(done: number): void {
  if (performance.now() - told < 10_000) return;
  told = performance.now();
  say(`  ${done} of ${runs}`);
}

function optionsFrom(argumentsGiven: string[]): z.infer<typeof optionsSchema> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ args: argumentsGiven, options: { seed: text, runs: text } });
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
