import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { OperatorAlarms } from './operator-alarms.ts';

/**
 * Lambda's own report of an invocation that threw, died or timed out, in its JSON format. A poster that dies cannot
 * report itself, and Lambda's Errors metric is per function and would need one alarm for each route.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
const FAILED = FilterPattern.literal(
  '{ $.type = "platform.report" && ($.record.status = "error" || $.record.status = "failure" || $.record.status = "timeout") }',
);

/**
 * The queue repeats a single failure, which usually succeeds then; a poster that always fails does so every three
 * minutes.
 */
const OFTEN = { times: 3, within: Duration.minutes(15) };

/** Counts failed invocations of the posters of all routes; an alert that Discord refused is not one. */
export class FailedPosters extends Construct {
  private readonly counted: Metric;

  constructor(scope: Construct, id: string, { alarms }: { alarms: OperatorAlarms }) {
    super(scope, id);
    // A filter's metric has no dimensions, and the stacks of one account must not share it.
    this.counted = new Metric({ namespace: `Rollcall/${Stack.of(this).stackName}`, metricName: 'FailedPosters' });
    alarms.onRepeated(
      this.counted,
      'FailedPosters',
      {
        name: 'posters fail',
        loses:
          'Alerts are not posted to Discord while their function fails; they wait in their queue and in the ledger.',
        runbook: 'Posters fail',
      },
      OFTEN,
    );
  }

  watch(logGroup: ILogGroup): void {
    const { namespace, metricName } = this.counted;
    new MetricFilter(logGroup, 'Failed', {
      logGroup,
      filterPattern: FAILED,
      metricNamespace: namespace,
      metricName,
      metricValue: '1',
    });
  }
}
