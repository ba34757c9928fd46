import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { invoke, type SqsFunction } from './invocation.ts';
import { sqsEventOf } from './sqs-event.ts';

export type EventSourceOptions = {
  sqs: SQSClient;
  queueUrl: string;
  /** 1 to 10, the maximum that SQS returns at once. */
  batchSize: number;
  /** The maximum number of concurrent invocations. */
  concurrency: number;
  functionTimeoutMs: number;
  handler: SqsFunction;
  /** Called for everything that the loop tries again: a queue that does not answer, a batch that failed as a whole. */
  onError: (error: EventSourceError) => void;
};

export type EventSourceError =
  | { kind: 'queue'; text: string }
  /** These messages stay hidden until their visibility ends. */
  | { kind: 'function'; text: string; messageIds: readonly string[] };

/** The messages in the queue; `hidden` ones were received and are neither deleted nor visible again. */
type QueueCounts = { visible: number; hidden: number; delayed: number };

export type EventSource = {
  /**
   * Resolves when no invocation runs, a receive returned nothing and the queue's counts are `enough`: by default, when
   * the queue is completely empty. Messages that were returned with a delay count as `hidden`, so the default waits
   * until they are settled or dead letters. Rejects if the event source is stopped first.
   */
  idle(enough?: (counts: QueueCounts) => boolean): Promise<void>;
  /** Takes no further batch and resolves when the running invocations have ended. */
  stop(): Promise<void>;
};

const LONG_POLL_SECONDS = 1;
const PAUSE_AFTER_ERROR_MS = 1_000;
const PAUSE_WHILE_IDLE_IS_AWAITED_MS = 20;

/**
 * Polls a queue and invokes a function with its messages, by the rules of an SQS event source mapping: messages that
 * succeeded are deleted, those that failed stay hidden until their visibility ends, and the queue's own redrive policy
 * makes dead letters. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { sqs, queueUrl, onError } = options;
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let waiters: { enough: (counts: QueueCounts) => boolean; resolve: () => void; reject: (error: Error) => void }[] = [];

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (running.size < options.concurrency) await takeBatch();
        else await Promise.race(running);
      } catch (error) {
        onError({ kind: 'queue', text: `${queueUrl}: ${error}` });
        await pause(PAUSE_AFTER_ERROR_MS);
      }
    }
    await Promise.all(running);
    for (const waiter of waiters) waiter.reject(new Error(`${queueUrl} was not idle when its event source stopped`));
  }

  /** Only this function receives, so only it knows that no message is on its way to an invocation. */
  async function takeBatch(): Promise<void> {
    const messages = await receive();
    if (messages.length > 0) {
      const invocation = handle(messages).finally(() => running.delete(invocation));
      running.add(invocation);
    } else if (waiters.length > 0) {
      if (running.size === 0) await resolveWaiters();
      await pause(PAUSE_WHILE_IDLE_IS_AWAITED_MS);
    }
  }

  async function receive(): Promise<Message[]> {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: options.batchSize,
        WaitTimeSeconds: waiters.length > 0 ? 0 : LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages ?? [];
  }

  async function handle(messages: Message[]): Promise<void> {
    try {
      const event = sqsEventOf(messages, await queueArn());
      const result = await invoke(options.handler, event, options.functionTimeoutMs);
      if (result.kind === 'answered') {
        await remove(messages.filter(({ MessageId }) => !result.failedMessageIds.has(MessageId ?? '')));
      } else {
        const messageIds = event.Records.map(({ messageId }) => messageId);
        onError({ kind: 'function', text: `${queueUrl}: a batch failed: ${result.text}`, messageIds });
      }
    } catch (error) {
      onError({ kind: 'queue', text: `${queueUrl}: ${error}` });
    }
  }

  async function remove(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const { Failed } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    for (const { Id, Code, Message: text } of Failed ?? []) {
      const messageId = messages[Number(Id)]?.MessageId;
      onError({ kind: 'queue', text: `${queueUrl}: message ${messageId} was not deleted: ${Code} ${text}` });
    }
  }

  async function resolveWaiters(): Promise<void> {
    const counts = await countMessages();
    const ready = waiters.filter(({ enough }) => enough(counts));
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }

  async function countMessages(): Promise<QueueCounts> {
    const attributes = await readAttributes([
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ]);
    return {
      visible: Number(attributes.ApproximateNumberOfMessages),
      hidden: Number(attributes.ApproximateNumberOfMessagesNotVisible),
      delayed: Number(attributes.ApproximateNumberOfMessagesDelayed),
    };
  }

  let arn: string | undefined;
  async function queueArn(): Promise<string> {
    arn ??= (await readAttributes(['QueueArn'])).QueueArn ?? '';
    return arn;
  }

  async function readAttributes(AttributeNames: QueueAttributeName[]) {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }));
    return Attributes ?? {};
  }

  async function pause(ms: number): Promise<void> {
    // An aborted pause only means that there is nothing left to wait for.
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  const polling = poll();
  return {
    idle: (enough = isEmpty) =>
      new Promise((resolve, reject) => {
        if (stopping.signal.aborted) reject(new Error(`the event source of ${queueUrl} is stopped`));
        else waiters.push({ enough, resolve, reject });
      }),
    stop() {
      stopping.abort();
      return polling;
    },
  };
}

function isEmpty({ visible, hidden, delayed }: QueueCounts): boolean {
  return visible + hidden + delayed === 0;
}
