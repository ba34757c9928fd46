import { POLL_TIMEOUT_MS } from '../poll/poll-limits.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';

/** The limits of a digest. */

/** How long one invocation may take, shared by the CDK stack, the local run and the simulation. */
export const DIGEST_TIMEOUT_MS = 5 * MINUTE_MS;

/** How often a digest that waits for another one checks whether that one has ended. */
export const RUN_ASKED_AGAIN_MS = 5_000;

/**
 * A digest that has waited does not begin with less time left than this; a repeat has more. Lambda repeats a minute
 * after a crash, and the lease of the invocation that died ends with its time, so a first repeat has at least a minute
 * left by then.
 */
export const DIGEST_RESERVE_MS = 30_000;

export { STALE_ALERT_MS, STALE_UNKNOWN_MS } from '../audit/audit-limits.ts';

/**
 * A mailbox that was not read for this long needs attention, whatever the reason: three missed polls, but at least two
 * hours.
 */
export function unreadLimitMs(everyMinutes: number): number {
  return Math.max(2 * HOUR_MS, 3 * everyMinutes * MINUTE_MS);
}

/** A failing connection often recovers by itself; one that fails for this long does not. */
export const FAILING_MAILBOX_MS = HOUR_MS;

/** Email dispatched longer than this before the digest was in its segment when the digest listed the spool. */
export const HAND_OVER_MS = POLL_TIMEOUT_MS;

/** Unknown emails shown in the listing; the attachment has all. */
export const MAILS_SHOWN = 200;

/** Emails or lines shown per attention item; the rest is counted. */
export const EXAMPLES_SHOWN = 10;

/**
 * Spool lines per digest email, in bytes of UTF-8; further emails of the same run carry the rest. SES accepts 40 MB per
 * message after base64 (Service quotas in Amazon SES), but throttles messages above 10 MB, and many receivers refuse
 * them (Postfix: 10,240,000 bytes by default). Even with the longest listing, the whole message stays below 10 MB.
 */
export const CARRIED_BYTES = 5_000_000;

/** Maximum number of emails per run. There is time for that many; the rest waits for the next run. */
export const MAILS_PER_RUN = 10;

/**
 * A digest counts email accepted up to this long ago. No poll or audit runs that long, so everything accepted by then
 * is written, and has had minutes to reach the index.
 */
export const SETTLED_MS = 15 * MINUTE_MS;

/** If a dead-letter queue takes longer to return its messages, the digest does not wait, and reports that instead. */
export const LETTERS_TIMEOUT_MS = 20_000;

/** The audit runs daily; after this time it has missed a run. */
export const AUDIT_OVERDUE_MS = 48 * HOUR_MS;
