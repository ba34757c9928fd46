import type { Template } from './template.ts';

type Properties = { Environment?: { Variables?: Record<string, unknown> } };

/**
 * What differs from the synthesized template: two variables of every function, and what MiniStack names otherwise than AWS.
 *
 * - DISCORD_API_URL names the Discord stand-in.
 * - AWS_SDK_UA_APP_ID has each call of a function carry the function's logical id, so that the recorded calls tell whose
 *   they are (AWS SDKs and Tools Reference Guide, "Application ID").
 * - MiniStack authorizes a batch by the name of its call, AWS by that of the single one (Service Authorization Reference,
 *   Amazon SQS); an SES mail on every resource instead of its identities, and it does not know whom the mail is from.
 */
export function adjustedFor(discordUrl: string): (template: Template) => void {
  return ({ Resources }) => {
    for (const [logicalId, { Type, Properties }] of Object.entries(Resources)) {
      if (Type === 'AWS::Lambda::Function') {
        addVariables(Properties, { DISCORD_API_URL: discordUrl, AWS_SDK_UA_APP_ID: logicalId });
      }
      if (Type === 'AWS::IAM::Policy') for (const statement of statementsOf(Properties)) nameAsMiniStackDoes(statement);
    }
  };
}

function addVariables(properties: Properties, variables: Readonly<Record<string, string>>): void {
  properties.Environment = { Variables: { ...properties.Environment?.Variables, ...variables } };
}

function nameAsMiniStackDoes(statement: Statement): void {
  statement.Action = actionsOf(statement).flatMap((action) => [action, ...batchesOf(action)]);
  if (!statement.Action.includes('ses:SendEmail')) return;
  statement.Resource = '*';
  delete statement.Condition;
}

function batchesOf(action: string): string[] {
  const isBatched = ['sqs:SendMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'].includes(action);
  return isBatched ? [`${action}Batch`] : [];
}

export type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown };

export function statementsOf(policy: Record<string, unknown>): Statement[] {
  return (policy.PolicyDocument as { Statement: Statement[] }).Statement;
}

export function actionsOf({ Action }: Statement): string[] {
  return [Action].flat();
}
