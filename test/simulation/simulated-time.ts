import { setImmediate as afterAllPromises } from 'node:timers/promises';
import type { Clock } from '../../functions/core/ports.ts';

export type SimulatedTime = Clock & {
  /** Lets time pass until `isOver`, from one wait's end to the next; throws when nothing waits any more. */
  runUntil(isOver: () => boolean): Promise<void>;
};

/**
 * Time in which many things wait at once and no wait takes any: whoever's wait ends first goes on first, and everything
 * that follows from it happens before the next one does.
 */
export function simulatedTime(start = new Date('2026-03-02T00:00:00.000Z')): SimulatedTime {
  let nowMs = start.getTime();
  let started = 0;
  const waits: { endsAtMs: number; order: number; resolve: () => void }[] = [];

  /** The last one is the next to end. */
  function insert(wait: (typeof waits)[number]): void {
    const later = (other: typeof wait) =>
      other.endsAtMs - wait.endsAtMs > 0 || (other.endsAtMs === wait.endsAtMs && other.order < wait.order);
    const index = waits.findLastIndex(later);
    waits.splice(index + 1, 0, wait);
  }

  return {
    now: () => new Date(nowMs),
    wait: (ms) =>
      new Promise((resolve) => {
        started += 1;
        insert({ endsAtMs: nowMs + Math.max(0, ms), order: started, resolve });
      }),
    async runUntil(isOver) {
      for (;;) {
        await afterAllPromises();
        if (isOver()) return;
        const next = waits.pop();
        if (!next) throw new Error('The simulation stands still: nothing waits, and it is not over.');
        nowMs = next.endsAtMs;
        next.resolve();
      }
    },
  };
}
