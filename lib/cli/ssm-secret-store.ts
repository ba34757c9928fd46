import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** Where secrets are stored. */
export type SecretStore = {
  has(parameter: string): Promise<boolean>;
  /** Overwrites any existing value. */
  put(parameter: string, value: string): Promise<void>;
};

/** Secrets as SecureString parameters under the key `aws/ssm`, the only key that the functions may decrypt with. */
export function ssmSecretStore(client: SSMClient): SecretStore {
  return {
    async has(parameter) {
      try {
        await client.send(new GetParameterCommand({ Name: parameter }));
        return true;
      } catch (error) {
        if (error instanceof ParameterNotFound) return false;
        throw error;
      }
    },
    async put(parameter, value) {
      await client.send(
        new PutParameterCommand({ Name: parameter, Value: value, Type: 'SecureString', Overwrite: true }),
      );
    },
  };
}
