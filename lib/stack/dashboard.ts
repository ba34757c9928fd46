import { Aws, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import {
  ACCEPTED_MAILS,
  AUDIT_FINDINGS,
  DEAD_TARGETS,
  dimensionOfMailbox,
  OLDEST_OPEN_ALERT_AGE,
  POSTED_ALERTS,
  SENT_DIGESTS,
  SUCCESSFUL_POLLS,
  UNKNOWN_MAILS,
} from '../../functions/core/metrics.ts';
import { customMetric } from './custom-metric.ts';
import type { FailedRuns } from './failed-runs.ts';
import type { OperatorAlarms } from './operator-alarms.ts';
import type { RouteDelivery } from './route-delivery.ts';

const COLUMNS = 24;
const HOURLY = Duration.hours(1);

type DashboardProps = {
  mailboxes: readonly string[];
  routes: readonly RouteDelivery[];
  alarms: OperatorAlarms;
  failedRuns: FailedRuns;
};

/** One dashboard, from top to bottom: is anything wrong, is email arriving, where does it go, is anything stuck. */
export class StackDashboard extends Construct {
  constructor(scope: Construct, id: string, { mailboxes, routes, alarms, failedRuns }: DashboardProps) {
    super(scope, id);
    // Dashboards have one name space for all regions of an account.
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `${Stack.of(this).stackName}-${Aws.REGION}`,
      defaultInterval: Duration.days(3),
    });
    const hourly = (metric: Parameters<typeof customMetric>[1], label: string, statistic = 'Sum') =>
      customMetric(this, metric).with({ label, statistic, period: HOURLY });

    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Is anything wrong?', alarms: [...alarms.all], width: COLUMNS, height: 4 }),
    );
    dashboard.addWidgets(heading('Is mail coming in?'));
    dashboard.addWidgets(
      graph('Emails accepted', [hourly(ACCEPTED_MAILS, 'accepted')]),
      graph(
        'Successful polls',
        mailboxes.map((mailbox) =>
          customMetric(this, SUCCESSFUL_POLLS, dimensionOfMailbox(mailbox)).with({
            label: mailbox,
            statistic: 'Sum',
            period: HOURLY,
          }),
        ),
      ),
    );
    dashboard.addWidgets(heading('Where does it go?'));
    dashboard.addWidgets(
      graph('Sent, by route', [
        ...routes.map(({ routeId, queue }) =>
          queue.metricNumberOfMessagesSent({ label: routeId, statistic: 'Sum', period: HOURLY }),
        ),
        hourly(UNKNOWN_MAILS, 'unknown'),
      ]),
      graph('Sent', [
        hourly(POSTED_ALERTS, 'alerts that Discord accepted'),
        hourly(SENT_DIGESTS, 'digests that SES accepted'),
      ]),
    );
    dashboard.addWidgets(heading('Is anything stuck?'));
    dashboard.addWidgets(
      graph('Waiting and dead', [
        ...routes.flatMap(({ routeId, queue, deadLetters }) => [
          queue.metricApproximateNumberOfMessagesVisible({ label: `${routeId} waiting`, statistic: 'Maximum' }),
          deadLetters.metricApproximateNumberOfMessagesVisible({ label: `${routeId} dead`, statistic: 'Maximum' }),
        ]),
        failedRuns.queue.metricApproximateNumberOfMessagesVisible({ label: 'failed runs', statistic: 'Maximum' }),
      ]),
      graph('Oldest open alert, in seconds', [hourly(OLDEST_OPEN_ALERT_AGE, 'age', 'Maximum')]),
      graph('Dead targets and findings of the audit', [
        hourly(DEAD_TARGETS, 'dead targets', 'Maximum'),
        hourly(AUDIT_FINDINGS, 'audit findings', 'Maximum'),
      ]),
    );
    new CfnOutput(Stack.of(this), 'Dashboard', { value: dashboard.dashboardName });
  }
}

function heading(text: string): TextWidget {
  return new TextWidget({
    markdown: `## ${text}`,
    width: COLUMNS,
    height: 1,
    background: TextWidgetBackground.TRANSPARENT,
  });
}

function graph(title: string, metrics: IMetric[]): GraphWidget {
  return new GraphWidget({
    title,
    left: metrics,
    leftYAxis: { min: 0, showUnits: false },
    width: COLUMNS / 3,
    height: 6,
  });
}
