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
  /** The ledger again, for which post last showed an alert. */
  sentPosts: Ledger;
  queue: AlertQueue;
  /** Outlives the invocation, where its process does. */
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
 * What a poster may call where a repeat is safe: a post whose answer was lost is sent again as it was, so the poster notes
 * and looks up which alerts it showed.
 */
export const REPEATABLE_POST_PORTS = {
  ...POST_PORTS,
  sentPosts: ['find', 'beginPost'],
} as const satisfies MethodLists<Ports>;

export type PostServices = Handed<Ports, typeof POST_PORTS> & {
  /** Undefined where no repeat is safe. */
  sentPosts: Handed<Ports, typeof REPEATABLE_POST_PORTS>['sentPosts'] | undefined;
  clock: Clock;
  journal: Journal;
  /** 0 (inclusive) to 1 (exclusive). */
  random: () => number;
};

/** The ledger, as the poster of this target may ask it for posts that were sent before. */
export function sentPostsOf<SentPosts>({ isRepeatSafe }: ChatTarget, ledger: SentPosts): SentPosts | undefined {
  return isRepeatSafe ? ledger : undefined;
}

/** An alert of this batch, as the queue delivered it and as it reads. */
export type Alert = { received: ReceivedMessage; message: QueueMessage };

/** No request was made: the target takes none yet, or no time is left. `failure` where the service said why. */
export type NotSent = { kind: 'not sent'; afterMs: number; failure: DeliveryFailure | undefined };

/** What became of a post, sent or not. */
export type PostResult = PostOutcome | NotSent;

/** What ends an invocation's posts: nothing more is sent to that target. */
export type StoppedBy = Exclude<PostResult, { kind: 'delivered' | 'refused' }>;

/** How a message of a batch ends: every one of them in exactly one of these. */
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
  /** Of everything that it claims. */
  leaseEndsAt: Date;
};
