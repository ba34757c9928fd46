import { Duration, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { dimensionOfMailbox, SUCCESSFUL_POLLS } from '../../functions/core/metrics.ts';
import { POLL_INBOX_PORTS } from '../../functions/core/poll/poll.ts';
import { POLL_TIMEOUT_MS } from '../../functions/core/poll/poll-limits.ts';
import { secretsOf } from '../../functions/core/settings/mailbox-auth-schema.ts';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { MailboxSettings } from '../../functions/core/settings/settings-schema.ts';
import { customMetric } from './custom-metric.ts';
import type { FailedRuns } from './failed-runs.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import { policyOf } from './policy.ts';
import { rollcallFunction } from './rollcall-function.ts';
import { type RouteDelivery, routeQueues } from './route-delivery.ts';
import { ScheduledRuns } from './scheduled-runs.ts';
import { secretParameters } from './secret-parameters.ts';
import type { SpoolBucket } from './spool-bucket.ts';
import type { Tables } from './tables.ts';

/** One failed poll is not worth an email; the second in a row may be a temporary problem of the provider. */
const MISSED_POLLS = 3;

/** More memory does not make a poll faster. */
const POLL_MEMORY_MB = 512;

type MailboxPollingProps = {
  accounts: MailboxSettings[];
  routes: readonly RouteDelivery[];
  tables: Tables;
  spool: SpoolBucket;
  alarms: OperatorAlarms;
  failedRuns: FailedRuns;
};

/** Reads every mailbox on its schedule and hands its email over to the routes' queues and the spool. */
export class MailboxPolling extends Construct {
  readonly poll: IFunction;

  constructor(
    scope: Construct,
    id: string,
    { accounts, routes, tables, spool, alarms, failedRuns }: MailboxPollingProps,
  ) {
    super(scope, id);

    this.poll = rollcallFunction(this, 'PollInbox', {
      name: 'poll-inbox',
      description: 'Reads the new email of one mailbox and hands it over to its queue or the spool',
      timeoutMs: POLL_TIMEOUT_MS,
      memoryMb: POLL_MEMORY_MB,
      environment: {
        WATERMARKS_TABLE: tables.watermarks.tableName,
        LEDGER_TABLE: tables.ledger.tableName,
        SPOOL_BUCKET: spool.bucketName,
        ROUTE_QUEUE_URLS: Stack.of(this).toJsonString(
          Object.fromEntries(routes.map(({ routeId, queue }) => [routeId, queue.queueUrl])),
        ),
      },
      may: policyOf(POLL_INBOX_PORTS, {
        ...tables.resources,
        ...spool.resources,
        ...routeQueues(routes),
        ...secretParameters(
          this,
          accounts.flatMap(({ auth }) => secretsOf(auth)),
        ),
      }),
    });

    const polls = new ScheduledRuns(this, 'Polls', {
      run: this.poll,
      // Only one: a provider may lock an account after too many logins with a wrong password.
      retries: 1,
      failedRuns,
    });

    for (const { mailbox, account } of polledMailboxes({ mailboxes: accounts })) {
      polls.add(mailbox, {
        description: `Polls ${mailbox}`,
        schedule: ScheduleExpression.rate(Duration.minutes(account.everyMinutes)),
        input: ScheduleTargetInput.fromObject({ mailbox }),
      });
      alarms.onMissing(
        customMetric(this, SUCCESSFUL_POLLS, dimensionOfMailbox(mailbox)),
        `${mailbox} polls`,
        {
          name: `${mailbox} is not polled`,
          loses: `New email of ${mailbox} is neither posted nor spooled; it waits in the mailbox.`,
          runbook: 'A mailbox is not polled',
        },
        { period: Duration.minutes(account.everyMinutes), periods: MISSED_POLLS },
      );
    }
  }
}
