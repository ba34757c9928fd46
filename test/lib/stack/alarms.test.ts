import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as metrics from '../../../functions/core/metrics.ts';
import shipped from '../../../functions/settings.ts';
import {
  environmentOf,
  input,
  nameOfType,
  resourcesOf,
  targetOf,
  template,
  templateOf,
  templateOfSettings,
} from './synthesized-stack.ts';

type Dimension = { Name: string; Value: unknown };
type Alarm = {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions: unknown[];
  Namespace: string;
  MetricName: string;
  Dimensions?: Dimension[];
  Period: number;
  EvaluationPeriods: number;
};

function alarmsOf(of: Template): Alarm[] {
  return Object.values(of.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties as Alarm);
}

const alarms = alarmsOf(template);
const named = (name: string) => {
  const found = alarms.filter(({ AlarmName }) => AlarmName === `Rollcall: ${name}`);
  if (found.length !== 1) throw new Error(`There are ${found.length} alarms "${name}".`);
  return found[0];
};
const watching = (namespace: string) => alarms.filter(({ Namespace }) => Namespace === namespace);
const dimensionsOf = ({ Dimensions = [] }: Alarm) =>
  Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));

describe('every alarm', () => {
  it('reaches the operator by e-mail, on a topic that CloudWatch may publish to', () => {
    const [topic] = resourcesOf('AWS::SNS::Topic');
    for (const alarm of alarms) expect(alarm.AlarmActions).toEqual([{ Ref: topic?.name }]);
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operator@example.net',
      TopicArn: { Ref: topic?.name },
    });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
          }),
        ]),
      },
    });
    // CloudWatch may not use the key aws/sns; its alarms would be dropped.
    expect(topic?.properties.KmsMasterKeyId).toBeUndefined();
  });

  it('says what is lost, and where the way out stands', () => {
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription).toMatch(/^.{40,}\. What to do: lib\/RUNBOOK\.md#[a-z-]+$/);
    }
  });

  it('has a name of its own', () => {
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length);
  });

  it('looks back no longer than CloudWatch can: a day, and a week by periods of an hour or more', () => {
    const { mailboxes, ...others } = input;
    const [account] = mailboxes;
    if (!account) throw new Error('There is no mailbox.');
    for (const everyMinutes of [1, 59, 61, 24 * 60]) {
      for (const { Period, EvaluationPeriods } of alarmsOf(
        templateOf({ ...others, mailboxes: [{ ...account, everyMinutes }] }),
      )) {
        expect(Period % 60).toBe(0);
        expect(Period * EvaluationPeriods).toBeLessThanOrEqual(Period < 3600 ? 86_400 : 604_800);
      }
    }
  });

  it('looks at a metric of AWS, or at one that the functions of this stack tell', () => {
    const [poll] = resourcesOf('AWS::Lambda::Function').filter(({ name }) => name.startsWith('PollingPollInbox'));
    const stack = environmentOf(poll?.name ?? '').POWERTOOLS_SERVICE_NAME;
    const told = Object.values(metrics).flatMap((metric) => (typeof metric === 'object' ? [metric.name] : []));
    const own = watching('Rollcall');
    expect(own.length).toBeGreaterThan(0);
    for (const alarm of own) {
      expect(told).toContain(alarm.MetricName);
      expect(dimensionsOf(alarm)).toMatchObject({ [metrics.STACK_DIMENSION]: stack });
    }
  });
});

