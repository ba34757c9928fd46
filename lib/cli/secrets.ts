import { SSMClient } from '@aws-sdk/client-ssm';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import type { AskSecret, Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { type NamedSecret, namedSecrets } from './named-secrets.ts';
import { type SecretStore, ssmSecretStore } from './ssm-secret-store.ts';

export const secretsCommand: Command = {
  name: 'secrets',
  argument: '[PARAMETER]',
  summary: 'asks for the secrets that are not stored yet, or for the given one, and stores them in SSM',
  async run({ environment, settings, named, ask, print }) {
    const client = new SSMClient(awsClientOptions(environment, 'SSM'));
    try {
      return await storeSecrets(await settings(), named, { store: ssmSecretStore(client), ask, print });
    } finally {
      client.destroy();
    }
  },
};

/**
 * Asks for the secrets that are not stored yet, or for the named one, and stores them. The answers are never printed.
 *
 * @param settings that name the secrets
 * @returns the exit code: 0 if every requested secret is stored now
 * @throws CommandError if the settings do not name such a parameter
 */
export async function storeSecrets(
  settings: Settings,
  named: string | undefined,
  { store, ask, print }: { store: SecretStore; ask: AskSecret; print: (line: string) => void },
): Promise<number> {
  let exitCode = 0;
  for (const secret of secretsToStore(namedSecrets(settings), named)) {
    const { parameter, what } = secret;
    if (named === undefined && (await store.has(parameter))) {
      print(`${parameter}: ${what} is stored already. To renew it: npm run rollcall -- secrets ${parameter}`);
      continue;
    }
    const value = await ask(`${parameter}: ${what}: `);
    const objection = value === '' ? 'Nothing was given.' : secret.objection(value);
    if (objection) {
      print(`${parameter}: not stored. ${objection}`);
      exitCode = 1;
    } else {
      await store.put(parameter, value);
      print(`${parameter}: stored. Rollcall reads it within five minutes.`);
    }
  }
  return exitCode;
}

function secretsToStore(secrets: readonly NamedSecret[], named: string | undefined): readonly NamedSecret[] {
  if (named === undefined) return secrets;
  const found = secrets.filter(({ parameter }) => parameter === named);
  if (found.length > 0) return found;
  const parameters = secrets.map(({ parameter }) => parameter).join(', ');
  throw new CommandError(`The settings name no parameter ${named}. They name: ${parameters}.`);
}
