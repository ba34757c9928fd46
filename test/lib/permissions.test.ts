import { describe, expect, it } from 'vitest';
import { functionFor, nameOfType, readable, resourcesOf, type Statement } from './synthesized-stack.ts';

describe('the permissions', () => {
  const roles = resourcesOf('AWS::IAM::Policy').map(({ name, properties }) => ({
    name,
    statements: (properties.PolicyDocument as { Statement: Statement[] }).Statement,
  }));

  it('come from no managed policy', () => {
    for (const { properties } of resourcesOf('AWS::IAM::Role')) {
      expect(properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('are what the adapters call, and no more', () => {
    const log = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    expect(actionsOf('PollingPollInbox')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      ...log,
      's3:PutObject',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ]);
    expect(actionsOf('RoutevipPostToDiscord')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      ...log,
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ]);
    expect(actionsOf('DigestSendDigest')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...log,
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
      'ses:SendEmail',
      'ses:SendRawEmail',
      'sqs:SendMessage',
    ]);
  });

  it('of check-routes are to look, to write down, and to put back', () => {
    expect(actionsOf('TargetChecksCheckRoutes')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ]);
    const queues = (name: string) =>
      ['vip', 'stripe'].map((route) => nameOfType('AWS::SQS::Queue', `Route${route}${name}`));
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'sqs:DeleteMessage')).toEqual(queues('DeadLetters'));
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'sqs:SendMessage')).toEqual(
      expect.arrayContaining([...queues('Queue'), nameOfType('AWS::SQS::Queue', 'TargetChecksRunsFailedRuns')]),
    );
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'ssm:GetParameter')).toEqual([
      parameter('/rollcall/bot-token'),
      parameter('/rollcall/stripe-webhook'),
    ]);
  });

  it('let check-routes write beside the watermarks, and never one of them', () => {
    const watermarks = nameOfType('AWS::DynamoDB::Table', 'Watermarks');
    const writing = statementsOf('TargetChecksCheckRoutes').filter(
      ({ Action, Resource }) =>
        [Resource].flat().map(readable).includes(watermarks) && [Action].flat().some((action) => !/Get/.test(action)),
    );
    expect(writing.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['#route/*', '#pause/*'] } },
    ]);
  });

  it('name every action', () => {
    expect(roles.length).toBeGreaterThan(0);
    for (const { statements } of roles) {
      expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  it('name every resource, but for the segments of the spool, whose keys nobody knows beforehand', () => {
    const wildcards = roles.flatMap(({ statements }) =>
      statements
        .flatMap((statement) => statement.Resource)
        .map(readable)
        .filter((resource) => resource.includes('*')),
    );
    expect(wildcards.sort().map((resource) => resource.replace(/^Spool\w+/, ''))).toEqual([
      '/unknowns/digested/*',
      '/unknowns/pending/*',
      '/unknowns/pending/*',
    ]);
  });

  it('let a poster read the one secret of its route, and a poll those of the mailboxes', () => {
    expect(resourcesAllowed('RoutevipPost', 'ssm:GetParameter')).toEqual([parameter('/rollcall/bot-token')]);
    expect(resourcesAllowed('RoutestripePost', 'ssm:GetParameter')).toEqual([parameter('/rollcall/stripe-webhook')]);
    expect(resourcesAllowed('PollingPollInbox', 'ssm:GetParameter').sort()).toEqual([
      parameter('/rollcall/billing/client-secret'),
      parameter('/rollcall/billing/refresh-token'),
      parameter('/rollcall/support/password'),
    ]);
    expect(resourcesAllowed('DigestSendDigest', 'ssm:GetParameter')).toEqual([]);
  });

  it('let a poll send to every route, a poster to its dead letters only', () => {
    expect(resourcesAllowed('PollingPollInbox', 'sqs:SendMessage')).toEqual(
      expect.arrayContaining(['RoutevipQueue', 'RoutestripeQueue'].map((name) => nameOfType('AWS::SQS::Queue', name))),
    );
    expect(resourcesAllowed('RoutevipPost', 'sqs:SendMessage')).toEqual([
      nameOfType('AWS::SQS::Queue', 'RoutevipDeadLetters'),
    ]);
  });

  it('let nobody delete from the ledger, or from the spool but the digest', () => {
    const ledger = nameOfType('AWS::DynamoDB::Table', 'Ledger');
    const deleting = roles.filter(({ statements }) =>
      statements.some(
        ({ Action, Resource }) =>
          [Action].flat().some((action) => /^s3:.*Delete/.test(action)) ||
          ([Action].flat().some((action) => /^dynamodb:.*Delete/.test(action)) &&
            [Resource].flat().map(readable).includes(ledger)),
      ),
    );
    expect(deleting.map(({ name }) => name)).toEqual([expect.stringMatching(/^DigestSendDigest/)]);
    expect(resourcesAllowed('DigestSendDigest', 's3:DeleteObject')).toEqual([
      expect.stringMatching(/\/unknowns\/pending\/\*$/),
    ]);
  });

  it('let the digest send as its own address only, in the sandbox too, where SES asks for the recipients', () => {
    const statement = statementsOf('DigestSendDigest').find(({ Action }) => [Action].flat().includes('ses:SendEmail'));
    expect(statement?.Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'rollcall@example.com' } });
    const identities = [statement?.Resource].flat().map((resource) => readable(resource).replace(/^.*:identity\//, ''));
    expect(identities.sort()).toEqual(['ada@example.org', 'example.com', 'example.org', 'rollcall@example.com']);
  });

  it('let a schedule start the latest version of its function and nothing else', () => {
    expect(resourcesAllowed('PollingPollsScheduler', 'lambda:InvokeFunction')).toEqual([functionFor('poll-inbox')]);
    expect(resourcesAllowed('DigestDigestsScheduler', 'lambda:InvokeFunction')).toEqual([functionFor('send-digest')]);
    expect(resourcesAllowed('TargetChecksRunsScheduler', 'lambda:InvokeFunction')).toEqual([
      functionFor('check-routes'),
    ]);
  });

  function statementsOf(role: string): Statement[] {
    return roles.find(({ name }) => name.startsWith(role))?.statements ?? [];
  }

  function actionsOf(role: string): string[] {
    return [...new Set(statementsOf(role).flatMap(({ Action }) => Action))].sort();
  }

  function resourcesAllowed(role: string, action: string): string[] {
    return statementsOf(role)
      .filter(({ Action }) => [Action].flat().includes(action))
      .flatMap(({ Resource }) => [Resource].flat())
      .map(readable);
  }

  function parameter(name: string): string {
    return `arn:AWS::Partition:ssm:AWS::Region:AWS::AccountId:parameter${name}`;
  }
});
