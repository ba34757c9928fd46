import { MAX_RECEIVES, QUEUE_VISIBILITY_MS } from '../../functions/core/delivery/delivery-limits.ts';
import type { AlertQueue, Clock, ReceivedMessage } from '../../functions/core/ports.ts';

type Letter = Parameters<AlertQueue['deadLetter']>[1] | 'moved by the queue';
type Stored = { messageId: string; body: string; receiveCount: number; visibleAtMs: number; receipt: number };

export type SimulatedQueue = AlertQueue & {
  send(body: string): void;
  /** At most `max` of the visible messages, hidden from now on for the visibility time-out. */
  receive(max: number): ReceivedMessage[];
  /** As the event source does with what did not fail. */
  remove(message: ReceivedMessage): void;
  /** Takes all dead letters out of their queue. */
  takeDeadLetters(): { body: string; letter: Letter }[];
  size(): number;
};

/**
 * An SQS standard queue with its dead-letter queue: visibility, receive counts, redrive policy, no order that anyone may
 * rely on, and now and then a message delivered twice.
 *
 * @param chance says whether something happens that has this probability
 */
export function simulatedQueue(
  clock: Clock,
  {
    pick,
    chance,
    deliveredTwice = 0,
  }: { pick: (from: number, to: number) => number; chance: (probability: number) => boolean; deliveredTwice?: number },
): SimulatedQueue {
  const messages = new Map<string, Stored>();
  let deadLetters: { body: string; letter: Letter }[] = [];
  let sent = 0;
  const nowMs = () => clock.now().getTime();
  const held = ({ messageId, receiptHandle }: ReceivedMessage) => {
    const stored = messages.get(messageId);
    return stored && receiptHandle === String(stored.receipt) ? stored : undefined;
  };

  function take(stored: Stored): ReceivedMessage | undefined {
    if (stored.receiveCount >= MAX_RECEIVES) {
      messages.delete(stored.messageId);
      deadLetters.push({ body: stored.body, letter: 'moved by the queue' });
      return undefined;
    }
    stored.receiveCount += 1;
    stored.receipt += 1;
    if (!chance(deliveredTwice)) stored.visibleAtMs = nowMs() + QUEUE_VISIBILITY_MS;
    const { messageId, body, receiveCount, receipt } = stored;
    return { messageId, body, receiveCount, receiptHandle: String(receipt) };
  }

  return {
    send(body) {
      sent += 1;
      const messageId = `message-${sent}`;
      messages.set(messageId, { messageId, body, receiveCount: 0, visibleAtMs: nowMs(), receipt: 0 });
    },
    receive(max) {
      // Roughly the oldest first, as SQS does at its best.
      const oldest: Stored[] = [];
      for (const stored of messages.values()) {
        if (stored.visibleAtMs <= nowMs()) oldest.push(stored);
        if (oldest.length === 4 * max) break;
      }
      const batch: ReceivedMessage[] = [];
      while (batch.length < max && oldest.length > 0) {
        const [stored] = oldest.splice(pick(0, oldest.length - 1), 1);
        const received = stored && take(stored);
        if (received) batch.push(received);
      }
      return batch;
    },
    remove(message) {
      // SQS deletes by message; an old receipt mostly works, and then not always.
      if (held(message)) messages.delete(message.messageId);
    },
    takeDeadLetters() {
      const taken = deadLetters;
      deadLetters = [];
      return taken;
    },
    size: () => messages.size,

    async handBack(message, delayMs) {
      const stored = held(message);
      // SQS counts in whole seconds.
      if (stored) stored.visibleAtMs = nowMs() + Math.ceil(delayMs / 1000) * 1000;
    },
    async deadLetter({ body }, letter) {
      deadLetters.push({ body, letter });
    },
  };
}
