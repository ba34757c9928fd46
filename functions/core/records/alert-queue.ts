import type { DeliveryFailure } from './delivery-failure.ts';

/** A message that a queue delivered to an invocation. */
export type ReceivedMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  /** How often the queue has delivered it, this time included. */
  receiveCount: number;
};

/** The queue's end at which alerts are taken from. */
export interface AlertQueue {
  /** Hides the message for `delayMs` more; the invocation must also report it as failed, or Lambda deletes it. */
  returnToQueue(message: ReceivedMessage, delayMs: number): Promise<void>;
  /** Copies the message to the dead-letter queue with the reason as attributes. */
  deadLetter(
    message: ReceivedMessage,
    letter: { mailId: string | undefined; target: string; failure: DeliveryFailure },
  ): Promise<void>;
}
