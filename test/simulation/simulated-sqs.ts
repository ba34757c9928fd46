import { QUEUE_RETENTION_MS } from '../../functions/core/delivery/delivery-limits.ts';
import type { Clock } from '../../functions/core/time.ts';

/** What decides where SQS promises nothing. */
export type Dice = {
  /** A whole number, both ends included. */
  pick: (from: number, to: number) => number;
  /** Whether something happens that has this probability. */
  chance: (probability: number) => boolean;
};

export type SqsMessage<Attributes> = {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Attributes;
  sentAt: Date;
  /** This time included. */
  receiveCount: number;
};

export type SimulatedSqs<Attributes> = {
  /** @param sentAt where it comes from another queue, since that is when its retention began */
  send(body: string, attributes: Attributes, sentAt?: Date): void;
  /** At most `max` of the visible messages, hidden for so long. */
  receive(max: number, hiddenMs: number): SqsMessage<Attributes>[];
  /** Hides a message for `ms` from now on; one that has been received again meanwhile stays as it is. */
  hide(message: Receipt, ms: number): void;
  remove(message: Receipt): void;
  /** All messages, visible or not. */
  bodies(): string[];
  size(): number;
  purge(): void;
  /** The next message that is received is not hidden, and so comes again at once. */
  showNextTwice(): void;
  /** Resolves as soon as there is a message to receive. */
  whenVisible(): Promise<void>;
};

type Receipt = { messageId: string; receiptHandle: string };
type Stored<Attributes> = SqsMessage<Attributes> & { receipt: number; visibleAtMs: number };

/**
 * An SQS standard queue: messages that are received are hidden, and show themselves again; none lives longer than 14
 * days, counted from when it was sent first; no order that anyone may rely on, and now and then a message comes twice.
 */
export function simulatedSqs<Attributes>(
  clock: Clock,
  { pick, chance }: Dice,
  deliveredTwice = 0,
): SimulatedSqs<Attributes> {
  const messages = new Map<string, Stored<Attributes>>();
  let sleepers: (() => void)[] = [];
  let alarmAtMs = Number.POSITIVE_INFINITY;
  let sent = 0;
  let shownTwice = 0;
  /** No message that is there was sent before. */
  let oldestSentMs = Number.POSITIVE_INFINITY;
  const nowMs = () => clock.now().getTime();

  function forget(): void {
    if (nowMs() - oldestSentMs < QUEUE_RETENTION_MS) return;
    oldestSentMs = Number.POSITIVE_INFINITY;
    for (const { messageId, sentAt } of messages.values()) {
      if (nowMs() - sentAt.getTime() >= QUEUE_RETENTION_MS) messages.delete(messageId);
      else oldestSentMs = Math.min(oldestSentMs, sentAt.getTime());
    }
  }

  /** SQS deletes by message; an old receipt mostly works, and then not always. */
  function held({ messageId, receiptHandle }: Receipt): Stored<Attributes> | undefined {
    const stored = messages.get(messageId);
    return stored?.receiptHandle === receiptHandle ? stored : undefined;
  }

  function take(stored: Stored<Attributes>, hiddenMs: number): SqsMessage<Attributes> {
    stored.receiveCount += 1;
    stored.receipt += 1;
    stored.receiptHandle = String(stored.receipt);
    if (shownTwice > 0) shownTwice -= 1;
    else if (!chance(deliveredTwice)) stored.visibleAtMs = nowMs() + hiddenMs;
    const { messageId, receiptHandle, body, attributes, sentAt, receiveCount } = stored;
    return { messageId, receiptHandle, body, attributes, sentAt, receiveCount };
  }

  function nextVisibleAtMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { visibleAtMs } of messages.values()) nextMs = Math.min(nextMs, visibleAtMs);
    return nextMs;
  }

  /** Wakes whoever waits for a message, or sees to it that this is done in time. */
  function wake(): void {
    if (sleepers.length === 0) return;
    const nextMs = nextVisibleAtMs();
    if (nextMs <= nowMs()) {
      const woken = sleepers;
      sleepers = [];
      for (const sleeper of woken) sleeper();
    } else if (nextMs < alarmAtMs) {
      alarmAtMs = nextMs;
      void clock.wait(nextMs - nowMs()).then(() => {
        alarmAtMs = Number.POSITIVE_INFINITY;
        wake();
      });
    }
  }

  return {
    send(body, attributes, sentAt = clock.now()) {
      sent += 1;
      oldestSentMs = Math.min(oldestSentMs, sentAt.getTime());
      const messageId = `message-${sent}`;
      const unseen = { receiveCount: 0, receipt: 0, receiptHandle: '', visibleAtMs: nowMs() };
      messages.set(messageId, { messageId, body, attributes, sentAt, ...unseen });
      wake();
    },
    receive(max, hiddenMs) {
      forget();
      // Roughly the oldest first, as SQS does at its best.
      const oldest: Stored<Attributes>[] = [];
      for (const stored of messages.values()) {
        if (stored.visibleAtMs <= nowMs()) oldest.push(stored);
        if (oldest.length === 4 * max) break;
      }
      const batch: SqsMessage<Attributes>[] = [];
      while (batch.length < max && oldest.length > 0) {
        const [stored] = oldest.splice(pick(0, oldest.length - 1), 1);
        if (stored) batch.push(take(stored, hiddenMs));
      }
      return batch;
    },
    hide(message, ms) {
      const stored = held(message);
      if (!stored) return;
      stored.visibleAtMs = nowMs() + ms;
      wake();
    },
    remove(message) {
      if (held(message)) messages.delete(message.messageId);
    },
    bodies() {
      forget();
      return [...messages.values()].map(({ body }) => body);
    },
    size() {
      forget();
      return messages.size;
    },
    purge: () => messages.clear(),
    showNextTwice() {
      shownTwice += 1;
    },
    whenVisible: () =>
      new Promise((resolve) => {
        sleepers.push(resolve);
        wake();
      }),
  };
}
