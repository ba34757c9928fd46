import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** The headings of the runbook in the README, one for each kind of alarm. */
type RunbookHeading =
  | 'Alerts are dead letters'
  | 'A route is dead'
  | 'A poll failed'
  | 'The digest was not sent'
  | 'The routes were not checked';

export type AlarmText = {
  /** What stands in the e-mail's subject. */
  name: string;
  /** What a person loses while nobody acts. */
  loses: string;
  runbook: RunbookHeading;
};

/** Tells the operator by e-mail through SNS: a path that shares nothing with Discord or with SES. */
export class OperatorAlarms extends Construct {
  readonly topic: Topic;

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
  }

  /** Tells as soon as anything lies in a queue that should be empty. An idle queue emits no metric, which is no alarm. */
  onAnyMessageIn(queue: IQueue, id: string, text: AlarmText): Alarm {
    // The number that were sent would not count what SQS moves by itself after the last receive.
    const depth = queue.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    });
    return this.atLeastOne(depth, id, text, TreatMissingData.NOT_BREACHING);
  }

  /** Tells as soon as a metric of Rollcall's own counts anything. Between two counts, the last one holds. */
  onAnyOf(metric: Metric, id: string, text: AlarmText): Alarm {
    const latest = metric.with({ statistic: 'Maximum', period: Duration.minutes(5) });
    return this.atLeastOne(latest, id, text, TreatMissingData.IGNORE);
  }

  private atLeastOne(
    metric: IMetric,
    id: string,
    { name, loses, runbook }: AlarmText,
    treatMissingData: TreatMissingData,
  ): Alarm {
    const alarm = new Alarm(this, id, {
      alarmName: `${Stack.of(this).stackName}: ${name}`,
      alarmDescription: `${loses} What to do: README.md#${anchorOf(runbook)}`,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    return alarm;
  }
}

/** The anchor that a Markdown reader makes of a heading. */
function anchorOf(heading: RunbookHeading): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}
