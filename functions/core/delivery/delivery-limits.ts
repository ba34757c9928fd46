/**
 * The numbers of the way from queue to chat service. The CDK stack, the local run and the post use case all read them here,
 * so that what is proven on one machine is what is deployed.
 */

/** Alerts one invocation takes: as many as one Discord message can show (10 embeds). */
export const ALERTS_PER_BATCH = 10;

/**
 * How long an invocation may take; a claim's lease lasts as long, so a dead invocation blocks nobody for longer. Six
 * times as much later, what it left comes back from the queue: while Discord still knows the nonce of its post.
 */
export const POST_TIMEOUT_MS = 28_000;

/** One request to the chat service with its answer. It answers within a second, or is in trouble. */
export const EXCHANGE_TIMEOUT_MS = 7_000;

/** One exchange and its bookkeeping: no request is begun, and no wait is waited out, with less time left after it. */
export const POST_RESERVE_MS = EXCHANGE_TIMEOUT_MS + 4_000;

/** A wait that the chat service names is waited out inside the invocation up to this; a longer one frees it for other alerts. */
export const SHORT_WAIT_MS = 9_000;

/**
 * Pauses before a bot's post whose answer was lost is sent again in the same invocation, to be found by its nonce: the
 * queue may bring it back after Discord has forgotten that.
 */
export const REPEAT_PAUSES_MS = [500, 2_000] as const;

/** No post of a bot is begun with less time left than this: a first answer that never comes, and once again. */
export const REPEATABLE_POST_RESERVE_MS = EXCHANGE_TIMEOUT_MS + REPEAT_PAUSES_MS[0] + POST_RESERVE_MS;

/** Waits in a row after which the service's own times are not believed: each costs a request that may count as invalid. */
export const WAITS_IN_A_ROW = 3;

/** SQS asks for at least six times the function's time-out, so that a slow invocation is not overtaken by a redelivery. */
export const QUEUE_VISIBILITY_MS = 6 * POST_TIMEOUT_MS;

/** Receives after which a post that fails by no fault of its own is given up: about three hours by `retry-wait.ts`. */
export const RETRY_RECEIVES = 20;

/**
 * Receives before the queue itself makes a message a dead letter: where invocations die of it, and so cannot. Far above
 * the retries, since pauses and leases cost receives too and are nobody's failure.
 */
export const MAX_RECEIVES = 5 * RETRY_RECEIVES;

/** The least SQS allows; Discord limits per channel, so more would only run into the limit sooner. */
export const POST_CONCURRENCY = 2;

/** SQS keeps nothing longer. What is older stands in the ledger. */
export const QUEUE_RETENTION_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * How long a target that was found dead is believed to be: one request a minute at most, so that ten thousand parked
 * alerts stay far from the ban for invalid requests (10,000 in 10 minutes).
 */
export const DEAD_TARGET_MS = 60_000;

/**
 * How long after its last sending a post whose answer never came is sent again as it was. Discord knows a nonce for "a few
 * minutes"; what waits longer between its tries is packed anew, so that an outage's alerts do not come back one by one.
 */
export const SAME_POST_MS = 5 * 60_000;
