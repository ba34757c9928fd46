import type { DeliveryFailure } from './delivery-failure.ts';

/** A message in the dead-letter queue of a route. */
export type DeadLetter = {
  body: string;
  /** Undefined where the letter does not say, because the queue moved it by itself. */
  mailId: string | undefined;
  /** Why it was given up; undefined where the queue moved it by itself. */
  failure: DeliveryFailure | undefined;
  /** When it was put into this queue, or, where the queue moved it by itself, into the queue it came from. */
  sentAt: Date;
};

/** A message of a dead-letter queue that names no email. */
export type UnreadableLetter = {
  messageId: string;
  sentAt: Date;
  /** Why it cannot be read. Like the body, it may quote what is in the message. */
  reason: string;
  body: string;
};

/** The dead-letter queues of the routes. */
export interface DeadLetters {
  /** Shows every letter, a few at a time, and deletes those that `visit` gives back; the others stay where they are. */
  deleteWhere(route: string, visit: (letters: readonly DeadLetter[]) => Promise<readonly DeadLetter[]>): Promise<void>;
  /** Messages of the dead-letter queue that name no email, so that no redrive can take them; they stay where they are. */
  unreadable(route: string): Promise<readonly UnreadableLetter[]>;
  /** Deletes one of the unreadable messages; false where the queue shows none with this id. */
  remove(route: string, messageId: string): Promise<boolean>;
}
