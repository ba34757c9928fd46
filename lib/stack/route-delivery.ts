import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  ALERTS_PER_BATCH,
  MAX_RECEIVES,
  POST_CONCURRENCY,
  POST_TIMEOUT_MS,
  QUEUE_RETENTION_MS,
  QUEUE_VISIBILITY_MS,
} from '../../functions/core/delivery/delivery-limits.ts';
import { POST_PORTS, REPEATABLE_POST_PORTS } from '../../functions/core/delivery/posting.ts';
import type { RouteSettings } from '../../functions/core/settings/settings-schema.ts';
import type { FailedPosters } from './failed-posters.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { policyOf, type Resourced } from './policy.ts';
import { privateQueue } from './private-queue.ts';
import { rollcallFunction } from './rollcall-function.ts';
import { secretParameters } from './secret-parameters.ts';
import type { Tables } from './tables.ts';

const POST_MEMORY_MB = 256;

type RouteDeliveryProps = {
  route: RouteSettings;
  tables: Tables;
  alarms: OperatorAlarms;
  failedPosters: FailedPosters;
};

/**
 * The delivery of one route's alerts to Discord: queue, poster, and the dead-letter queue, which raises an alarm. The
 * queues are removed with their route, or with the stack: every alert in them is in the ledger, which stays.
 */
export class RouteDelivery extends Construct {
  readonly routeId: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { route, tables, alarms, failedPosters }: RouteDeliveryProps) {
    super(scope, id);
    this.routeId = route.id;

    const retentionPeriod = Duration.millis(QUEUE_RETENTION_MS);
    this.deadLetters = privateQueue(this, 'DeadLetters', { retentionPeriod });
    this.queue = privateQueue(this, 'Queue', {
      retentionPeriod,
      visibilityTimeout: Duration.millis(QUEUE_VISIBILITY_MS),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });

    const post = rollcallFunction(this, 'PostToDiscord', {
      name: 'post-to-discord',
      description: `Posts the alerts of route ${route.id} to Discord`,
      timeoutMs: POST_TIMEOUT_MS,
      memoryMb: POST_MEMORY_MB,
      environment: {
        ROUTE: route.id,
        LEDGER_TABLE: tables.ledger.tableName,
        WATERMARKS_TABLE: tables.watermarks.tableName,
        QUEUE_URL: this.queue.queueUrl,
        DEAD_LETTER_QUEUE_URL: this.deadLetters.queueUrl,
      },
      may: [
        // The event source mapping reads the queue with the role of its function.
        new PolicyStatement({
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          resources: [this.queue.queueArn],
        }),
        ...policyOf(route.target.isRepeatSafe ? REPEATABLE_POST_PORTS : POST_PORTS, {
          ...tables.resources,
          ownQueue: { arns: [this.queue.queueArn] },
          ownDeadLetterQueue: { arns: [this.deadLetters.queueArn] },
          ...secretParameters(this, [route.target.secretParameter]),
        }),
      ],
    });

    failedPosters.watch(post.logGroup);

    new EventSourceMapping(this, 'Deliveries', {
      target: post,
      eventSourceArn: this.queue.queueArn,
      batchSize: ALERTS_PER_BATCH,
      reportBatchItemFailures: true,
      maxConcurrency: POST_CONCURRENCY,
    });

    alarms.onAnyMessageIn(this.deadLetters, `${route.id}DeadLetters`, {
      name: `alerts of route ${route.id} are dead letters`,
      loses: `Email that route ${route.id} should have posted to Discord is missing there; it waits in the ledger and in every digest.`,
      runbook: 'Alerts are dead letters',
    });
  }
}

/** The queues of these routes, as a policy names them. */
export function routeQueues(routes: readonly RouteDelivery[]): Resourced<'routeQueues'> {
  return { routeQueues: { arns: routes.map(({ queue }) => queue.queueArn) } };
}
