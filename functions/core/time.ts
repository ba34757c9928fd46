export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The clocks of two machines may differ by as much, and an INTERNALDATE has no fractions of a second. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** The time, in a form that a test can hold still. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds. */
  wait(ms: number): Promise<void>;
}
