import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Resourced } from './policy.ts';

/**
 * Exactly these SecureString parameters, as a policy names them. Their default key, aws/ssm, lets every principal of
 * the account decrypt through SSM, so no KMS action is needed.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
 */
export function secretParameters(scope: Construct, parameters: readonly string[]): Resourced<'secrets'> {
  const stack = Stack.of(scope);
  const arns = [...new Set(parameters)].map((parameter) =>
    // The name begins with the slash that separates it from `parameter`.
    stack.formatArn({ service: 'ssm', resource: `parameter${parameter}` }),
  );
  return { secrets: { arns } };
}
