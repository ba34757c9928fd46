import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { SecretMissing, type Secrets, type SecretVersions } from '../core/secrets.ts';
import type { Clock } from '../core/time.ts';
import type { RightsOf } from './rights.ts';

const FIVE_MINUTES_MS = 5 * 60 * 1000;

/** The IAM actions of each method. The policies derive from it. */
export const SECRETS_RIGHTS = {
  read: { secrets: ['ssm:GetParameter'] },
  version: { secrets: ['ssm:GetParameter'] },
} as const satisfies RightsOf<Secrets & SecretVersions>;

/**
 * Secrets from SSM SecureString parameters.
 *
 * Overlapping reads of one parameter share one request, fresh or not: a request under way bypasses the cache anyway. A
 * failed read is not cached.
 *
 * @param cacheMs how long a secret may be used before it is read again
 */
export function ssmSecrets({
  client,
  clock,
  cacheMs = FIVE_MINUTES_MS,
}: {
  client: SSMClient;
  clock: Clock;
  cacheMs?: number;
}): Secrets & SecretVersions {
  const cache = new Map<string, { value: string; readAtMs: number }>();
  const underWay = new Map<string, Promise<StoredSecret>>();

  async function fetchSecret(parameter: string): Promise<StoredSecret> {
    const readAtMs = clock.now().getTime();
    const secret = await readParameter(client, parameter);
    cache.set(parameter, { value: secret.value, readAtMs });
    return secret;
  }

  async function readPastCache(parameter: string): Promise<StoredSecret> {
    const request = underWay.get(parameter) ?? fetchSecret(parameter).finally(() => underWay.delete(parameter));
    underWay.set(parameter, request);
    return await request;
  }

  return {
    async read(parameter, { fresh } = { fresh: false }) {
      const cached = cache.get(parameter);
      if (!fresh && cached && clock.now().getTime() - cached.readAtMs < cacheMs) return cached.value;
      return (await readPastCache(parameter)).value;
    },

    version: async (parameter) => (await readPastCache(parameter)).version,
  };
}

type StoredSecret = { value: string; version: string };

async function readParameter(client: SSMClient, parameter: string): Promise<StoredSecret> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
    // A parameter that is deleted and stored again starts at version 1, so the version includes the time.
    if (Parameter?.Value) {
      const version = `${Parameter.Version} of ${Parameter.LastModifiedDate?.toISOString()}`;
      return { value: Parameter.Value, version };
    }
    throw new SecretMissing(parameter);
  } catch (error) {
    if (error instanceof ParameterNotFound) throw new SecretMissing(parameter);
    throw error;
  }
}
