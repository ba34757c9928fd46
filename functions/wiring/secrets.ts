import { SSMClient } from '@aws-sdk/client-ssm';
import { awsClientOptions } from '../adapters/aws-client-options.ts';
import { ssmSecrets } from '../adapters/ssm-secrets.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Secrets, SecretVersions } from '../core/secrets.ts';
import type { Environment } from './environment.ts';

export function secretsFrom(environment: Environment): Secrets & SecretVersions {
  return ssmSecrets({ client: new SSMClient(awsClientOptions(environment, 'SSM')), clock: systemClock });
}
