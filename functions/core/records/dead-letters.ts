import type { DeliveryFailure } from './delivery-failure.ts';

/** A message in the dead-letter queue of a route. */
export type DeadLetter = {
  body: string;
  /** Undefined if the letter does not say, because the queue itself moved it. */
  mailId: string | undefined;
  /** Why it was dead-lettered; undefined if the queue itself moved it. */
  failure: DeliveryFailure | undefined;
  /** When it was sent to this queue, or, if the queue itself moved it, to the queue it came from. */
  sentAt: Date;
};

/** A message of a dead-letter queue that names no email. */
export type UnreadableLetter = {
  messageId: string;
  sentAt: Date;
  /** Why it cannot be read. Like the body, it may quote the message. */
  reason: string;
  body: string;
};

/** The dead-letter queues of the routes. */
export interface DeadLetters {
  /** Passes every letter to `visit`, a few at a time, and deletes those that `visit` returns; the others stay. */
  deleteWhere(route: string, visit: (letters: readonly DeadLetter[]) => Promise<readonly DeadLetter[]>): Promise<void>;
  /** Messages of the dead-letter queue that name no email and cannot be redriven; they stay there. */
  unreadable(route: string): Promise<readonly UnreadableLetter[]>;
  /** Deletes one of the unreadable messages; false if the queue returns none with this id. */
  remove(route: string, messageId: string): Promise<boolean>;
}
