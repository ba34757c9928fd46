import type { DeliveryOutcome } from '../discord/delivery-outcome.ts';
import type { Discord, DiscordTarget } from '../discord/discord.ts';
import type { PostStyle } from '../discord/post-packing.ts';
import type { RateLimitMemory } from '../discord/rate-limit-memory.ts';
import type { Handed, MethodLists } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import type { QueueMessage } from '../records/alert.ts';
import type { AlertQueue, ReceivedMessage } from '../records/alert-queue.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import type { Pauses } from '../records/pause.ts';
import type { Clock } from '../time.ts';

export type PostedRoute = PostStyle & { id: string };

type Ports = {
  ledger: Ledger;
  /** The ledger again, for which post last showed an alert. */
  sentPosts: Ledger;
  queue: AlertQueue;
  discord: Discord;
  pauses: Pauses;
};

/** What the poster of a webhook may call. Its policy derives from this list. */
export const POST_BY_WEBHOOK_PORTS = {
  ledger: ['claim', 'settle', 'recordFailure', 'recordDead'],
  queue: ['returnToQueue', 'deadLetter'],
  discord: ['post'],
  pauses: ['standing', 'pause'],
} as const satisfies MethodLists<Ports>;

/**
 * What the poster of a bot may call. A bot's post whose answer was lost is found again by its nonce, so the poster notes
 * and looks up which alerts it showed. Webhooks have no nonce.
 */
export const POST_BY_BOT_PORTS = {
  ...POST_BY_WEBHOOK_PORTS,
  sentPosts: ['find', 'beginPost'],
} as const satisfies MethodLists<Ports>;

export type PostServices = Handed<Ports, typeof POST_BY_WEBHOOK_PORTS> & {
  /** Undefined for a webhook. */
  sentPosts: Handed<Ports, typeof POST_BY_BOT_PORTS>['sentPosts'] | undefined;
  /** Outlives the invocation, where its process does. */
  rateLimits: RateLimitMemory;
  clock: Clock;
  journal: Journal;
  /** 0 (inclusive) to 1 (exclusive). */
  random: () => number;
};

/** The ledger, as the poster of this target may ask it for posts that were sent before. */
export function sentPostsOf<SentPosts>(target: DiscordTarget, ledger: SentPosts): SentPosts | undefined {
  return target.kind === 'bot' ? ledger : undefined;
}

/** An alert of this batch, as the queue delivered it and as it reads. */
export type Alert = { received: ReceivedMessage; message: QueueMessage };

/** No request was made: the target takes none yet, or no time is left. `failure` where Discord said why. */
export type NotSent = { kind: 'not sent'; afterMs: number; failure: DeliveryFailure | undefined };

/** What became of a post, sent or not. */
export type PostResult = DeliveryOutcome | NotSent;

/** What ends an invocation's posts: nothing more is sent to that target. */
export type StoppedBy = Exclude<PostResult, { kind: 'delivered' | 'refused' }>;

/** How a message of a batch ends: every one of them in exactly one of these. */
export type Ending =
  /** Discord has it, or a digest carried it. */
  | 'settled'
  /** It stays in the queue. */
  | 'returned'
  /** It is in the dead-letter queue, with the reason. */
  | 'dead';

/** By the id of the queue's message. */
export type Endings = ReadonlyMap<string, Ending>;

/** One invocation of a poster. */
export type Posting = {
  route: PostedRoute;
  services: PostServices;
  /** Names this invocation, so that its leases are its own. */
  holder: string;
  /** The time it has left, in milliseconds. */
  remainingMs: () => number;
  /** Of everything that it claims. */
  leaseEndsAt: Date;
};
