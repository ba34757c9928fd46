import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  MessageNotInflight,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { QUEUE_VISIBILITY_MS } from '../../core/delivery/delivery-limits.ts';
import { cutText } from '../../core/mail/displayed-text.ts';
import type { AlertQueue } from '../../core/records/alert-queue.ts';
import type { RightsOf } from '../rights.ts';

/**
 * SQS hides a message for at most 12 hours, counted from its receipt (ChangeMessageVisibility). The time since then is
 * at most the visibility time-out.
 */
const LONGEST_DELAY_MS = 12 * 60 * 60 * 1000 - QUEUE_VISIBILITY_MS;

/** Enough for a person to read; the ledger keeps the whole text. */
const ATTRIBUTE_CHARACTERS = 1_000;

/** The IAM actions of each method. The policies derive from it. */
export const ALERT_QUEUE_RIGHTS = {
  returnToQueue: { ownQueue: ['sqs:ChangeMessageVisibility'] },
  deadLetter: { ownDeadLetterQueue: ['sqs:SendMessage'] },
} as const satisfies RightsOf<AlertQueue>;

/** The receiving end of the queue of one route. */
export function sqsAlertQueue({
  client,
  queueUrl,
  deadLetterQueueUrl,
}: {
  client: SQSClient;
  queueUrl: string;
  deadLetterQueueUrl: string;
}): AlertQueue {
  return {
    async returnToQueue({ receiptHandle }, delayMs) {
      try {
        await client.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queueUrl,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: Math.ceil(Math.min(delayMs, LONGEST_DELAY_MS) / 1000),
          }),
        );
      } catch (error) {
        // Its visibility time-out has ended, so it is in the queue again: earlier than requested, but not lost.
        if (error instanceof MessageNotInflight) return;
        throw error;
      }
    },

    async deadLetter({ body }, { mailId, target, failure }) {
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterQueueUrl,
          MessageBody: body,
          MessageAttributes: attributesOf({
            reason: failure.text,
            kind: failure.kind,
            status: failure.status?.toString(),
            code: failure.code,
            target,
            failedAt: failure.at.toISOString(),
            mailId,
          }),
        }),
      );
    },
  };
}

/**
 * SQS refuses an attribute without a value, and characters that XML does not allow (SendMessage,
 * MessageAttributeValue).
 */
function attributesOf(values: Record<string, string | null | undefined>): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, cutText(printable(value ?? ''), ATTRIBUTE_CHARACTERS)] as const)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  );
}

function printable(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
}
