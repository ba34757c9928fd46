import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { unreadableIn } from '../../core/delivery/dead-letters.ts';
import type { DeadLetter, DeadLetters, UnreadableLetter } from '../../core/records/dead-letters.ts';
import { type DeliveryFailure, deliveryFailureSchema } from '../../core/records/delivery-failure.ts';
import type { RightsOf } from '../rights.ts';

/**
 * Longer than `deleteWhere` takes, so that it receives no letter twice; if it dies, the letters return after this time.
 */
const HIDDEN_SECONDS = 300;

/** If a digest dies, Lambda repeats it after a minute; by then, the letters that it had read must be visible again. */
const READING_SECONDS = 60;

/**
 * Long polling queries all of SQS's servers. Short polling may find nothing although there is something
 * (ReceiveMessage).
 */
const LONG_POLL_SECONDS = 1;

const LETTERS_PER_BATCH = 10;

/** The attributes that `sqsAlertQueue` writes to a letter. */
const attributesSchema = z.object({
  kind: deliveryFailureSchema.shape.kind,
  reason: z.string(),
  status: z.coerce.number().int().optional(),
  code: z.string().optional(),
  failedAt: deliveryFailureSchema.shape.at,
});

/** The IAM actions of each method. The policies derive from it. SQS authorizes a batch like its single calls. */
export const DEAD_LETTERS_RIGHTS = {
  deleteWhere: { deadLetterQueues: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'] },
  unreadable: { deadLetterQueues: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'] },
  remove: { deadLetterQueues: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'] },
} as const satisfies RightsOf<DeadLetters>;

type Received = { letter: DeadLetter; messageId: string; receiptHandle: string };

/**
 * The dead-letter queues of the routes in SQS.
 *
 * @param queueUrls by the route's id
 */
export function sqsDeadLetters({
  client,
  queueUrls,
}: {
  client: SQSClient;
  queueUrls: Readonly<Record<string, string>>;
}): DeadLetters {
  async function receive(queueUrl: string, hiddenSeconds: number): Promise<Received[]> {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: LETTERS_PER_BATCH,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['SentTimestamp'],
        MessageAttributeNames: ['All'],
      }),
    );
    return (Messages ?? []).map(receivedOf);
  }

  async function deleteLetters(queueUrl: string, letters: readonly Received[]): Promise<void> {
    if (letters.length === 0) return;
    const { Failed } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: letters.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle })),
      }),
    );
    // A batch is answered with 200 even if part of it was refused.
    const [refused] = Failed ?? [];
    if (refused)
      throw new Error(`SQS did not delete ${Failed?.length} dead letters: ${refused.Code} ${refused.Message}`);
  }

  /** Hidden messages are not counted: the alarm would end and start again. */
  async function show(queueUrl: string, letters: readonly Received[]): Promise<void> {
    for (let from = 0; from < letters.length; from += LETTERS_PER_BATCH) {
      const Entries = letters
        .slice(from, from + LETTERS_PER_BATCH)
        .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }));
      // If this is refused, the letter becomes visible again when its time is over.
      await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  /** Passes every message to `visit`, a few at a time, and deletes those that `visit` returns. */
  async function deleteWhere(
    route: string,
    visit: (received: readonly Received[]) => Promise<readonly Received[]>,
    hiddenSeconds = HIDDEN_SECONDS,
  ): Promise<void> {
    const queueUrl = queueUrls[route];
    if (!queueUrl) throw new Error(`The route ${route} has no dead-letter queue; deploy again.`);
    const kept = new Map<string, Received>();
    try {
      for (;;) {
        const received = await receive(queueUrl, hiddenSeconds);
        const fresh = received.filter(({ messageId }) => !kept.has(messageId));
        // The queue is empty, or the letters that were kept are received again.
        if (fresh.length === 0) return;
        for (const one of fresh) kept.set(one.messageId, one);
        const removed = await visit(fresh);
        await deleteLetters(queueUrl, removed);
        for (const { messageId } of removed) kept.delete(messageId);
      }
    } finally {
      await show(queueUrl, [...kept.values()]);
    }
  }

  return {
    async deleteWhere(route, visit) {
      await deleteWhere(route, async (received) => {
        const removable = new Set(await visit(received.map(({ letter }) => letter)));
        return received.filter(({ letter }) => removable.has(letter));
      });
    },

    async unreadable(route) {
      const found: UnreadableLetter[] = [];
      const collect = async (received: readonly Received[]) => {
        found.push(...received.flatMap(({ messageId, letter }) => unreadableIn(messageId, letter)));
        return [];
      };
      await deleteWhere(route, collect, READING_SECONDS);
      return found;
    },

    async remove(route, messageId) {
      let isRemoved = false;
      await deleteWhere(route, async (received) => {
        const meant = received.filter((one) => one.messageId === messageId);
        const unreadable = meant.filter(({ letter }) => unreadableIn(messageId, letter).length > 0);
        isRemoved ||= unreadable.length > 0;
        return unreadable;
      });
      return isRemoved;
    },
  };
}

function receivedOf({
  MessageId = '',
  ReceiptHandle = '',
  Body = '',
  Attributes,
  MessageAttributes,
}: Message): Received {
  const attributes = Object.fromEntries(
    Object.entries(MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue]),
  );
  const letter: DeadLetter = {
    body: Body,
    mailId: attributes.mailId,
    failure: failureOf(attributes),
    sentAt: new Date(Number(Attributes?.SentTimestamp)),
  };
  return { letter, messageId: MessageId, receiptHandle: ReceiptHandle };
}

function failureOf(attributes: Readonly<Record<string, string | undefined>>): DeliveryFailure | undefined {
  const parsed = attributesSchema.safeParse(attributes);
  if (!parsed.success) return undefined;
  const { kind, reason, status, code, failedAt } = parsed.data;
  return { kind, status: status ?? null, code: code ?? null, text: reason, at: failedAt };
}
