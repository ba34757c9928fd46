export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The maximum difference between the clocks of two machines; an INTERNALDATE also has no fractions of a second. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** The time, replaceable in tests. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds. */
  wait(ms: number): Promise<void>;
}
