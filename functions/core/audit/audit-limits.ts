import { POLL_RESERVE_MS } from '../poll/poll-limits.ts';
import { HOUR_MS } from '../time.ts';

/** The numbers of an audit, shared by the CDK stack, the local run, the digest and the use case. */

/** How long the audit of one mailbox may take: 100,000 mails that are accounted for take seconds. */
export const AUDIT_TIMEOUT_MS = 10 * 60_000;

/** Open entries are handed over as long as there is more time left than this: enough for those in hand and the report. */
export const OPEN_ENTRIES_RESERVE_MS = POLL_RESERVE_MS;

/** No new page of mails is begun with less time left than this, so that open entries have their turn. */
export const MAILS_RESERVE_MS = 2 * OPEN_ENTRIES_RESERVE_MS;

/** How far back an audit looks by itself. */
export const AUDIT_DAYS = 30;

/**
 * An alert that waits longer is beyond what a queue retries by itself: the retries of `RETRY_RECEIVES` end after about
 * three hours. Its poster does not run, or its message is gone.
 */
export const STALE_ALERT_MS = 6 * HOUR_MS;

/** Unknown mail that waits longer missed a digest, or its segment is gone. */
export const STALE_UNKNOWN_MS = 26 * HOUR_MS;

/** Findings that a report names; the rest is counted. */
export const FINDINGS_NAMED = 50;
