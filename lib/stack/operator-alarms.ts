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
  /** What stands in the e-mail's subject. */
  name: string;
  /** What a person loses while nobody acts. */
  loses: string;
  runbook: RunbookHeading;
};

const SOON = Duration.minutes(5);

/** Tells the operator by e-mail through SNS: a path that shares nothing with Discord or with SES. */
export class OperatorAlarms extends Construct {
  readonly topic: Topic;
  private readonly sounded: IAlarm[] = [];
  private readonly headings = new Set<RunbookHeading>();

  constructor(scope: Construct, id: string, props: { email: string }) {
    super(scope, id);
    // Not encrypted with a key of KMS: CloudWatch may not use aws/sns, and its alarms would be dropped without a word.
    this.topic = new Topic(this, 'Topic', { displayName: 'Rollcall alarms', enforceSSL: true });
    this.topic.addSubscription(new EmailSubscription(props.email));
    // A policy of one's own replaces the default one, which let the account's alarms publish.
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

  /** Tells as soon as anything lies in a queue that should be empty. An idle queue emits no metric, which is no alarm. */
  onAnyMessageIn(queue: IQueue, id: string, text: AlarmText): void {
    this.sound(id, text, {
      // The number that were sent would not count what SQS moves by itself after the last receive.
      metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: SOON }),
      ...atLeast(1),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Tells as soon as a metric of Rollcall's own counts anything. Between two counts, the last one holds. */
  onAnyOf(metric: Metric, id: string, text: AlarmText): void {
    this.sound(id, text, {
      metric: metric.with({ statistic: 'Maximum', period: SOON }),
      ...atLeast(1),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  /** Tells when something happens so often within one period; nothing at all is no alarm. */
  onRepeated(metric: Metric, id: string, text: AlarmText, often: { times: number; within: Duration }): void {
    this.sound(id, text, {
      metric: metric.with({ statistic: 'Sum', period: often.within }),
      ...atLeast(often.times),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** Tells when a figure has grown too large, and when nobody tells the figure any more. */
  onTooMuchOrSilence(metric: Metric, id: string, text: AlarmText, limit: { threshold: number; every: Duration }): void {
    this.sound(id, text, {
      // Twice as long as from one figure to the next, which come with a little jitter.
      metric: metric.with({ statistic: 'Maximum', period: Duration.millis(2 * limit.every.toMilliseconds()) }),
      ...atLeast(limit.threshold),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  /** Tells when what should happen did not happen for so many periods, also where nothing runs that could say so. */
  onSilence(metric: Metric, id: string, text: AlarmText, silence: { period: Duration; periods: number }): void {
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
