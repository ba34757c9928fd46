import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 250;

export type Print = (line: string) => void;

/** Runs one step of the story and prints it with its time; a failing one is printed as such and ends the story. */
export type Step = <T>(what: string, work: () => T | Promise<T>) => Promise<T>;

export function stepsTo(print: Print): Step {
  return async (what, work) => {
    const startedAt = performance.now();
    const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    try {
      const result = await work();
      print(`  ✓ ${what} (${seconds()})`);
      return result;
    } catch (error) {
      print(`  ✗ ${what} (${seconds()})`);
      throw error;
    }
  };
}

/**
 * Looks until the condition holds, and returns what it gave.
 *
 * @param look gives what was waited for, or a text that says what is still missing
 * @throws after `timeoutMs`, with the last such text
 */
export async function until<T extends object>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | string>,
): Promise<T> {
  const endsAtMs = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (typeof seen !== 'string') return seen;
    if (Date.now() > endsAtMs) throw new Error(`${what}: not within ${timeoutMs / 1000} s. ${seen}`);
    await sleep(LOOK_EVERY_MS);
  }
}
