import { DAY_MS } from '../time.ts';
import type { SentDigest } from './run.ts';

/** The time that a digest counts: after `from`, and until `until`. */
export type DigestWindow = { from: Date; until: Date };

/** What the first digest counts; it is due on the day of the deployment. */
const FIRST_WINDOW_MS = 31 * DAY_MS;

/**
 * Each window begins where that of the previous digest ended, so every accepted email is in exactly one of them; if a
 * digest died before it recorded its window, the next one repeats it.
 *
 * @param settledMs how long before the digest windows end, in milliseconds: what was accepted by then is in the index
 */
export function windowOf(at: Date, settledMs: number, previous: SentDigest | undefined): DigestWindow {
  const until = new Date(at.getTime() - settledMs);
  const from = previous?.countedUntil ?? new Date(until.getTime() - FIRST_WINDOW_MS);
  return { from, until: until > from ? until : from };
}

export function isWithin(time: Date, { from, until }: DigestWindow): boolean {
  return time > from && time <= until;
}
