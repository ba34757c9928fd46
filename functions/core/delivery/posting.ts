import type { Journal } from '../journal.ts';
import type { AlertQueue, Clock, Discord, Ledger, Pauses, ReceivedMessage } from '../ports.ts';
import type { DeliveryFailure, DeliveryOutcome } from './delivery-outcome.ts';
import type { PostStyle } from './post-packing.ts';
import type { QueueMessage } from './queue-message.ts';
import type { RateLimitMemory } from './rate-limit-memory.ts';

export type PostedRoute = PostStyle & { id: string };

export type PostServices = {
  ledger: Ledger;
  queue: AlertQueue;
  discord: Discord;
  pauses: Pauses;
  /** Outlives the invocation, where its process does. */
  rateLimits: RateLimitMemory;
  clock: Clock;
  journal: Journal;
  /** 0 (inclusive) to 1 (exclusive). */
  random: () => number;
};

/** An alert of this batch, as the queue delivered it and as it reads. */
export type Alert = { received: ReceivedMessage; message: QueueMessage };

/** No request was made: the target takes none yet, or no time is left. `failure` where Discord said why. */
export type NotSent = { kind: 'not sent'; afterMs: number; failure: DeliveryFailure | undefined };

/** What became of a post, sent or not. */
export type PostResult = DeliveryOutcome | NotSent;

/** One invocation, and what it knows: once halted, nothing more is sent to that target. */
export type Posting = {
  route: PostedRoute;
  services: PostServices;
  /** Names this invocation, so that its leases are its own. */
  holder: string;
  /** The time it has left, in milliseconds. */
  remainingMs: () => number;
  /** Of everything that it claims. */
  leaseEndsAt: Date;
  halted: Exclude<PostResult, { kind: 'delivered' | 'refused' }> | undefined;
  /** Messages that must stay in the queue. */
  handedBack: string[];
};
