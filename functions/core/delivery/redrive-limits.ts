import { HOUR_MS } from '../time.ts';
import { POST_TIMEOUT_MS, QUEUE_RETENTION_MS } from './delivery-limits.ts';

/** The limits of route checks and redrive, shared by the CDK stack, the local run, the command and the use cases. */

/** How long a check of all routes may take, redrive included; the next one continues with the rest. */
export const CHECK_TIMEOUT_MS = 10 * 60_000;

/** No batch is begun with less time left than this. */
export const REDRIVE_RESERVE_MS = 30_000;

/** Alerts that are requeued together, and the pause after them: 10,000 alerts in less than four minutes. */
export const REDRIVE_BATCH = 100;
export const REDRIVE_PAUSE_MS = 2_000;

/** How long redrive waits for the first post to show whether the target accepts it: as long as a post may take. */
export const PROOF_WAIT_MS = POST_TIMEOUT_MS;
export const PROOF_LOOK_EVERY_MS = 1_000;

/**
 * A dispatched alert is requeued automatically when its message is about to expire. Until then it waits in its queue,
 * and a second message would be useless. The margin of a day allows for a check that fails.
 */
export const EXPIRING_AFTER_MS = QUEUE_RETENTION_MS - 24 * HOUR_MS;
