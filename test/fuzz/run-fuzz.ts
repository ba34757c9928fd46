import type { FuzzKind } from './fuzz-case.ts';
import { type FuzzThread, fuzzThread, type Problem, type RangeOutcome } from './fuzz-thread.ts';
import type { CaseRange } from './fuzz-worker.ts';

export type FuzzOptions = {
  kind: FuzzKind;
  seed: number;
  /** The first case's number. */
  from: number;
  cases: number;
  threads: number;
  /** Told after each stretch of cases. */
  onProgress?: (done: number) => void;
};

/** `cases` is how many ran: fewer than asked for where there were findings enough. */
export type FuzzReport = { cases: number; durationMs: number; findings: readonly Problem[] };

const CASES_AT_A_STRETCH = 250;

/** A fault that shows everywhere need not be shown everywhere. */
const ENOUGH_FINDINGS = 10;

/**
 * Runs cases by their numbers. What fails, hangs or crashes is run again alone, twice, and is a finding if it does so
 * each time: what only a busy machine brings about is none.
 */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { kind, seed, from, cases, threads, onProgress } = options;
  const begin = performance.now();
  const findings: Problem[] = [];
  const waiting = stretchesOf({ from, to: from + cases });
  let done = 0;

  const workThrough = async () => {
    const thread = enduringThread(kind, seed);
    const alone = enduringThread(kind, seed);
    for (let range = waiting.shift(); range && findings.length < ENOUGH_FINDINGS; range = waiting.shift()) {
      const outcome = await thread.run(range);
      findings.push(...(await confirmed(outcome, alone)));
      const end = endOf(range, outcome);
      if (end < range.to) waiting.unshift({ from: end, to: range.to });
      done += end - range.from;
      onProgress?.(done);
    }
    await Promise.all([thread.stop(), alone.stop()]);
  };
  await Promise.all(Array.from({ length: threads }, workThrough));
  findings.sort((one, other) => one.caseNumber - other.caseNumber);
  return { cases: done, durationMs: performance.now() - begin, findings };
}

/** A thread that is started again after a case that ended it. */
function enduringThread(kind: FuzzKind, seed: number): FuzzThread {
  let thread: FuzzThread | undefined;
  return {
    async run(range) {
      thread ??= await fuzzThread(kind, seed);
      const outcome = await thread.run(range);
      if (outcome.unclear?.isOver) thread = undefined;
      return outcome;
    },
    stop: async () => thread?.stop(),
  };
}

/** What is wrong with the cases under suspicion when each runs alone, and does again. */
async function confirmed({ findings, unclear }: RangeOutcome, alone: FuzzThread): Promise<Problem[]> {
  const suspects = new Set([...findings.map(({ caseNumber }) => caseNumber), ...(unclear?.suspects ?? [])]);
  const found: Problem[] = [];
  for (const caseNumber of suspects) {
    if (found.length >= ENOUGH_FINDINGS) break;
    const problem = (await problemOf(caseNumber, alone)) && (await problemOf(caseNumber, alone));
    if (problem) found.push(problem);
  }
  if (found.length === 0 && unclear && !unclear.isOver) found.push(byNoCaseAlone(unclear));
  return found;
}

/** An unhandled error is always reported: it would have ended a poll, whichever case caused it. */
function byNoCaseAlone({ problem, suspects }: NonNullable<RangeOutcome['unclear']>): Problem {
  const among = suspects.join(', ') || 'none';
  return {
    caseNumber: suspects[0] ?? 0,
    problem: `${problem}
by no case alone; under way: ${among}`,
    input: undefined,
  };
}

async function problemOf(caseNumber: number, alone: FuzzThread): Promise<Problem | undefined> {
  const { findings, unclear } = await alone.run({ from: caseNumber, to: caseNumber + 1 });
  return findings[0] ?? (unclear && { caseNumber, problem: unclear.problem, input: undefined });
}

/** A thread that was ended did not run the cases after those under way. */
function endOf({ from, to }: CaseRange, { unclear }: RangeOutcome): number {
  return unclear?.isOver ? Math.max(from, ...unclear.suspects) + 1 : to;
}

function stretchesOf({ from, to }: CaseRange): CaseRange[] {
  const stretches: CaseRange[] = [];
  for (let begin = from; begin < to; begin += CASES_AT_A_STRETCH) {
    stretches.push({ from: begin, to: Math.min(to, begin + CASES_AT_A_STRETCH) });
  }
  return stretches;
}
