import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { PAUSE_KEY_PREFIX } from '../functions/adapters/dynamo-pauses.ts';
import { ROUTE_CHECK_KEY_PREFIX } from '../functions/adapters/dynamo-route-checks.ts';
import { secretParameterOf } from '../functions/core/delivery/discord.ts';
import { CHECK_TIMEOUT_MS } from '../functions/core/delivery/redrive-limits.ts';
import { OPEN_INDEX } from '../functions/core/ledger/table-design.ts';
import { DEAD_ROUTES } from '../functions/core/metrics.ts';
import type { RouteSettings } from '../functions/core/settings/settings-schema.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { rollcallFunction } from './rollcall-function.ts';
import type { RouteDelivery } from './route-delivery.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { mayReadSecrets } from './secret-parameters.ts';
import { indexArn, type Tables } from './tables.ts';

const CHECK_MEMORY_MB = 256;

type RouteChecksProps = {
  settings: readonly RouteSettings[];
  /** At least one. */
  routes: readonly RouteDelivery[];
  tables: Tables;
  alarms: OperatorAlarms;
};

/** Looks at every Discord target once an hour without posting, and puts back what was parked for one that recovered. */
export class RouteChecks extends Construct {
  constructor(scope: Construct, id: string, { settings, routes, tables, alarms }: RouteChecksProps) {
    super(scope, id);
    const queueUrls = routes.map(({ routeId, queue }) => [routeId, queue.queueUrl]);
    const deadLetterQueueUrls = routes.map(({ routeId, deadLetters }) => [routeId, deadLetters.queueUrl]);

    const check = rollcallFunction(this, 'CheckRoutes', {
      name: 'check-routes',
      description: 'Looks at every Discord target and puts back what was parked for one that answers again',
      timeoutMs: CHECK_TIMEOUT_MS,
      memoryMb: CHECK_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        ROUTE_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(queueUrls)),
        DEAD_LETTER_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(deadLetterQueueUrls)),
      },
      may: [
        new PolicyStatement({ actions: ['dynamodb:GetItem'], resources: [tables.watermarks.tableArn] }),
        // Beside the watermarks, never one of them.
        new PolicyStatement({
          actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
          resources: [tables.watermarks.tableArn],
          conditions: {
            'ForAllValues:StringLike': {
              'dynamodb:LeadingKeys': [`${ROUTE_CHECK_KEY_PREFIX}*`, `${PAUSE_KEY_PREFIX}*`],
            },
          },
        }),
        new PolicyStatement({
          actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
          resources: [tables.ledger.tableArn],
        }),
        new PolicyStatement({ actions: ['dynamodb:Query'], resources: [indexArn(tables.ledger, OPEN_INDEX)] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: routes.map(({ queue }) => queue.queueArn) }),
        new PolicyStatement({
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
          resources: routes.map(({ deadLetters }) => deadLetters.queueArn),
        }),
        mayReadSecrets(
          this,
          settings.map(({ discord }) => secretParameterOf(discord)),
        ),
      ],
    });

    alarms.onAnyOf(new Metric({ namespace: DEAD_ROUTES.namespace, metricName: DEAD_ROUTES.name }), 'DeadRoutes', {
      name: 'a route is dead',
      loses: 'Mail of a dead route is not seen in Discord; it waits in the ledger and in every digest.',
      runbook: 'A route is dead',
    });

    new ScheduledRuns(this, 'Runs', {
      run: check,
      retries: 1,
      alarms,
      alarm: {
        name: 'the routes were not checked',
        loses: 'A dead channel is noticed only when mail for it comes, and mail that waits for one is not put back.',
        runbook: 'The routes were not checked',
      },
    }).add('Schedule', {
      description: 'Looks at every Discord target',
      schedule: ScheduleExpression.rate(Duration.hours(1)),
    });
  }
}
