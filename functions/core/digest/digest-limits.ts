import { POLL_TIMEOUT_MS } from '../poll/poll-limits.ts';

/** The numbers by which a digest judges and cuts. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An alert that waits longer is beyond what a queue retries by itself: a person must know. */
export const STALE_ALERT_MS = 6 * HOUR_MS;

/** Unknown mail that no segment holds after this time missed a digest. */
export const STALE_UNKNOWN_MS = 26 * HOUR_MS;

/** A mailbox that nobody has read for so long needs a person, whatever the reason: three missed polls, two hours at least. */
export function unreadLimitMs(everyMinutes: number): number {
  return Math.max(2 * HOUR_MS, 3 * everyMinutes * MINUTE_MS);
}

/** A failing connection often heals by itself; one that fails for so long does not. */
export const FAILING_MAILBOX_MS = HOUR_MS;

/** Mail dispatched before this, counted back from the digest, was in its segment when the digest listed the spool. */
export const HAND_OVER_MS = POLL_TIMEOUT_MS;

/** Unknown mails shown in the listing; the attachment has all. */
export const MAILS_SHOWN = 200;

/** Mails or lines shown of one thing that needs a person; the rest is counted. */
export const EXAMPLES_SHOWN = 10;

/**
 * Spool text that one digest carries; what is above stays pending for the next one. SES takes 40 MB a message after
 * base64 (SESv2 quotas), which is 30 MB of text, and a character is up to three bytes of UTF-8.
 */
export const CARRIED_CHARACTERS = 8_000_000;
