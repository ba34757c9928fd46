import type { Clock } from '../../functions/core/time.ts';

/** A clock that stops until it is set, advanced, or waited on; waiting takes no time and moves it forward. */
export function fakeClock(start = new Date('2026-03-02T09:00:00.000Z')): Clock & {
  set(to: Date): void;
  advance(ms: number): void;
  /** How long each `wait` was asked to take, in order. */
  waits: readonly number[];
} {
  let nowMs = start.getTime();
  const waits: number[] = [];
  return {
    waits,
    now: () => new Date(nowMs),
    wait: async (ms) => {
      waits.push(ms);
      nowMs += ms;
    },
    set: (to) => {
      nowMs = to.getTime();
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
