import { POLL_TIMEOUT_MS } from '../poll/poll-limits.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';

/** The numbers by which a digest judges and cuts. */

/** How long one invocation may take, shared by the CDK stack, the local run and the simulation. */
export const DIGEST_TIMEOUT_MS = 5 * MINUTE_MS;

/** How often a digest that waits for another one asks whether that one has ended. */
export const RUN_ASKED_AGAIN_MS = 5_000;

/**
 * A digest that has waited does not begin with less time left than this; a repeat has more. Lambda repeats a minute after
 * a death, and the lease of the dead ends with its time, so a first repeat has at least a minute left by then.
 */
export const DIGEST_RESERVE_MS = 30_000;

export { STALE_ALERT_MS, STALE_UNKNOWN_MS } from '../audit/audit-limits.ts';

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
 * Spool lines that one e-mail carries, in bytes of UTF-8; further e-mails of the same run carry the rest. SES takes 40 MB
 * a message after base64 (Service quotas in Amazon SES), but slows down what is above 10 MB, and many a receiver refuses
 * it (Postfix: 10,240,000 bytes by default). With the fullest listing beside it, the whole message stays below 10 MB.
 */
export const CARRIED_BYTES = 5_000_000;

/** E-mails that one run sends at most. Its time suffices for them; what is left then waits for the next run. */
export const MAILS_PER_RUN = 10;

/**
 * A digest counts what was accepted until so long ago. No poll and no audit runs so long, so whatever had been accepted
 * by then is written, and has had minutes to reach the index.
 */
export const SETTLED_MS = 15 * MINUTE_MS;

/** A dead-letter queue that takes longer to show its messages is reported instead; the digest does not wait for it. */
export const LETTERS_TIMEOUT_MS = 20_000;

/** The audit runs daily; after this time it has missed a run. */
export const AUDIT_OVERDUE_MS = 48 * HOUR_MS;