describe('an alarm sounds', () => {
  it('at the first message in a queue that should be empty, and not because an idle queue says nothing', () => {
    const shouldBeEmpty = resourcesOf('AWS::SQS::Queue')
      .map(({ name }) => name)
      .filter((name) => /DeadLetters|FailedRuns/.test(name));
    const watched = watching('AWS/SQS');
    expect(watched.map((alarm) => targetOf(dimensionsOf(alarm).QueueName)).sort()).toEqual(shouldBeEmpty.sort());
    for (const alarm of watched) {
      expect(alarm).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Statistic: 'Maximum',
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    }
  });

  it('for each route by its name', () => {
    for (const route of ['vip', 'stripe']) {
      const queue = nameOfType('AWS::SQS::Queue', `Route${route}DeadLetters`);
      expect(named(`alerts of route ${route} are dead letters`)?.Dimensions).toEqual([
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } },
      ]);
    }
  });

  it('when a mailbox was not polled for three periods, also where nothing runs that could say so', () => {
    for (const [mailbox, seconds] of [
      ['support/INBOX', 15 * 60],
      ['support/Sales & Co', 15 * 60],
      ['billing/INBOX', 60 * 60],
    ] as const) {
      expect(named(`${mailbox} is not polled`)).toMatchObject({
        ...SILENCE,
        MetricName: metrics.SUCCESSFUL_POLLS.name,
        Dimensions: expect.arrayContaining([{ Name: 'mailbox', Value: mailbox }]),
        Period: seconds,
        EvaluationPeriods: 3,
      });
    }
  });

  it('when no digest was sent for 26 hours, or for three where digests come hourly', () => {
    const digests = { ...SILENCE, MetricName: metrics.SENT_DIGESTS.name, Period: 3600 };
    expect(named('the digest was not sent')).toMatchObject({ ...digests, EvaluationPeriods: 26 });
    const { from, to } = input.digest;
    templateOf({ ...input, digest: { from, to, every: 'hour', timeZone: 'UTC' } }).hasResourceProperties(
      'AWS::CloudWatch::Alarm',
      { ...digests, EvaluationPeriods: 3 },
    );
  });

  it('when an alert waits for an hour, or nobody has looked for two', () => {
    expect(named('an alert waits too long, or checks do not run')).toMatchObject({
      MetricName: metrics.OLDEST_OPEN_ALERT_AGE.name,
      Statistic: 'Maximum',
      Threshold: 3600,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Period: 7200,
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
    });
  });

  it.each([
    ['a route is dead', metrics.DEAD_TARGETS],
    ['the audit found something', metrics.AUDIT_FINDINGS],
  ])('when %s, and goes on until a later look finds nothing', (name, metric) => {
    expect(named(name)).toMatchObject({
      MetricName: metric.name,
      Statistic: 'Maximum',
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    });
  });

  it('when posters fail again and again, by what Lambda itself says of them', () => {
    const filters = resourcesOf('AWS::Logs::MetricFilter').map(({ properties }) => properties);
    const logs = resourcesOf('AWS::Lambda::Function')
      .filter(({ name }) => name.includes('PostToDiscord'))
      .map(({ properties }) => targetOf((properties.LoggingConfig as { LogGroup: unknown }).LogGroup));
    expect(filters.map(({ LogGroupName }) => targetOf(LogGroupName))).toEqual(logs);
    const alarm = named('posters fail');
    expect(alarm).toMatchObject({
      Statistic: 'Sum',
      Threshold: 3,
      Period: 15 * 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    for (const { FilterPattern, MetricTransformations } of filters) {
      expect(FilterPattern).toContain('$.type = "platform.report"');
      for (const status of ['error', 'failure', 'timeout']) expect(FilterPattern).toContain(`"${status}"`);
      expect(MetricTransformations).toMatchObject([
        { MetricNamespace: alarm?.Namespace, MetricName: alarm?.MetricName, MetricValue: '1' },
      ]);
    }
  });
});

const SILENCE = {
  Namespace: 'Rollcall',
  Statistic: 'Sum',
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
  TreatMissingData: 'breaching',
};

describe('with the shipped settings', () => {
  const stack = templateOfSettings(shipped);

  it('the metrics of alarms are the ten that cost nothing', () => {
    const watched = Object.values(stack.findResources('AWS::CloudWatch::Alarm')).flatMap(
      // An alarm on an expression is billed by each metric in it.
      ({ Properties }) => Properties.Metrics?.filter(({ MetricStat }: { MetricStat?: unknown }) => MetricStat) ?? [0],
    );
    expect(watched.length).toBeLessThanOrEqual(10);
  });

  it('the custom metrics are no more than the ten that cost nothing', () => {
    const told = Object.values(metrics).flatMap((metric) => (typeof metric === 'object' ? [metric.name] : []));
    const filtered = new Set(
      Object.values(stack.findResources('AWS::Logs::MetricFilter')).map(
        ({ Properties }) => Properties.MetricTransformations[0].MetricName,
      ),
    );
    // One metric of each name, as there is one mailbox to poll.
    expect(shipped.mailboxes.flatMap(({ folders }) => folders)).toHaveLength(1);
    expect(told.length + filtered.size).toBeLessThanOrEqual(10);
  });

  it('the one dashboard is among the three that cost nothing', () => {
    stack.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});

describe('the dashboard', () => {
  const [dashboard] = resourcesOf('AWS::CloudWatch::Dashboard');
  const { DashboardBody: body, DashboardName: dashboardName } = dashboard?.properties ?? {};
  const text = JSON.stringify(body);

  it('answers at a glance: is anything wrong, is mail coming in, where does it go, is anything stuck', () => {
    const questions = ['Is anything wrong?', 'Is mail coming in?', 'Where does it go?', 'Is anything stuck?'];
    const places = questions.map((question) => text.indexOf(question));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it('shows every alarm, every metric of Rollcall’s own, every mailbox and every queue', () => {
    for (const { name } of resourcesOf('AWS::CloudWatch::Alarm')) expect(text).toContain(name);
    for (const metric of Object.values(metrics)) if (typeof metric === 'object') expect(text).toContain(metric.name);
    for (const mailbox of ['support/INBOX', 'support/Sales & Co', 'billing/INBOX']) expect(text).toContain(mailbox);
    for (const { name } of resourcesOf('AWS::SQS::Queue')) expect(text).toContain(name);
  });

  it('has a name of its own in every region', () => {
    expect(dashboardName).toEqual({ 'Fn::Join': ['', ['Rollcall-', { Ref: 'AWS::Region' }]] });
  });
});
