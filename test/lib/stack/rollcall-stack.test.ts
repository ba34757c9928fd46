import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ALERTS_PER_BATCH, MAX_RECEIVES, POST_CONCURRENCY } from '../../../functions/core/delivery/delivery-limits.ts';
import { polledMailboxes } from '../../../functions/core/settings/polled-mailbox.ts';
import { deploymentParameterOf } from '../../../lib/stack/deployment-name.ts';
import {
  environmentOf,
  functionFor,
  input,
  keyedBy,
  keySchema,
  mappings,
  nameOfType,
  refusedWithoutTls,
  resourceNamed,
  resourcesOf,
  schedulesOf,
  settings,
  targetOf,
  template,
  templateOf,
} from './synthesized-stack.ts';

describe('the queues of a route', () => {
  const queues = resourcesOf('AWS::SQS::Queue').filter(({ name }) => name.startsWith('Route'));
  const alertQueues = queues.filter(({ name }) => !name.includes('DeadLetters'));

  it('are one queue and one dead-letter queue each', () => {
    expect(queues).toHaveLength(2 * settings.routes.length);
    for (const { properties } of alertQueues) {
      const { deadLetterTargetArn, maxReceiveCount } = properties.RedrivePolicy as Record<string, unknown>;
      expect(maxReceiveCount).toBe(MAX_RECEIVES);
      expect(targetOf(deadLetterTargetArn)).toMatch(/^Route(vip|stripe)DeadLetters/);
    }
    expect(new Set(alertQueues.map(({ properties }) => JSON.stringify(properties.RedrivePolicy))).size).toBe(2);
  });

  it('hide a message six times as long as its function may run', () => {
    for (const { target, source } of mappings()) {
      const timeoutSeconds = resourceNamed(target).Timeout as number;
      const { VisibilityTimeout } = resourceNamed(source);
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeoutSeconds);
    }
  });

  it('keep what nobody takes for 14 days, the most that SQS allows', () => {
    for (const { properties } of queues) expect(properties.MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
  });

  it('feed their own function by parts of a batch, as few at a time as SQS allows', () => {
    expect(mappings().map(({ target }) => environmentOf(target).ROUTE)).toEqual(['vip', 'stripe']);
    for (const { target, source, properties } of mappings()) {
      expect(environmentOf(target).QUEUE_URL).toEqual({ Ref: source });
      expect(properties).toMatchObject({
        BatchSize: ALERTS_PER_BATCH,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: POST_CONCURRENCY },
      });
    }
  });
});

describe('all queues', () => {
  it('are encrypted, and spoken to over TLS only', () => {
    const queues = resourcesOf('AWS::SQS::Queue');
    for (const { properties } of queues) expect(properties.SqsManagedSseEnabled).toBe(true);
    expect(refusedWithoutTls('AWS::SQS::QueuePolicy')).toEqual(queues.map(({ name }) => name).sort());
  });
});

describe('the schedules', () => {
  const daily = { from: 'rollcall@example.com', to: 'ada@example.org', at: '07:05', timeZone: 'Europe/Berlin' };

  it('are one a mailbox, with its name and its period', () => {
    const polls = schedulesOf('poll-inbox').map(({ ScheduleExpression, Target }) => [
      (Target as { Input: string }).Input,
      ScheduleExpression,
    ]);
    expect(polls).toEqual([
      ['{"mailbox":"support/INBOX"}', 'rate(15 minutes)'],
      ['{"mailbox":"support/Sales & Co"}', 'rate(15 minutes)'],
      ['{"mailbox":"billing/INBOX"}', 'rate(1 hour)'],
    ]);
  });

  it('send a daily digest at the hour of the user’s time zone', () => {
    expect(schedulesOf('send-digest')).toMatchObject([
      { ScheduleExpression: 'cron(5 7 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin' },
    ]);
  });

  it('audit every mailbox once a day, an hour before the digest', () => {
    const audits = schedulesOf('audit-inbox');
    expect(audits.map(({ Target }) => (Target as { Input: string }).Input)).toEqual([
      '{"mailbox":"support/INBOX"}',
      '{"mailbox":"support/Sales & Co"}',
      '{"mailbox":"billing/INBOX"}',
    ]);
    for (const audit of audits) {
      expect(audit).toMatchObject({
        ScheduleExpression: 'cron(5 6 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
      });
    }
  });

  it('audit on the evening before where the digest comes in the first hour of the day', () => {
    templateOf({ ...input, digest: { ...daily, at: '00:30' } }).hasResourceProperties('AWS::Scheduler::Schedule', {
      Description: 'Audits support/INBOX',
      ScheduleExpression: 'cron(30 23 * * ? *)',
    });
  });

  it('look at every route once an hour', () => {
    expect(schedulesOf('check-routes')).toMatchObject([{ ScheduleExpression: 'rate(1 hour)' }]);
  });

  it('send an hourly digest at the full hour, and audit once a day all the same', () => {
    const { from, to } = settings.digest;
    const hourly = templateOf({ ...input, digest: { from, to, every: 'hour', timeZone: 'Asia/Kolkata' } });
    hourly.hasResourceProperties('AWS::Scheduler::Schedule', {
      Description: 'Audits support/INBOX',
      ScheduleExpression: 'cron(30 6 * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Kolkata',
    });
    hourly.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 * * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Kolkata',
    });
  });

  it('try again a few times and not for long', () => {
    for (const { properties } of resourcesOf('AWS::Scheduler::Schedule')) {
      const { RetryPolicy } = properties.Target as { RetryPolicy: Record<string, number> };
      expect(RetryPolicy.MaximumRetryAttempts).toBeLessThanOrEqual(2);
      expect(RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(15 * 60);
    }
  });

  it('keep a run that could not be started and one that failed in one queue', () => {
    const queue = nameOfType('AWS::SQS::Queue', 'FailedRuns');
    for (const { properties } of resourcesOf('AWS::Scheduler::Schedule')) {
      const { DeadLetterConfig, Arn } = properties.Target as { DeadLetterConfig: { Arn: unknown }; Arn: unknown };
      expect(targetOf(DeadLetterConfig.Arn)).toBe(queue);
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        FunctionName: { Ref: targetOf(Arn) },
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
        MaximumRetryAttempts: Match.anyValue(),
        MaximumEventAgeInSeconds: 15 * 60,
      });
    }
  });

  it('forget a failed run after hours, so that its alarm can sound again the next day', () => {
    const queue = resourceNamed(nameOfType('AWS::SQS::Queue', 'FailedRuns'));
    expect(queue.MessageRetentionPeriod).toBe(4 * 60 * 60);
  });
});

