import type { QueueMessage } from '../records/alert.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { TargetStatus } from '../records/target-check.ts';

/** A post, by what it shows: the service knows what that looks like. */
export type ChatPost = {
  alerts: readonly QueueMessage[];
  /** `reduced`: one alert, and where to find its email instead of any of its words, since the full post was refused. */
  form: 'full' | 'reduced';
};

/** What becomes of a post: exactly one of four. */
export type PostOutcome =
  | { kind: 'delivered'; postId: string }
  | {
      kind: 'retry';
      /** Where the service named a time. */
      afterMs: number | undefined;
      /** It holds for all routes of the credential. */
      global: boolean;
      /** `possible`: it may have been saved, and only the answer is lost. */
      effect: 'none' | 'possible';
      failure: DeliveryFailure;
    }
  /** The service does not take this content; another post to the same target may pass. */
  | { kind: 'refused'; failure: DeliveryFailure }
  /** The target or its credential is not there any more. */
  | { kind: 'dead'; failure: DeliveryFailure };

/** One route's way into its chat service. What that service shows, limits and means is known behind it and nowhere else. */
export interface ChatPoster {
  /** Sorts alerts into as few posts as the limits allow, the oldest email first. */
  pack<Alert extends { message: QueueMessage }>(alerts: readonly Alert[]): Alert[][];
  /** Milliseconds until the target takes another post; 0 where nothing is known against it. */
  waitMs(at: Date): number;
  /**
   * Sends one post, once. `freshSecret` reads the secret past the cache.
   *
   * @throws where the secret could not be read
   */
  post(post: ChatPost, options: { freshSecret: boolean }): Promise<PostOutcome>;
  /** Whether a secret that was renewed since it was cached would explain this failure. */
  mayBeStaleSecret(failure: DeliveryFailure): boolean;
}

/** One route's target, to be looked at. */
export interface ChatProbe {
  /**
   * Looks whether the target would take a post, without posting.
   *
   * @throws where the secret could not be read, which says nothing of the target
   */
  probe(): Promise<TargetStatus>;
}
