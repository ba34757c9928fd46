import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { createAuditInbox } from '../../functions/audit-inbox/handler.ts';
import { createCheckRoutes } from '../../functions/check-routes/handler.ts';
import { AUDIT_TIMEOUT_MS } from '../../functions/core/audit/audit-limits.ts';
import { ALERTS_PER_BATCH, POST_CONCURRENCY, POST_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import { CHECK_TIMEOUT_MS } from '../../functions/core/delivery/redrive-limits.ts';
import { DIGEST_TIMEOUT_MS } from '../../functions/core/digest/limits.ts';
import type { DigestReport } from '../../functions/core/digest/send-digest.ts';
import type { Journal } from '../../functions/core/journal.ts';
import { POLL_TIMEOUT_MS } from '../../functions/core/poll/poll-limits.ts';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { createPollInbox } from '../../functions/poll-inbox/handler.ts';
import { createPostToDiscord } from '../../functions/post-to-discord/handler.ts';
import { createSendDigest } from '../../functions/send-digest/handler.ts';
import type { Environment } from '../../functions/wiring/environment.ts';
import { type EventSource, type EventSourceError, startEventSource } from './event-source.ts';
import { pathsNotHere } from './paths-not-here.ts';

export type LocalPipeline = {
  /** Polls every mailbox once. Returns the failures, at most one per mailbox; the journal has reported them. */
  poll(): Promise<Error[]>;
  /** Resolves when every alert is posted, a dead letter, or waiting for longer than a local run should take. */
  drained(): Promise<void>;
  /**
   * Audits every mailbox once, over all its email. Returns the failures, at most one per mailbox; the journal has
   * reported them.
   */
  audit(): Promise<Error[]>;
  digest(): Promise<DigestReport>;
  /** Probes every route's target, and requeues what is parked for those that answer. */
  checkRoutes(): Promise<unknown>;
  stop(): Promise<void>;
};

/** A run waits for a retry that is due sooner than this; a longer wait is shown in the totals. */
const WORTH_WAITING_MS = 10_000;

/** What the handlers receive, and the queues that start them. */
type LocalDeployment = {
  settings: Settings;
  environment: Environment;
  queues: { queueUrls: Readonly<Record<string, string>>; deadLetterQueueUrls: Readonly<Record<string, string>> };
};

/**
 * The handlers that Lambda runs, called as Lambda calls them: the poll with its event, the posters by queue-to-function
 * loops with the batch size, concurrency and time-out that the stack deploys.
 */
export function startPipeline(
  { settings, environment, queues }: LocalDeployment,
  journal: Journal,
  onError: (error: EventSourceError) => void,
): LocalPipeline {
  const waiting = longWaits();
  const watched: Journal = (event) => {
    waiting.watch(event);
    journal(event);
  };
  const dependencies = { settings, environment, journal: watched };
  const pollInbox = createPollInbox(dependencies);
  const auditInbox = createAuditInbox(dependencies);
  // The digest of a local run should show what was just polled, and this index does not lag behind.
  const sendDigest = createSendDigest(dependencies, { settledMs: 0 });
  const checkRoutes = createCheckRoutes(dependencies, pathsNotHere);
  const sqs = new SQSClient(awsClientOptions(environment, 'SQS'));
  const posters: { route: string; source: EventSource }[] = settings.routes.map(({ id }) => {
    const QUEUE_URL = queues.queueUrls[id] ?? '';
    const DEAD_LETTER_QUEUE_URL = queues.deadLetterQueueUrls[id] ?? '';
    const handler = createPostToDiscord({
      ...dependencies,
      environment: { ...environment, ROUTE: id, QUEUE_URL, DEAD_LETTER_QUEUE_URL },
    });
    const source = startEventSource({
      sqs,
      queueUrl: QUEUE_URL,
      batchSize: ALERTS_PER_BATCH,
      concurrency: POST_CONCURRENCY,
      functionTimeoutMs: POST_TIMEOUT_MS,
      handler,
      onError: (error) => {
        if (error.kind === 'function') waiting.batchFailed(id, error.messageIds.length);
        onError(error);
      },
    });
    return { route: id, source };
  });

  async function ofEachMailbox(run: (mailbox: string) => Promise<unknown>): Promise<Error[]> {
    const results = await Promise.allSettled(polledMailboxes(settings).map(({ mailbox }) => run(mailbox)));
    return results.flatMap((result) => (result.status === 'rejected' ? [asError(result.reason)] : []));
  }

  return {
    poll: () => ofEachMailbox((mailbox) => pollInbox({ mailbox }, contextFor(POLL_TIMEOUT_MS))),
    async drained() {
      await Promise.all(
        posters.map(({ route, source }) =>
          source.idle(({ visible, hidden, delayed }) => visible + delayed === 0 && hidden <= waiting.count(route)),
        ),
      );
    },
    // Here no settled entry expires, so the whole mailbox can be compared with the ledger.
    audit: () => ofEachMailbox((mailbox) => auditInbox({ mailbox, days: 'all' }, contextFor(AUDIT_TIMEOUT_MS))),
    digest: () => sendDigest({}, contextFor(DIGEST_TIMEOUT_MS)),
    checkRoutes: () => checkRoutes({}, contextFor(CHECK_TIMEOUT_MS)),
    async stop() {
      await Promise.all(posters.map(({ source }) => source.stop()));
      sqs.destroy();
    },
  };
}

/** The part of Lambda's context that a handler uses. */
function contextFor(timeoutMs: number): { getRemainingTimeInMillis(): number } {
  const endsAtMs = Date.now() + timeoutMs;
  return { getRemainingTimeInMillis: () => endsAtMs - Date.now() };
}

/**
 * Counts the alerts of each route that are hidden in their queue for long: returned to it, or in a batch that failed as
 * a whole.
 */
function longWaits() {
  const dueAtMs = new Map<string, { route: string; atMs: number }>();
  const failedBatches = new Map<string, number>();
  return {
    watch(event: Parameters<Journal>[0]): void {
      if (event.kind === 'alert handed back') {
        dueAtMs.set(event.alert.mailId, { route: event.alert.route, atMs: Date.now() + event.delayMs });
      }
      if (event.kind === 'alerts posted') for (const { mailId } of event.alerts) dueAtMs.delete(mailId);
      if (event.kind === 'alert dead' && event.alert) dueAtMs.delete(event.alert.mailId);
    },
    batchFailed(route: string, alerts: number): void {
      failedBatches.set(route, (failedBatches.get(route) ?? 0) + alerts);
    },
    count(route: string): number {
      const late = [...dueAtMs.values()].filter(
        (due) => due.route === route && due.atMs - Date.now() > WORTH_WAITING_MS,
      );
      return late.length + (failedBatches.get(route) ?? 0);
    },
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
