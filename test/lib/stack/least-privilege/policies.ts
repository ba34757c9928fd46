import type { Template } from 'aws-cdk-lib/assertions';
import type { IamRequest } from './iam-requests.ts';

/** One action on one resource, as a policy allows it. */
export type Permission = { action: string; resource: string; conditions: Conditions };

type Conditions = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: Conditions };
type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/**
 * What the role of each function allows, by the function's logical id.
 *
 * @param arnOf the ARN of a resource of the template by its logical id
 */
export function permissionsIn(template: Template, arnOf: (logicalId: string) => string): Map<string, Permission[]> {
  const resources = template.toJSON().Resources as Resources;
  const byRole = new Map<string, Permission[]>();
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    const { Statement: statements } = Properties.PolicyDocument as { Statement: Statement[] };
    for (const { Ref: role } of Properties.Roles as { Ref: string }[]) {
      byRole.set(role, [...(byRole.get(role) ?? []), ...statements.flatMap((one) => permissionsOf(one, arnOf))]);
    }
  }
  const functions = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return new Map(
    functions.map(([name, { Properties }]) => {
      const [role = ''] = (Properties.Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
      return [name, byRole.get(role) ?? []];
    }),
  );
}

function permissionsOf(statement: Statement, arnOf: (logicalId: string) => string): Permission[] {
  if (statement.Effect !== 'Allow') throw new Error('Only what is allowed is understood here.');
  return [statement.Action].flat().flatMap((action) =>
    [statement.Resource].flat().map((resource) => ({
      action,
      resource: resolved(resource, arnOf),
      conditions: statement.Condition ?? {},
    })),
  );
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '000000000000',
};

function resolved(value: unknown, arnOf: (logicalId: string) => string): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Fn::GetAtt': attribute, Ref } = value as Record<string, unknown>;
  if (join) return (join as [string, unknown[]])[1].map((part) => resolved(part, arnOf)).join('');
  if (attribute) return arnOf((attribute as [string, string])[0]);
  return PSEUDO[Ref as string] ?? arnOf(Ref as string);
}

/** Whether this permission is what lets a request through. */
export function allows({ action, resource, conditions }: Permission, request: IamRequest): boolean {
  if (action !== request.action || !matches(resource, request.resource)) return false;
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, allowed]) => holds(operator, [allowed].flat(), request.context[key] ?? [])),
  );
}

function holds(operator: string, allowed: readonly string[], actual: readonly string[]): boolean {
  switch (operator) {
    case 'StringEquals':
      return actual.length > 0 && actual.every((value) => allowed.includes(value));
    // Without a value in the request it holds too, which a call with a key does not make use of.
    case 'ForAllValues:StringLike':
      return actual.length > 0 && actual.every((value) => allowed.some((pattern) => matches(pattern, value)));
    default:
      throw new Error(`Say what the condition ${operator} means.`);
  }
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's').test(text);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
