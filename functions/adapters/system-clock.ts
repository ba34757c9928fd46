import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/time.ts';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  wait: async (ms) => {
    await setTimeout(ms);
  },
};
