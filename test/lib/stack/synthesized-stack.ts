import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { defineSettings } from '../../../functions/core/settings/define-settings.ts';
import type { Settings, SettingsInput } from '../../../functions/core/settings/settings-schema.ts';
import { RollcallStack } from '../../../lib/stack/rollcall-stack.ts';

type Resource = {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
};
export type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown };

type FunctionName = 'poll-inbox' | 'post-to-discord' | 'send-digest' | 'audit-inbox' | 'check-routes';

/** Every kind of mailbox login, Discord target and period that the stack treats differently. */
export const input: SettingsInput = {
  mailboxes: [
    {
      account: 'support',
      host: 'imap.example.com',
      user: 'support@example.com',
      auth: { passwordParameter: '/rollcall/support/password' },
      folders: ['INBOX', 'Sales & Co'],
      everyMinutes: 15,
    },
    {
      account: 'billing',
      host: 'imap.example.org',
      user: 'billing@example.org',
      auth: {
        tokenUrl: 'https://login.example.org/token',
        clientId: 'rollcall',
        clientSecretParameter: '/rollcall/billing/client-secret',
        refreshTokenParameter: '/rollcall/billing/refresh-token',
      },
      everyMinutes: 60,
    },
  ],
  routes: [
    {
      id: 'vip',
      discord: { channelId: '123456789012345678', botTokenParameter: '/rollcall/bot-token' },
      rules: [{ name: 'board', from: 'board@example.com' }],
    },
    {
      id: 'stripe',
      discord: { webhookParameter: '/rollcall/stripe-webhook' },
      rules: [{ name: 'payments', from: 'stripe.com' }],
    },
  ],
  digest: { from: 'rollcall@example.com', to: 'ada@example.org', at: '07:05', timeZone: 'Europe/Berlin' },
  alarms: { email: 'operator@example.net' },
};
export const settings = defineSettings(input);

export const template = templateOf(input);

/** The stack's template, without bundling the functions. */
export function templateOf(of: SettingsInput): Template {
  return templateOfSettings(defineSettings(of));
}

export function templateOfSettings(of: Settings): Template {
  return Template.fromStack(new RollcallStack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Rollcall', of));
}

export function resourcesOf(type: string) {
  const resources = template.findResources(type) as Record<string, Resource>;
  return Object.entries(resources).map(([name, { Properties, DeletionPolicy, UpdateReplacePolicy }]) => ({
    name,
    properties: Properties,
    deletionPolicy: DeletionPolicy,
    updateReplacePolicy: UpdateReplacePolicy,
  }));
}

export function resourceNamed(name: string): Record<string, unknown> {
  const resource = (template.toJSON().Resources as Record<string, Resource>)[name];
  if (!resource) throw new Error(`There is no resource ${name}.`);
  return resource.Properties;
}

/** The logical id of the one resource of this type whose id begins so. */
export function nameOfType(type: string, beginning: string): string {
  const found = resourcesOf(type).filter(({ name }) => name.replace(/^Tables/, '').startsWith(beginning));
  if (found.length !== 1 || !found[0]) throw new Error(`There are ${found.length} of ${type} ${beginning}.`);
  return found[0].name;
}

/** The logical id that a `Ref` or `Fn::GetAtt` points to. */
export function targetOf(reference: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = reference as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  return Ref ?? attribute?.[0] ?? '';
}

/** An ARN with the logical ids of what it refers to. */
export function readable(arn: unknown): string {
  if (Array.isArray(arn)) return arn.map(readable).join(' ');
  if (typeof arn === 'string') return arn;
  const { 'Fn::Join': join } = arn as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(readable).join('') : targetOf(arn);
}

export function mappings() {
  return resourcesOf('AWS::Lambda::EventSourceMapping').map(({ properties }) => ({
    properties,
    target: targetOf(properties.FunctionName),
    source: targetOf(properties.EventSourceArn),
  }));
}

/** The logical id of a function, by what it runs. */
export function functionFor(name: FunctionName, ofRoute = ''): string {
  const beginning = {
    'poll-inbox': 'PollingPollInbox',
    'post-to-discord': `Route${ofRoute}PostToDiscord`,
    'send-digest': 'DigestSendDigest',
    'audit-inbox': 'AuditAuditInbox',
    'check-routes': 'TargetChecksCheckRoutes',
  }[name];
  return nameOfType('AWS::Lambda::Function', beginning);
}

export function environmentOf(functionName: string): Record<string, unknown> {
  return (resourceNamed(functionName).Environment as { Variables: Record<string, unknown> }).Variables;
}

export function schedulesOf(name: Exclude<FunctionName, 'post-to-discord'>): Record<string, unknown>[] {
  return resourcesOf('AWS::Scheduler::Schedule')
    .map(({ properties }) => properties)
    .filter(({ Target }) => targetOf((Target as { Arn: unknown }).Arn) === functionFor(name));
}

/** The resources whose policy denies everything that does not come over TLS. */
export function refusedWithoutTls(policyType: string): string[] {
  return resourcesOf(policyType)
    .filter(({ properties }) =>
      (properties.PolicyDocument as { Statement: Statement[] }).Statement.some(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      ),
    )
    .map(({ properties }) => targetOf(((properties.Queues as unknown[]) ?? [properties.Bucket])[0]))
    .sort();
}

export function keyedBy(partitionKey: string): Record<string, unknown> {
  const found = resourcesOf('AWS::DynamoDB::Table').find(
    ({ properties }) => (properties.KeySchema as { AttributeName: string }[])[0]?.AttributeName === partitionKey,
  );
  if (!found) throw new Error(`No table has the key ${partitionKey}.`);
  return found.properties;
}

export function keySchema(partitionKey: string, sortKey: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
}
