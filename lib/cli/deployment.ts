import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import type { Environment } from '../../functions/from-environment/environment.ts';
import { deploymentParameterOf } from '../deployment-name.ts';
import { CommandError } from './command-error.ts';

const deploymentSchema = z.record(z.string(), z.string());

/**
 * The environment of the functions of a deployment: what its parameter says, over the given environment.
 *
 * @throws CommandError where there is no such deployment, or nobody answers
 */
export async function deployedEnvironment(environment: Environment, stackName: string): Promise<Environment> {
  const name = deploymentParameterOf(stackName);
  const where = environment.AWS_ENDPOINT_URL_SSM ?? environment.AWS_REGION;
  const client = new SSMClient(awsClientOptions(environment, 'SSM'));
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return { ...environment, ...deploymentSchema.parse(JSON.parse(Parameter?.Value ?? '')) };
  } catch (error) {
    if (error instanceof ParameterNotFound) {
      throw new CommandError(
        `There is no stack ${stackName} in ${where}: it has no parameter ${name}. Deploy it, or name another with --stack.`,
      );
    }
    throw new CommandError(`The stack ${stackName} cannot be looked up in ${where}: ${reasonOf(error)}`);
  } finally {
    client.destroy();
  }
}

/** The SDK's network errors have a code and an empty message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message ? `${code}: ${error.message}` : code;
}
