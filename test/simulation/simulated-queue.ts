import { unreadableIn } from '../../functions/core/delivery/dead-letters.ts';
import { MAX_RECEIVES, QUEUE_VISIBILITY_MS } from '../../functions/core/delivery/delivery-limits.ts';
import type { AlertQueue, ReceivedMessage } from '../../functions/core/records/alert-queue.ts';
import type { DeadLetter, DeadLetters, UnreadableLetter } from '../../functions/core/records/dead-letters.ts';
import type { Clock } from '../../functions/core/time.ts';
import { type Dice, type SqsMessage, simulatedSqs } from './simulated-sqs.ts';

type Letter = Parameters<AlertQueue['deadLetter']>[1] | 'moved by the queue';

/** As the adapter does: longer than a sift takes. */
const LETTERS_HIDDEN_MS = 300_000;
const LETTERS_PER_BATCH = 10;

/** The queue of one route with its dead-letter queue, at all their ends. */
export type SimulatedQueue = AlertQueue & {
  send(body: string): void;
  /** At most `max` of the visible messages, hidden from now on for the visibility time-out. */
  receive(max: number): ReceivedMessage[];
  /** As the event source does with what did not fail. */
  remove(message: ReceivedMessage): void;
  whenVisible(): Promise<void>;
  /** Takes all dead letters out of their queue. */
  takeDeadLetters(): { body: string; letter: Letter }[];
  /** The dead-letter queue as redrives and commands reach it, whichever route they name. */
  deadLetters: DeadLetters;
  size(): number;
  purge(): void;
  /** The next message that is received comes again at once. */
  deliverNextTwice(): void;
  /** The bodies of what lies in the queue and in the dead-letter queue, hidden or not. */
  bodies(): { waiting: string[]; dead: string[] };
};

/**
 * @param deliveredTwice how often a message is not hidden although it was received
 * @param onGivenUp told where the queue makes a message a dead letter by itself
 */
export function simulatedQueue(
  clock: Clock,
  { deliveredTwice = 0, onGivenUp = () => {}, ...dice }: Dice & { deliveredTwice?: number; onGivenUp?: () => void },
): SimulatedQueue {
  const messages = simulatedSqs<undefined>(clock, dice, deliveredTwice);
  const letters = simulatedSqs<Letter>(clock, dice);

  /** The redrive policy: instead of being received once more, a message moves with the time at which it was sent. */
  function isGivenUp(message: SqsMessage<undefined>): boolean {
    if (message.receiveCount <= MAX_RECEIVES) return false;
    messages.remove(message);
    letters.send(message.body, 'moved by the queue', message.sentAt);
    onGivenUp();
    return true;
  }

  /** As the adapter does it: shows everything, a few at a time, and deletes what `visit` gives back. */
  async function deleteWhere(
    visit: (received: readonly SqsMessage<Letter>[]) => Promise<readonly SqsMessage<Letter>[]>,
  ): Promise<void> {
    const kept: SqsMessage<Letter>[] = [];
    try {
      for (;;) {
        const received = letters.receive(LETTERS_PER_BATCH, LETTERS_HIDDEN_MS);
        if (received.length === 0) return;
        kept.push(...received);
        for (const removed of await visit(received)) {
          letters.remove(removed);
          kept.splice(kept.indexOf(removed), 1);
        }
      }
    } finally {
      for (const letter of kept) letters.hide(letter, 0);
    }
  }

  return {
    send: (body) => messages.send(body, undefined),
    receive: (max) =>
      messages
        .receive(max, QUEUE_VISIBILITY_MS)
        .filter((message) => !isGivenUp(message))
        .map(({ messageId, receiptHandle, body, receiveCount }) => ({ messageId, receiptHandle, body, receiveCount })),
    remove: messages.remove,
    whenVisible: messages.whenVisible,
    size: messages.size,
    purge: messages.purge,
    deliverNextTwice: messages.showNextTwice,
    bodies: () => ({ waiting: messages.bodies(), dead: letters.bodies() }),
    takeDeadLetters() {
      const taken = letters.receive(letters.size(), LETTERS_HIDDEN_MS);
      for (const letter of taken) letters.remove(letter);
      return taken.map(({ body, attributes: letter }) => ({ body, letter }));
    },

    // SQS counts in whole seconds.
    returnToQueue: async (message, delayMs) => messages.hide(message, Math.ceil(delayMs / 1000) * 1000),
    deadLetter: async ({ body }, letter) => letters.send(body, letter),

    deadLetters: {
      async deleteWhere(_route, visit) {
        await deleteWhere(async (received) => {
          const shown = new Map(received.map((message) => [deadLetterOf(message), message]));
          return (await visit([...shown.keys()])).flatMap((letter) => shown.get(letter) ?? []);
        });
      },
      async unreadable() {
        const found: UnreadableLetter[] = [];
        await deleteWhere(async (received) => {
          found.push(...received.flatMap((message) => unreadableIn(message.messageId, deadLetterOf(message))));
          return [];
        });
        return found;
      },
      async remove(_route, messageId) {
        let isRemoved = false;
        await deleteWhere(async (received) => {
          const removed = received.filter(
            (message) => message.messageId === messageId && unreadableIn(messageId, deadLetterOf(message)).length > 0,
          );
          isRemoved ||= removed.length > 0;
          return removed;
        });
        return isRemoved;
      },
    },
  };
}

function deadLetterOf({ body, attributes, sentAt }: SqsMessage<Letter>): DeadLetter {
  if (attributes === 'moved by the queue') return { body, mailId: undefined, failure: undefined, sentAt };
  const { mailId, failure } = attributes;
  return { body, mailId, failure, sentAt };
}
