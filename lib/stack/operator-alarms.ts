import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IAlarm,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { linkTo, missingFromRunbook, type RunbookHeading } from './runbook.ts';

export type AlarmText = {
  /** The text in the email's subject. */
  name: string;
  /** What is lost as long as no one acts. */
  loses: string;
  runbook: RunbookHeading;
};

const SOON = Duration.minutes(5);

/** Notifies the operator by email through SNS, which shares nothing with Discord or SES. */
export class OperatorAlarms extends Construct {
  readonly topic: Topic;
  private readonly sounded: IAlarm[] = [];
  private readonly headings = new Set<RunbookHeading>();

  constructor(scope: Construct, id: string, props: { email: string }) {
    super(scope, id);
    // Not encrypted with a KMS key: CloudWatch may not use aws/sns, and its alarms would be dropped silently.
    this.topic = new Topic(this, 'Topic', { displayName: 'Rollcall alarms', enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(props.email));
    // A custom policy replaces the default one, which allowed the account's alarms to publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    this.node.addValidation({
      validate: () =>
        missingFromRunbook([...this.headings]).map(
          (missing) => `lib/RUNBOOK.md lacks ${missing}, to which an alarm links. Write it there.`,
        ),
    });
  }

  /** All alarms so far. */
  get all(): readonly IAlarm[] {
    return this.sounded;
  }

  /**
   * Notifies as soon as there is a message in a queue that should be empty. An idle queue emits no metric, which is no
   * alarm.
   */
  onAnyMessageIn(queue: IQueue, id: string, text: AlarmText): void {
    this.sound(id, text, {
      // The number of sent messages does not include those that SQS itself moves after the last receive.
      metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: SOON }),
      ...atLeast(1),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Notifies as soon as one of Rollcall's own metrics counts anything. Between two counts, the last one applies. */
  onAnyOf(metric: Metric, id: string, text: AlarmText): void {
    this.sound(id, text, {
      metric: metric.with({ statistic: 'Maximum', period: SOON }),
      ...atLeast(1),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  /** Notifies when something happens this often within one period; no data is no alarm. */
  onRepeated(metric: Metric, id: string, text: AlarmText, often: { times: number; within: Duration }): void {
    this.sound(id, text, {
      metric: metric.with({ statistic: 'Sum', period: often.within }),
      ...atLeast(often.times),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Notifies when a figure has grown too large, or is no longer emitted. */
  onHighOrMissing(metric: Metric, id: string, text: AlarmText, limit: { threshold: number; every: Duration }): void {
    this.sound(id, text, {
      // Twice the interval of the figure, which varies a little.
      metric: metric.with({ statistic: 'Maximum', period: Duration.millis(2 * limit.every.toMilliseconds()) }),
      ...atLeast(limit.threshold),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** Notifies when something did not happen for this many periods, even if nothing runs that could report it. */
  onMissing(metric: Metric, id: string, text: AlarmText, silence: { period: Duration; periods: number }): void {
    this.sound(id, text, {
      metric: metric.with({ statistic: 'Sum', period: silence.period }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: silence.periods,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private sound(id: string, { name, loses, runbook }: AlarmText, condition: AlarmProps): void {
    const alarm = new Alarm(this, id, {
      ...condition,
      alarmName: `${Stack.of(this).stackName}: ${name}`,
      alarmDescription: `${loses} What to do: ${linkTo(runbook)}`,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.sounded.push(alarm);
    this.headings.add(runbook);
  }
}

function atLeast(threshold: number) {
  return { comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD, threshold };
}
