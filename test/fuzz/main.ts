import { mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { answerCases } from './answers/answer-cases.ts';
import type { FuzzKind } from './fuzz-case.ts';
import type { Problem } from './fuzz-thread.ts';
import { mailCases } from './mails/mail-cases.ts';
import { runFuzz } from './run-fuzz.ts';

const USAGE = `npm run fuzz -- [--only mails|answers] [--seed N] [--cases M] [--case K]
  --seed   the same seed makes the same cases; by default a different one each time
  --cases  how many, a tenth of them answers; by default 100,000
  --case   only the case of this number, with --only and --seed of a finding`;

const number = z.coerce.number().int().nonnegative();
const optionsSchema = z.object({
  only: z.enum(['mails', 'answers']).optional(),
  seed: number.default(() => Date.now() % 1_000_000),
  cases: number.default(100_000),
  case: number.optional(),
});

/** Polls wait for servers, so a thread of polls costs half as much as one of emails. */
const SHARE_OF_ANSWERS = 0.1;

const say = (line: string) => process.stdout.write(`${line}\n`);

const options = optionsFrom(process.argv.slice(2));
const wanted = options.only ? [options.only] : (['mails', 'answers'] as const);
let found = 0;
for (const kind of wanted) found += await fuzz(kind);
process.exitCode = found > 0 ? 1 : 0;

/** Runs the cases of one kind and reports the results. Resolves to the number of findings. */
async function fuzz(kind: FuzzKind): Promise<number> {
  const { seed } = options;
  const cases = options.case === undefined ? casesOf(kind) : 1;
  const from = options.case ?? 0;
  say(`${kind}: ${cases} cases, seed ${seed}`);
  let told = performance.now();
  const report = await runFuzz({
    kind,
    seed,
    from,
    cases,
    threads: Math.min(cases, availableParallelism()),
    onProgress: (done) => {
      if (performance.now() - told < 10_000) return;
      told = performance.now();
      say(`  ${done} of ${cases}`);
    },
  });
  const { durationMs, findings } = report;
  const rate = Math.round((report.cases / durationMs) * 1_000);
  say(
    `  ${report.cases} cases in ${(durationMs / 1_000).toFixed(1)} s, ${rate} a second, findings: ${findings.length}`,
  );
  if (findings.length > 0) await tell(kind, findings);
  return findings.length;
}

async function tell(kind: FuzzKind, findings: readonly Problem[]): Promise<void> {
  const { seed } = options;
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-fuzz-'));
  const makeCase = await (kind === 'mails' ? mailCases() : answerCases());
  for (const { caseNumber, problem, input } of findings) {
    const fuzzCase = await makeCase(seed, caseNumber);
    const { what } = fuzzCase;
    const file = join(directory, `${kind}-${seed}-${caseNumber}`);
    await writeFile(file, Buffer.from(input || fuzzCase.input, 'latin1'));
    say(`\n${kind}, seed ${seed}, case ${caseNumber}: ${what}\n  ${problem.replaceAll('\n', '\n  ')}`);
    say(`  again: npm run fuzz -- --only ${kind} --seed ${seed} --case ${caseNumber}\n  input: ${file}`);
  }
}

function casesOf(kind: FuzzKind): number {
  if (options.only) return options.cases;
  const answers = Math.round(options.cases * SHARE_OF_ANSWERS);
  return kind === 'answers' ? answers : options.cases - answers;
}

function optionsFrom(argumentsGiven: string[]): z.infer<typeof optionsSchema> {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: argumentsGiven,
      options: { only: text, seed: text, cases: text, case: text },
    });
    const parsed = optionsSchema.safeParse(values);
    if (parsed.success) return parsed.data;
    process.stderr.write(`${z.prettifyError(parsed.error)}\n`);
  } catch (error) {
    // parseArgs rejects an unknown option.
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  }
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}