describe('the tables', () => {
  it('are billed on demand, can be restored to any point in time, and outlive the stack', () => {
    const tables = resourcesOf('AWS::DynamoDB::Table');
    expect(tables).toHaveLength(2);
    for (const { properties, deletionPolicy, updateReplacePolicy } of tables) {
      expect([deletionPolicy, updateReplacePolicy]).toEqual(['Retain', 'Retain']);
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });

  it('find ledger entries by location, by day and by being open, and let settled ones expire', () => {
    const ledger = keyedBy('mailId');
    expect(ledger.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
    expect(ledger.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'byLocation',
        KeySchema: keySchema('mailboxUidValidity', 'uid'),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['route', 'state', 'acceptedAt', 'fingerprint'] },
      },
      {
        IndexName: 'byDay',
        KeySchema: keySchema('acceptedDay', 'acceptedAt'),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['mailbox', 'route', 'state', 'isRecovery'] },
      },
      { IndexName: 'open', KeySchema: keySchema('openRoute', 'acceptedAt'), Projection: { ProjectionType: 'ALL' } },
    ]);
    expect(ledger.AttributeDefinitions).toContainEqual({ AttributeName: 'uid', AttributeType: 'N' });
  });

  it('keep watermarks for ever', () => {
    const watermarks = keyedBy('mailbox');
    expect(watermarks.TimeToLiveSpecification).toBeUndefined();
    expect(watermarks.GlobalSecondaryIndexes).toBeUndefined();
  });
});

