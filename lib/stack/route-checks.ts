import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { CHECK_ROUTES_PORTS } from '../../functions/core/checks/check-routes.ts';
import { CHECK_TIMEOUT_MS } from '../../functions/core/delivery/redrive-limits.ts';
import { DEAD_TARGETS, OLDEST_OPEN_ALERT_AGE } from '../../functions/core/metrics.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { customMetric } from './custom-metric.ts';
import type { FailedRuns } from './failed-runs.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { policyOf } from './policy.ts';
import { rollcallFunction } from './rollcall-function.ts';
import { type RouteDelivery, routeQueues } from './route-delivery.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { secretParameters } from './secret-parameters.ts';
import { digestIdentities } from './sending-identities.ts';
import type { Tables } from './tables.ts';

const CHECK_MEMORY_MB = 256;

const EVERY = Duration.hours(1);

/** Alerts are expected within minutes, and waits for Discord's rate limits end long before this. */
const TOO_LONG = Duration.hours(1);

type RouteChecksProps = {
  settings: Settings;
  routes: readonly RouteDelivery[];
  tables: Tables;
  alarms: OperatorAlarms;
  failedRuns: FailedRuns;
};

/**
 * Probes every Discord target once an hour without posting, and SES and SNS without sending; requeues what was parked
 * for a target that recovered.
 */
export class RouteChecks extends Construct {
  readonly check: IFunction;

  constructor(scope: Construct, id: string, { settings, routes, tables, alarms, failedRuns }: RouteChecksProps) {
    super(scope, id);
    const queueUrls = routes.map(({ routeId, queue }) => [routeId, queue.queueUrl]);
    const deadLetterQueueUrls = routes.map(({ routeId, deadLetters }) => [routeId, deadLetters.queueUrl]);

    this.check = rollcallFunction(this, 'CheckRoutes', {
      name: 'check-routes',
      description:
        'Looks at every Discord target, SES and SNS, and requeues what was parked for a target that answers again',
      timeoutMs: CHECK_TIMEOUT_MS,
      memoryMb: CHECK_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        ROUTE_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(queueUrls)),
        DEAD_LETTER_QUEUE_URLS: Stack.of(this).toJsonString(Object.fromEntries(deadLetterQueueUrls)),
        ALARM_TOPIC_ARN: alarms.topic.topicArn,
      },
      may: policyOf(CHECK_ROUTES_PORTS, {
        ...tables.resources,
        ...routeQueues(routes),
        deadLetterQueues: { arns: routes.map(({ deadLetters }) => deadLetters.queueArn) },
        ...secretParameters(
          this,
          settings.routes.map(({ target }) => target.secretParameter),
        ),
        ...digestIdentities(this, settings.digest),
        // An action on the account as a whole; IAM has no narrower resource for it.
        sesAccount: { arns: ['*'] },
        alarmTopic: { arns: [alarms.topic.topicArn] },
      }),
    });

    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ses:GetAccount applies to the account as a whole; IAM has no narrower resource for it.',
    });
    new ScheduledRuns(this, 'Runs', { run: this.check, retries: 1, failedRuns }).add('Schedule', {
      description: 'Looks at every Discord target',
      schedule: ScheduleExpression.rate(EVERY),
    });

    alarms.onAnyOf(customMetric(this, DEAD_TARGETS), 'DeadTargets', {
      name: 'a route is dead',
      loses:
        'Email of a dead route is not seen in Discord; it waits in the ledger and in every digest. The same alarm reports ' +
        'a digest that SES would refuse.',
      runbook: 'A route is dead',
    });
    alarms.onHighOrMissing(
      customMetric(this, OLDEST_OPEN_ALERT_AGE),
      'OldestOpenAlert',
      {
        name: 'an alert waits too long, or checks do not run',
        loses:
          'Email that should be in Discord has been missing there for an hour or more; it waits in the ledger. ' +
          'Or the hourly check does not run, which would notice that, and dead channels.',
        runbook: 'Alerts wait too long',
      },
      { threshold: TOO_LONG.toSeconds(), every: EVERY },
    );
  }
}
