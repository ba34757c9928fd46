/** The limits of a poll, shared by the CDK stack, the local run and the use case. */

/** How long one poll may take; the next one continues with a backlog. */
export const POLL_TIMEOUT_MS = 5 * 60_000;

/** No new page is begun with less time left than this: enough to hand over the current page and move the watermark. */
export const POLL_RESERVE_MS = 30_000;

/**
 * With this little time left a poll times out, whatever it is waiting for, and records its failure: Lambda would end it
 * without a record. As long as one request to DynamoDB may take.
 */
export const FAILURE_RECORD_RESERVE_MS = 10_000;

/** A poll that reads also checks this many uids below the watermark: an email can become visible after a later one. */
export const LOOK_BACK_UIDS = 100;

/** Emails per page: one FETCH, one spool segment, one move of the watermark. */
export const MAILS_PER_PAGE = 500;
