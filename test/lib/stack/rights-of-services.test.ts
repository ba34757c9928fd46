import { describe, expect, it } from 'vitest';
import { resourceNamed, resourcesOf, type Statement, targetOf } from './synthesized-stack.ts';

/**
 * What AWS services do by themselves under the roles and policies of the stack. No call of a function shows it, so no
 * recording proves it; where such a right is missing, the service stays silent.
 */

const functions = resourcesOf('AWS::Lambda::Function');
const schedules = resourcesOf('AWS::Scheduler::Schedule').map(({ name, properties }) => ({
  name,
  target: properties.Target as { Arn: unknown; RoleArn: unknown; DeadLetterConfig?: { Arn: unknown } },
}));

describe.each(functions)('the role of $name', ({ name, properties }) => {
  const { LogGroup } = properties.LoggingConfig as { LogGroup: unknown };

  it('can be assumed by Lambda, and by nobody else', () => {
    expect(trustOf(roleOf(name))).toMatchObject([{ Principal: { Service: 'lambda.amazonaws.com' } }]);
  });

  // All metrics of Rollcall's own, and the filters on reports of failed posters, come from these logs.
  it.each(['logs:CreateLogStream', 'logs:PutLogEvents'])('lets Lambda write the function’s own log: %s', (action) => {
    expect(resourcesAllowed(roleOf(name), action)).toEqual([arnOf(targetOf(LogGroup))]);
  });
});

describe('an event source', () => {
  const mappings = resourcesOf('AWS::Lambda::EventSourceMapping');

  it('is there for every poster', () => {
    const posters = functions.filter(({ name }) => /PostToDiscord/.test(name));
    expect(mappings.map(({ properties }) => targetOf(properties.FunctionName)).sort()).toEqual(
      posters.map(({ name }) => name).sort(),
    );
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
  it.each(
    mappings.flatMap(({ name, properties }) =>
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => ({
        name,
        action,
        properties,
      })),
    ),
  )('works off its queue and no other, by the role of its function: $name $action', ({ action, properties }) => {
    const role = roleOf(targetOf(properties.FunctionName));
    expect(resourcesAllowed(role, action)).toEqual([properties.EventSourceArn]);
  });
});

describe.each(schedules)('the schedule $name', ({ target }) => {
  const role = targetOf(target.RoleArn);

  it('has a role that the schedules of this account can assume, and nobody else', () => {
    expect(trustOf(role)).toMatchObject([
      {
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  it('may invoke its function', () => {
    expect(resourcesAllowed(role, 'lambda:InvokeFunction')).toEqual([target.Arn]);
  });

  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
  it('may report a run that it could not start', () => {
    expect(target.DeadLetterConfig?.Arn).toBeDefined();
    expect(resourcesAllowed(role, 'sqs:SendMessage')).toEqual([target.DeadLetterConfig?.Arn]);
  });
});

describe('a function that a schedule runs', () => {
  const runs = resourcesOf('AWS::Lambda::EventInvokeConfig').map(({ properties }) => ({
    run: targetOf(properties.FunctionName),
    destination: (properties.DestinationConfig as { OnFailure: { Destination: unknown } }).OnFailure.Destination,
  }));

  it('always has a destination for what failed for good', () => {
    expect(runs.map(({ run }) => run).sort()).toEqual(
      [...new Set(schedules.map(({ target }) => targetOf(target.Arn)))].sort(),
    );
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  it.each(runs)('has a role by which Lambda may send to that destination: $run', ({ run, destination }) => {
    expect(resourcesAllowed(roleOf(run), 'sqs:SendMessage')).toContainEqual(destination);
  });
});

describe('an alarm', () => {
  const policies = resourcesOf('AWS::SNS::TopicPolicy').map(({ properties }) => ({
    topics: properties.Topics as unknown[],
    statements: (properties.PolicyDocument as { Statement: (Statement & { Principal: unknown })[] }).Statement,
  }));

  it.each(resourcesOf('AWS::CloudWatch::Alarm'))('may be published to its topic: $name', ({ properties }) => {
    const [topic, ...others] = properties.AlarmActions as unknown[];
    expect(others).toEqual([]);
    const statements = policies
      .filter(({ topics }) => topics.some((one) => isSame(one, topic)))
      .flatMap((policy) => policy.statements);
    const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowing).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topic,
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        Sid: expect.any(String),
      },
    ]);
    // CloudWatch publishes over TLS.
    const denying = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denying.map(({ Condition }) => Condition)).toEqual([{ Bool: { 'aws:SecureTransport': 'false' } }]);
  });
});

describe('a filter of logs', () => {
  const filters = resourcesOf('AWS::Logs::MetricFilter').map(({ properties }) => ({
    logGroup: properties.LogGroupName,
    metrics: properties.MetricTransformations as { MetricName: string; MetricNamespace: string }[],
  }));

  it.each(functions.filter(({ name }) => /PostToDiscord/.test(name)))(
    'reads the log that Lambda writes for $name, and counts for an alarm',
    ({ properties }) => {
      const { LogGroup } = properties.LoggingConfig as { LogGroup: unknown };
      const counted = filters.filter(({ logGroup }) => isSame(logGroup, LogGroup)).flatMap(({ metrics }) => metrics);
      const alarmed = resourcesOf('AWS::CloudWatch::Alarm').map((alarm) => alarm.properties);
      expect(counted).toHaveLength(1);
      expect(alarmed).toContainEqual(
        expect.objectContaining({ MetricName: counted[0]?.MetricName, Namespace: counted[0]?.MetricNamespace }),
      );
    },
  );
});

function roleOf(functionName: string): string {
  return targetOf(resourceNamed(functionName).Role);
}

function trustOf(role: string): unknown {
  return (resourceNamed(role).AssumeRolePolicyDocument as { Statement: unknown }).Statement;
}

/** What the policies of a role allow this action on, whatever the circumstances: as the template names it. */
function resourcesAllowed(role: string, action: string): unknown[] {
  return resourcesOf('AWS::IAM::Policy')
    .filter(({ properties }) => (properties.Roles as unknown[]).some((one) => targetOf(one) === role))
    .flatMap(({ properties }) => (properties.PolicyDocument as { Statement: Statement[] }).Statement)
    .filter(({ Effect, Action, Condition }) => Effect === 'Allow' && !Condition && [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat());
}

function arnOf(name: string) {
  return { 'Fn::GetAtt': [name, 'Arn'] };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
