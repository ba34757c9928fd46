/**
 * The numbers of the way from queue to Discord. The CDK stack, the local run and the post use case all read them here,
 * so that what is proven on one machine is what is deployed.
 */

/** Alerts one invocation takes: as many as one Discord message can show (10 embeds). */
export const ALERTS_PER_BATCH = 10;

/** How long an invocation may take; a claim's lease lasts as long, so a dead invocation blocks nobody for longer. */
export const POST_TIMEOUT_MS = 60_000;

/** A wait that Discord names is waited out inside the invocation up to this; a longer one frees it for other alerts. */
export const SHORT_WAIT_MS = 10_000;

/** What a last post and its bookkeeping may take; no wait eats into it. */
export const POST_RESERVE_MS = 20_000;

/** SQS asks for at least six times the function's time-out, so that a slow invocation is not overtaken by a redelivery. */
export const QUEUE_VISIBILITY_MS = 6 * POST_TIMEOUT_MS;

/** Receives before a message is a dead letter. With the waits of `retry-wait.ts` it is about three hours. */
export const MAX_RECEIVES = 20;

/** The least SQS allows; Discord limits per channel, so more would only run into the limit sooner. */
export const POST_CONCURRENCY = 2;

/** SQS keeps nothing longer. What is older stands in the ledger. */
export const QUEUE_RETENTION_MS = 14 * 24 * 60 * 60 * 1000;
