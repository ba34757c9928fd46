import { type BatchResultErrorEntry, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { QueueMessage } from '../../core/records/alert.ts';
import { HandOverFailed, type RouteQueues } from '../../core/records/route-queues.ts';
import type { RightsOf } from '../rights.ts';

const MESSAGES_PER_BATCH = 10;

/** For a message, and for all messages of a batch together: 1 MiB (Amazon SQS API Reference, SendMessageBatch). */
const BATCH_BYTES = 1_048_576;

/** The IAM actions of each method. The policies derive from it. SQS authorizes a batch like its single calls. */
export const ROUTE_QUEUES_RIGHTS = {
  send: { routeQueues: ['sqs:SendMessage'] },
} as const satisfies RightsOf<RouteQueues>;

type Entry = { mailId: string; body: string; bytes: number };
type Refusal = Entry & { answer: BatchResultErrorEntry };

/**
 * The queues of the routes in SQS.
 *
 * @param queueUrls by the route's id
 */
export function sqsRouteQueues({
  client,
  queueUrls,
}: {
  client: SQSClient;
  queueUrls: Readonly<Record<string, string>>;
}): RouteQueues {
  /** Sends one batch and returns what was refused. */
  async function sendBatch(queueUrl: string, entries: readonly Entry[]): Promise<Refusal[]> {
    const { Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );
    return (Failed ?? []).flatMap((answer) => {
      const entry = entries[Number(answer.Id)];
      return entry ? [{ ...entry, answer }] : [];
    });
  }

  return {
    async send(route, messages) {
      const queueUrl = queueUrls[route];
      const fail = (refused: readonly { mailId: string }[], reason: string) =>
        new HandOverFailed(
          route,
          refused.map(({ mailId }) => ({ mailId, reason })),
        );
      if (!queueUrl) throw fail(messages, 'the route has no queue; deploy again');
      const entries = messages.map(entryOf);
      const tooLong = entries.filter(({ bytes }) => bytes > BATCH_BYTES);
      if (tooLong.length > 0) throw fail(tooLong, `longer than the ${BATCH_BYTES} bytes that SQS takes`);
      for (const batch of batchesOf(entries)) {
        const refused = await sendBatch(queueUrl, batch);
        // A batch is answered with 200 even if part of it was refused. Unless it is the sender's fault, it is tried
        // again.
        const again = refused.filter(({ answer }) => answer.SenderFault !== true);
        const lost = [
          ...refused.filter(({ answer }) => answer.SenderFault === true),
          ...(again.length > 0 ? await sendBatch(queueUrl, again) : []),
        ];
        if (lost.length > 0) throw new HandOverFailed(route, lost.map(reasonOf));
      }
    },
  };
}

function reasonOf({ mailId, answer }: Refusal): { mailId: string; reason: string } {
  return { mailId, reason: [answer.Code, answer.Message].filter(Boolean).join(': ') };
}

function batchesOf(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = [];
  let roomBytes = 0;
  for (const entry of entries) {
    const batch = batches.at(-1);
    if (batch && batch.length < MESSAGES_PER_BATCH && entry.bytes <= roomBytes) {
      batch.push(entry);
      roomBytes -= entry.bytes;
    } else {
      batches.push([entry]);
      roomBytes = BATCH_BYTES - entry.bytes;
    }
  }
  return batches;
}

function entryOf(message: QueueMessage): Entry {
  const body = bodyOf(message);
  return { mailId: message.mailId, body, bytes: Buffer.byteLength(body) };
}

/**
 * The message as JSON. SQS refuses a body with U+FFFE or U+FFFF (SendMessage, "unicode characters are allowed"), and an
 * email can contain them; the embedded server also refuses every surrogate pair, and so emoji. JSON can write them as
 * escapes, which are parsed to the same text.
 */
function bodyOf(message: QueueMessage): string {
  return JSON.stringify(message).replaceAll(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, escapeOf);
}

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}
