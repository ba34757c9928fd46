import type { ChatPoster, PostOutcome } from '../chat/chat-service.ts';
import type { ChatTarget } from '../chat/chat-target.ts';
import type { Handed, MethodLists } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import type { QueueMessage } from '../records/alert.ts';
import type { AlertQueue, ReceivedMessage } from '../records/alert-queue.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import type { Pauses } from '../records/pause.ts';
import type { Clock } from '../time.ts';

export type PostedRoute = { id: string; target: ChatTarget };

type Ports = {
  ledger: Ledger;
  /** The ledger again, to find the post that last showed an alert. */
  sentPosts: Ledger;
  queue: AlertQueue;
  /** Outlives the invocation if its process does. */
  chat: ChatPoster;
  pauses: Pauses;
};

/** What a poster may call. Its policy derives from this list. */
export const POST_PORTS = {
  ledger: ['claim', 'settle', 'recordFailure', 'recordDead'],
  queue: ['returnToQueue', 'deadLetter'],
  chat: ['pack', 'waitMs', 'post', 'mayBeStaleSecret'],
  pauses: ['active', 'pause'],
} as const satisfies MethodLists<Ports>;

/**
 * What a poster may call if a repeat is safe: a post whose answer was lost is repeated unchanged, so the poster records
 * and looks up which alerts it showed.
 */
export const REPEATABLE_POST_PORTS = {
  ...POST_PORTS,
  sentPosts: ['find', 'beginPost'],
} as const satisfies MethodLists<Ports>;

export type PostServices = Handed<Ports, typeof POST_PORTS> & {
  /** Undefined if no repeat is safe. */
  sentPosts: Handed<Ports, typeof REPEATABLE_POST_PORTS>['sentPosts'] | undefined;
  clock: Clock;
  journal: Journal;
  /** 0 (inclusive) to 1 (exclusive). */
  random: () => number;
};

/** The ledger, if the poster of this target may look up earlier posts in it. */
export function sentPostsOf<SentPosts>({ isRepeatSafe }: ChatTarget, ledger: SentPosts): SentPosts | undefined {
  return isRepeatSafe ? ledger : undefined;
}

/** An alert of this batch: the queue's message and its parsed content. */
export type Alert = { received: ReceivedMessage; message: QueueMessage };

/**
 * No request was made: the target accepts none yet, or no time is left. `failure` is set if the service gave a reason.
 */
export type NotSent = { kind: 'not sent'; afterMs: number; failure: DeliveryFailure | undefined };

/** The result of a post, sent or not. */
export type PostResult = PostOutcome | NotSent;

/** Why an invocation sends nothing more to that target. */
export type StoppedBy = Exclude<PostResult, { kind: 'delivered' | 'refused' }>;

/** How a message of a batch ends: every one in exactly one of these. */
export type Ending =
  /** The chat service has it, or a digest carried it. */
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
  /** The end of the leases of everything that it claims. */
  leaseEndsAt: Date;
};
