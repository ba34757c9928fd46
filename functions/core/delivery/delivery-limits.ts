/**
 * The limits of delivery from queue to chat service. The CDK stack, the local run and the use case share them, so that
 * a local test proves what is deployed.
 */

/** Alerts per invocation: as many as one Discord message can show (10 embeds). */
export const ALERTS_PER_BATCH = 10;

/**
 * How long an invocation may take. A claim's lease lasts as long, so an invocation that died blocks its alerts no
 * longer than that. After six times this time, its messages return from the queue: Discord still knows the nonce of its
 * post then.
 */
export const POST_TIMEOUT_MS = 28_000;

/** One request to the chat service with its answer. Normally it answers within a second. */
export const EXCHANGE_TIMEOUT_MS = 7_000;

/** Time for one exchange and its bookkeeping: with less time left, no request is begun and no wait is waited out. */
export const POST_RESERVE_MS = EXCHANGE_TIMEOUT_MS + 4_000;

/**
 * The longest wait of the chat service that is waited out in the invocation; a longer one returns its alerts to the
 * queue.
 */
export const SHORT_WAIT_MS = 9_000;

/**
 * Pauses before the post of a bot whose answer was lost is repeated in the same invocation, to be recognised by its
 * nonce: the queue may return it only after Discord has forgotten the nonce.
 */
export const REPEAT_PAUSES_MS = [500, 2_000] as const;

/** With less time left than this, no post of a bot is begun: time for an answer that never arrives, and one repeat. */
export const REPEATABLE_POST_RESERVE_MS = EXCHANGE_TIMEOUT_MS + REPEAT_PAUSES_MS[0] + POST_RESERVE_MS;

/**
 * After this many waits in a row, the times given by the service are ignored: each costs a request that may count as
 * invalid.
 */
export const WAITS_IN_A_ROW = 3;

/**
 * AWS recommends at least six times the function's time-out, so that SQS does not redeliver messages to a slow
 * invocation.
 */
export const QUEUE_VISIBILITY_MS = 6 * POST_TIMEOUT_MS;

/** Receives after which a post that cannot be delivered is dead-lettered: about three hours by `retry-wait.ts`. */
export const RETRY_RECEIVES = 20;

/**
 * Receives after which the queue itself dead-letters a message: for invocations that die of it and cannot do so. Far
 * more than the retries, since pauses and leases cost receives too without being failures.
 */
export const MAX_RECEIVES = 5 * RETRY_RECEIVES;

/** The minimum of SQS; Discord limits each channel, so more would only reach the limit sooner. */
export const POST_CONCURRENCY = 2;

/** The maximum of SQS. The ledger has older alerts. */
export const QUEUE_RETENTION_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * How long a target is treated as dead before it is tried again: at most one request a minute, so that ten thousand
 * waiting alerts stay far below the limit of invalid requests (10,000 in 10 minutes).
 */
export const DEAD_TARGET_MS = 60_000;

/**
 * For how long after its last sending a post whose answer was lost is repeated unchanged. Discord knows a nonce for "a
 * few minutes"; alerts that wait longer between tries are packed into new posts, so that those of an outage do not
 * return one by one.
 */
export const SAME_POST_MS = 5 * 60_000;
