import { POLL_RESERVE_MS } from '../poll/poll-limits.ts';
import { HOUR_MS } from '../time.ts';

/** The limits of an audit, shared by the CDK stack, the local run, the digest and the use case. */

/** How long the audit of one mailbox may take: 100,000 emails that are accounted for take seconds. */
export const AUDIT_TIMEOUT_MS = 10 * 60_000;

/** Open entries are handed over while more time is left than this: enough for the current ones and the report. */
export const OPEN_ENTRIES_RESERVE_MS = POLL_RESERVE_MS;

/** No new page of emails is begun with less time left than this, to leave time for open entries. */
export const MAILS_RESERVE_MS = 2 * OPEN_ENTRIES_RESERVE_MS;

/** How many days back an audit looks by default. */
export const AUDIT_DAYS = 30;

/**
 * An alert that waits longer can no longer be retried by its queue: the retries of `RETRY_RECEIVES` end after about
 * three hours. Either its poster does not run, or its message is gone.
 */
export const STALE_ALERT_MS = 6 * HOUR_MS;

/** Unknown email that waits longer missed a digest, or its segment is gone. */
export const STALE_UNKNOWN_MS = 26 * HOUR_MS;

/** Findings listed in a report; further ones are only counted. */
export const FINDINGS_NAMED = 50;
