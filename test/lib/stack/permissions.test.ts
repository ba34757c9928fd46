import { describe, expect, it } from 'vitest';
import { functionFor, nameOfType, readable, resourcesOf, type Statement } from './synthesized-stack.ts';

/** `least-privilege` shows which calls each function makes, and that it may make only these. */
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

  it('let check-routes empty the dead-letter queues, fill the others, and read the secrets of the targets', () => {
    const queues = (name: string) =>
      ['vip', 'stripe'].map((route) => nameOfType('AWS::SQS::Queue', `Route${route}${name}`));
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'sqs:DeleteMessage')).toEqual(queues('DeadLetters'));
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'sqs:SendMessage')).toEqual(
      expect.arrayContaining([...queues('Queue'), nameOfType('AWS::SQS::Queue', 'FailedRuns')]),
    );
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'ssm:GetParameter')).toEqual([
      parameter('/rollcall/bot-token'),
      parameter('/rollcall/stripe-webhook'),
    ]);
  });

  it('of check-routes let it look at the identities by which the digest is sent, and at the topic of the alarms', () => {
    const identities = resourcesAllowed('TargetChecksCheckRoutes', 'ses:GetEmailIdentity');
    expect(identities).toEqual(resourcesAllowed('DigestSendDigest', 'ses:SendEmail'));
    expect(resourcesAllowed('TargetChecksCheckRoutes', 'sns:ListSubscriptionsByTopic')).toEqual([
      nameOfType('AWS::SNS::Topic', 'Alarms'),
    ]);
  });

  it.each([
    ['check-routes', 'TargetChecksCheckRoutes', [['#route/*', '#path/*'], ['#pause/*']]],
    ['a poster', 'RoutevipPost', [['#pause/*']]],
  ])('let %s use the items beside the watermarks, and never a watermark', (_function, role, keys) => {
    const watermarks = nameOfType('AWS::DynamoDB::Table', 'Watermarks');
    const about = statementsOf(role).filter(({ Resource }) => [Resource].flat().map(readable).includes(watermarks));
    expect(about.map(({ Condition }) => Condition)).toEqual(
      keys.map((prefixes) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes } })),
    );
  });

  it('name every action', () => {
    expect(roles.length).toBeGreaterThan(0);
    for (const { statements } of roles) {
      expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  it('name every resource, but for the segments of the spool, whose keys nobody knows beforehand, and SES itself', () => {
    const wildcards = roles.flatMap(({ statements }) =>
      statements
        .flatMap((statement) => statement.Resource)
        .map(readable)
        .filter((resource) => resource.includes('*')),
    );
    expect(wildcards.sort().map((resource) => resource.replace(/^Spool\w+/, ''))).toEqual([
      // ses:GetAccount, which is about the account as a whole.
      '*',
      '/unknowns/digested/*',
      '/unknowns/pending/*',
      '/unknowns/pending/*',
      '/unknowns/pending/*',
    ]);
  });

  it('let a poster read the one secret of its route, and polls and audits those of the mailboxes', () => {
    expect(resourcesAllowed('RoutevipPost', 'ssm:GetParameter')).toEqual([parameter('/rollcall/bot-token')]);
    expect(resourcesAllowed('RoutestripePost', 'ssm:GetParameter')).toEqual([parameter('/rollcall/stripe-webhook')]);
    for (const reader of ['PollingPollInbox', 'AuditAuditInbox']) {
      expect(resourcesAllowed(reader, 'ssm:GetParameter').sort()).toEqual([
        parameter('/rollcall/billing/client-secret'),
        parameter('/rollcall/billing/refresh-token'),
        parameter('/rollcall/support/password'),
      ]);
    }
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
    expect(resourcesAllowed('AuditAuditsScheduler', 'lambda:InvokeFunction')).toEqual([functionFor('audit-inbox')]);
    expect(resourcesAllowed('DigestDigestsScheduler', 'lambda:InvokeFunction')).toEqual([functionFor('send-digest')]);
    expect(resourcesAllowed('TargetChecksRunsScheduler', 'lambda:InvokeFunction')).toEqual([
      functionFor('check-routes'),
    ]);
  });

  function statementsOf(role: string): Statement[] {
    return roles.find(({ name }) => name.startsWith(role))?.statements ?? [];
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
