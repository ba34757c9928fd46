import type { Clock } from '../../functions/core/time.ts';

export type SimulatedTime = Clock & {
  /** Lets time pass until `isOver`, from one wait's end to the next; throws when nothing waits any more. */
  runUntil(isOver: () => boolean): Promise<void>;
  /**
   * Lets code that sets timers by itself live in this time too, until the function that is returned is called. Timers
   * that anyone else sets in between do as well.
   */
  takeOverTimers(): () => void;
};

type Wait = { endsAtMs: number; resolve: () => void };

const afterAllPromises = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Time in which many things wait at once and no wait takes any: whoever's wait ends first goes on first, and everything
 * that follows from it happens before the next one does.
 */
export function simulatedTime(start = new Date('2026-03-02T00:00:00.000Z')): SimulatedTime {
  let nowMs = start.getTime();
  /** The last one is the next to end. */
  const waits: Wait[] = [];

  function insert(ms: number, resolve: () => void): Wait {
    const wait = { endsAtMs: nowMs + Math.max(0, ms), resolve };
    let from = 0;
    let to = waits.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      // Of two that end together, the one that began first is next.
      if ((waits[middle] as Wait).endsAtMs > wait.endsAtMs) from = middle + 1;
      else to = middle;
    }
    waits.splice(from, 0, wait);
    return wait;
  }

  return {
    now: () => new Date(nowMs),
    wait: (ms) => new Promise((resolve) => insert(ms, resolve)),

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

    takeOverTimers() {
      const { setTimeout, clearTimeout } = globalThis;
      const isWaiting = (timer: unknown): timer is Wait => waits.includes(timer as Wait);
      Object.assign(globalThis, {
        setTimeout: (resolve: () => void, ms = 0) => insert(ms, resolve),
        clearTimeout: (timer: unknown) => {
          if (isWaiting(timer)) waits.splice(waits.indexOf(timer), 1);
        },
      });
      return () => Object.assign(globalThis, { setTimeout, clearTimeout });
    },
  };
}
