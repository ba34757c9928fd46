import type { DeliveryFailure } from './delivery-failure.ts';

/** A message that a queue delivered to an invocation. */
export type ReceivedMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  /** How often the queue has delivered it, this time included. */
  receiveCount: number;
};

/** The receiving end of a queue of alerts. */
export interface AlertQueue {
  /** Hides the message for another `delayMs`; the invocation must also report it as failed, or Lambda deletes it. */
  returnToQueue(message: ReceivedMessage, delayMs: number): Promise<void>;
  /** Copies the message to the dead-letter queue with the reason as attributes. */
  deadLetter(
    message: ReceivedMessage,
    letter: { mailId: string | undefined; target: string; failure: DeliveryFailure },
  ): Promise<void>;
}
