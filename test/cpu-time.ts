/** So many milliseconds are measured well. */
const LEAST_MS = 20;
const RUNS = 3;

/**
 * The CPU time that one call takes, in milliseconds: what else runs on the machine makes a test wait, and this no longer.
 * Short work is repeated until it can be measured; of several measurements the least counts.
 */
export function cpuMsOf(work: () => unknown): number {
  let rounds = 1;
  while (cpuMsOfRounds(work, rounds) < LEAST_MS) rounds *= 2;
  return Math.min(...Array.from({ length: RUNS }, () => cpuMsOfRounds(work, rounds))) / rounds;
}

function cpuMsOfRounds(work: () => unknown, rounds: number): number {
  const begun = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) work();
  return cpuMsSince(begun);
}

/** The CPU time of this process since then, in milliseconds. */
export function cpuMsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** Eight times as much to do, unless a test says otherwise. */
const TIMES = 8;

/** Between linear, which is `times`, and quadratic, which is its square. */
export function linearGrowth(times = TIMES): number {
  return times ** 1.5;
}

const MEASUREMENTS = 5;

/**
 * How many times as long work takes with so many times as much to do. What disturbs a measurement makes it differ, and what
 * grows too fast does so each time: the least of several counts, and the first that is small enough is enough.
 *
 * @param prepare what is not measured
 */
export function growthOf<Input>(
  prepare: (times: number) => Input,
  work: (input: Input) => unknown,
  { times = TIMES, enough = linearGrowth(times) }: { times?: number; enough?: number } = {},
): number {
  const [little, much] = [prepare(1), prepare(times)];
  let least = Number.POSITIVE_INFINITY;
  for (let measurement = 0; measurement < MEASUREMENTS && least > enough; measurement += 1) {
    // The little first: what the compiler has not optimized yet must not count for the much.
    cpuMsOf(() => work(little));
    const muchMs = cpuMsOf(() => work(much));
    least = Math.min(least, muchMs / cpuMsOf(() => work(little)));
  }
  return least;
}
