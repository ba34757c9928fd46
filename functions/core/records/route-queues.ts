import type { QueueMessage } from './alert.ts';

/** Sends alerts to the queue of their route. */
export interface RouteQueues {
  /** Sends in batches of ten; throws `HandOverFailed` if the queue did not take every one of them. */
  send(route: string, messages: readonly QueueMessage[]): Promise<void>;
}

/**
 * A queue did not take every alert. A poll's watermark stays, so the next poll hands the email over again; so does an
 * audit.
 */
export class HandOverFailed extends Error {
  override readonly name = 'HandOverFailed';
  readonly route: string;
  readonly mailIds: readonly string[];
  readonly reasons: readonly string[];

  /** @param refused what was not taken, and why; at least one */
  constructor(route: string, refused: readonly { mailId: string; reason: string }[]) {
    const reasons = [...new Set(refused.map(({ reason }) => reason))];
    super(
      `The queue of route ${route} did not take ${refused.length} alerts: ${reasons.join('; ')}. ` +
        'They stay in the ledger and the next poll or audit hands them over again.',
    );
    this.route = route;
    this.mailIds = refused.map(({ mailId }) => mailId);
    this.reasons = reasons;
  }
}
