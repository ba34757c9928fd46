import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { MailboxSettings } from '../functions/core/settings/settings-schema.ts';

/**
 * Lets a function read exactly these SecureString parameters. The key they are encrypted with by default, aws/ssm, lets
 * every principal of the account decrypt through SSM, so nothing is asked of KMS.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
 */
export function mayReadSecrets(scope: Construct, parameters: readonly string[]): PolicyStatement {
  const stack = Stack.of(scope);
  const resources = [...new Set(parameters)].map((parameter) =>
    // The name begins with the slash that separates it from `parameter`.
    stack.formatArn({ service: 'ssm', resource: `parameter${parameter}` }),
  );
  return new PolicyStatement({ actions: ['ssm:GetParameter'], resources });
}

/** The parameters that a poll of this mailbox signs in with. */
export function secretsOfMailbox({ auth }: MailboxSettings): string[] {
  switch (auth.kind) {
    case 'password':
      return [auth.passwordParameter];
    case 'client credentials':
      return [auth.clientSecretParameter];
    case 'refresh token':
      return [auth.refreshTokenParameter, ...(auth.clientSecretParameter ? [auth.clientSecretParameter] : [])];
  }
}
