import type { QueueMessage } from '../records/alert.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { TargetStatus } from '../records/target-check.ts';

/** The content of a post; the service decides its appearance. */
export type ChatPost = {
  alerts: readonly QueueMessage[];
  /** `reduced`: one alert, showing where its email is instead of the email's text, since the full post was refused. */
  form: 'full' | 'reduced';
};

/** The result of a post: exactly one of four. */
export type PostOutcome =
  | { kind: 'delivered'; postId: string }
  | {
      kind: 'retry';
      /** Set if the service gave a time. */
      afterMs: number | undefined;
      /** Applies to all routes of the credential. */
      global: boolean;
      /** `possible`: it may have been saved, and only the answer was lost. */
      effect: 'none' | 'possible';
      failure: DeliveryFailure;
    }
  /** The service does not accept this content; another post to the same target may succeed. */
  | { kind: 'refused'; failure: DeliveryFailure }
  /** The target or its credential no longer exists. */
  | { kind: 'dead'; failure: DeliveryFailure };

/**
 * One route's connection to its chat service. Only its implementation knows what that service shows, its limits and its
 * error codes.
 */
export interface ChatPoster {
  /** Sorts alerts into as few posts as the limits allow, the oldest email first. */
  pack<Alert extends { message: QueueMessage }>(alerts: readonly Alert[]): Alert[][];
  /** Milliseconds until the target accepts another post; 0 if no limit is known. */
  waitMs(at: Date): number;
  /**
   * Sends one post, once. `freshSecret` bypasses the cache of the secret.
   *
   * @throws if the secret could not be read
   */
  post(post: ChatPost, options: { freshSecret: boolean }): Promise<PostOutcome>;
  /** Whether this failure may be due to a cached secret that has been replaced since. */
  mayBeStaleSecret(failure: DeliveryFailure): boolean;
}

/** The probe of one route's target. */
export interface ChatProbe {
  /**
   * Checks whether the target would accept a post, without posting.
   *
   * @throws if the secret could not be read, which says nothing about the target
   */
  probe(): Promise<TargetStatus>;
}
