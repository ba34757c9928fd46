import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from '../adapters/system-clock.ts';
import { postAlerts } from '../core/delivery/post-alerts.ts';
import { sentPostsOf } from '../core/delivery/posting.ts';
import type { HandlerDependencies } from '../handler-dependencies.ts';
import { chatPosterFrom } from '../wiring/chat.ts';
import { ledgerFrom, pausesFrom } from '../wiring/dynamo.ts';
import { requiredValue } from '../wiring/environment.ts';
import { alertQueueFrom } from '../wiring/queues.ts';

/** Posts the alerts of one route; its answer lists those that stay in the queue. */
export function createPostToDiscord({ settings, environment, journal }: HandlerDependencies) {
  const routeId = requiredValue(environment, 'ROUTE');
  const route = settings.routes.find(({ id }) => id === routeId);
  if (!route) throw new Error(`There is no route ${routeId} in the settings. Deploy again to remove its function.`);
  const ledger = ledgerFrom(environment);
  const services = {
    ledger,
    sentPosts: sentPostsOf(route.target, ledger),
    queue: alertQueueFrom(environment),
    chat: chatPosterFrom(environment, route),
    pauses: pausesFrom(environment),
    clock: systemClock,
    journal,
    random: Math.random,
  };
  return async (
    { Records }: SQSEvent,
    context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
  ): Promise<SQSBatchResponse> => {
    const batch = Records.map(({ messageId, receiptHandle, body, attributes }) => ({
      messageId,
      receiptHandle,
      body,
      receiveCount: Number(attributes.ApproximateReceiveCount),
    }));
    const invocation = { holder: context.awsRequestId, remainingMs: () => context.getRemainingTimeInMillis() };
    const endings = await postAlerts(batch, route, invocation, services);
    const returned = [...endings].flatMap(([messageId, ending]) => (ending === 'returned' ? [messageId] : []));
    return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