describe('the spool', () => {
  it('is a private, encrypted bucket that outlives the stack', () => {
    const [bucket] = resourcesOf('AWS::S3::Bucket');
    expect([bucket?.deletionPolicy, bucket?.updateReplacePolicy]).toEqual(['Retain', 'Retain']);
    expect(bucket?.properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(refusedWithoutTls('AWS::S3::BucketPolicy')).toEqual([bucket?.name]);
  });

  it('lets nothing expire that no digest has carried', () => {
    const [bucket] = resourcesOf('AWS::S3::Bucket');
    const lifecycle = bucket?.properties.LifecycleConfiguration;
    expect(lifecycle).toMatchObject({ Rules: [{ Prefix: 'unknowns/digested/', ExpirationInDays: 400 }] });
  });
});

describe('the functions', () => {
  const functions = resourcesOf('AWS::Lambda::Function');

  it('run on Node.js 24 on arm64, outside of any VPC, without reserved concurrency', () => {
    expect(functions).toHaveLength(settings.routes.length + 4);
    for (const { properties } of functions) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(properties).not.toHaveProperty('VpcConfig');
      expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  it('log to a group of their own that forgets', () => {
    const groups = functions.map(({ properties }) => (properties.LoggingConfig as { LogGroup: unknown }).LogGroup);
    expect(new Set(groups.map(targetOf)).size).toBe(functions.length);
    for (const { properties } of resourcesOf('AWS::Logs::LogGroup')) expect(properties.RetentionInDays).toBe(90);
  });

  it('write lines that a machine can read, also those of Lambda itself, and name their stack in them', () => {
    for (const { name, properties } of functions) {
      expect(properties.LoggingConfig).toMatchObject({ LogFormat: 'JSON' });
      expect(environmentOf(name).POWERTOOLS_SERVICE_NAME).toBe('Rollcall');
    }
  });

  it('find their tables, bucket and queues in their environment', () => {
    const watermarks = { Ref: nameOfType('AWS::DynamoDB::Table', 'Watermarks') };
    const ledger = { Ref: nameOfType('AWS::DynamoDB::Table', 'Ledger') };
    const bucket = { Ref: nameOfType('AWS::S3::Bucket', 'Spool') };
    expect(environmentOf(functionFor('poll-inbox'))).toMatchObject({
      WATERMARKS_TABLE: watermarks,
      LEDGER_TABLE: ledger,
      SPOOL_BUCKET: bucket,
    });
    expect(environmentOf(functionFor('send-digest'))).toMatchObject({
      WATERMARKS_TABLE: watermarks,
      LEDGER_TABLE: ledger,
      SPOOL_BUCKET: bucket,
    });
    expect(environmentOf(functionFor('post-to-discord', 'vip'))).toMatchObject({
      ROUTE: 'vip',
      LEDGER_TABLE: ledger,
      QUEUE_URL: { Ref: nameOfType('AWS::SQS::Queue', 'RoutevipQueue') },
      DEAD_LETTER_QUEUE_URL: { Ref: nameOfType('AWS::SQS::Queue', 'RoutevipDeadLetters') },
    });
  });

  const queuesOf = (name: string) =>
    Object.fromEntries(
      ['vip', 'stripe'].map((route) => [route, nameOfType('AWS::SQS::Queue', `Route${route}${name}`)]),
    );

  it('know the queues of every route by its id', () => {
    const poll = environmentOf(functionFor('poll-inbox'));
    expect(JSON.parse(joined(poll.ROUTE_QUEUE_URLS))).toEqual(queuesOf('Queue'));
    const check = environmentOf(functionFor('check-routes'));
    expect(JSON.parse(joined(check.ROUTE_QUEUE_URLS))).toEqual(queuesOf('Queue'));
    expect(JSON.parse(joined(check.DEAD_LETTER_QUEUE_URLS))).toEqual(queuesOf('DeadLetters'));
  });

  it('are found by the command through a parameter under the stack’s name', () => {
    const [parameter] = resourcesOf('AWS::SSM::Parameter');
    expect(parameter?.properties).toMatchObject({
      Name: deploymentParameterOf('Rollcall'),
      Type: 'String',
      Tier: 'Intelligent-Tiering',
    });
    const deployment = JSON.parse(joined(parameter?.properties.Value));
    expect(deployment).toMatchObject({
      WATERMARKS_TABLE: nameOfType('AWS::DynamoDB::Table', 'Watermarks'),
      LEDGER_TABLE: nameOfType('AWS::DynamoDB::Table', 'Ledger'),
    });
    expect(JSON.parse(deployment.ROUTE_QUEUE_URLS)).toEqual(queuesOf('Queue'));
    expect(JSON.parse(deployment.MAILBOXES)).toEqual(polledMailboxes(settings).map(({ mailbox }) => mailbox));
    expect(JSON.parse(deployment.DEAD_LETTER_QUEUE_URLS)).toEqual(queuesOf('DeadLetters'));
  });

  it('carry no secret, only the names of things', () => {
    for (const { name } of functions) {
      expect(Object.keys(environmentOf(name)).filter((key) => /TOKEN|PASSWORD|SECRET|KEY/.test(key))).toEqual([]);
    }
  });
});

/** A text of literal parts and references, with the logical ids of what it refers to. */
function joined(value: unknown): string {
  const [, parts] = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : targetOf(part))).join('');
}

describe('the stack', () => {
  it('says after deployment what a person needs to try it', () => {
    expect(Object.keys(template.findOutputs('*'))).toEqual([
      'Dashboard',
      'AlarmTopic',
      'PollInboxFunction',
      'AuditInboxFunction',
      'SendDigestFunction',
      'CheckRoutesFunction',
    ]);
  });

  it('works without a route, when everything is left to the digest', () => {
    const withoutRoutes = templateOf({ ...input, routes: [] });
    withoutRoutes.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    // For each mailbox its polls and its audit; also the digest, and the check of SES and SNS.
    withoutRoutes.resourceCountIs('AWS::Scheduler::Schedule', 2 * 3 + 2);
    withoutRoutes.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.not(Match.arrayWith([Match.objectLike({ Resource: [] })])) },
    });
  });

  it('is of no account and no region', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/:\d{12}:|[a-z]{2}-[a-z]+-\d\b/);
  });
});
