import type { Plan } from './plan.ts';
import type { Broken } from './promises/broken.ts';
import { brokenPromises } from './promises/check-promises.ts';
import { simulate, type Teller } from './simulate.ts';

/**
 * What a plan breaks; nothing where it breaks nothing. An error that nobody took breaks P4: whatever failed there, nobody
 * was told, and in Lambda it ends the process.
 */
export async function judged(plan: Plan, tell?: Teller): Promise<Broken[]> {
  const stray: unknown[] = [];
  const note = (error: unknown) => stray.push(error);
  process.on('unhandledRejection', note);
  try {
    const broken = brokenPromises(await simulate(plan, tell));
    return [
      ...broken,
      ...stray.map((error) => ({ promise: 'P4', what: `an error that nobody took: ${error}` }) as const),
    ];
  } finally {
    process.off('unhandledRejection', note);
  }
}
