import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import type { Environment } from '../../functions/wiring/environment.ts';
import { routesWithQueues } from '../../functions/wiring/queues.ts';
import { deploymentParameterOf } from '../stack/deployment-name.ts';
import { CommandError } from './command-error.ts';

const deploymentSchema = z.record(z.string(), z.string());

/**
 * The environment of a deployment's functions: the values of its parameter, over the given environment.
 *
 * @throws CommandError if there is no such deployment, or AWS does not answer
 */
export async function deployedEnvironment(environment: Environment, stackName: string): Promise<Environment> {
  const deployed = await findDeployment(environment, stackName);
  if (deployed) return deployed;
  throw new CommandError(
    `There is no stack ${stackName} in ${placeOf(environment)}: it has no parameter ${deploymentParameterOf(stackName)}. ` +
      'Deploy it, or name another with --stack.',
  );
}

/**
 * Like `deployedEnvironment`, but undefined if nothing is deployed under that name.
 *
 * @throws CommandError if AWS does not answer
 */
export async function findDeployment(environment: Environment, stackName: string): Promise<Environment | undefined> {
  const name = deploymentParameterOf(stackName);
  const client = new SSMClient(awsClientOptions(environment, 'SSM'));
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return { ...environment, ...deploymentSchema.parse(JSON.parse(Parameter?.Value ?? '')) };
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw new CommandError(`The stack ${stackName} cannot be looked up in ${placeOf(environment)}: ${reasonOf(error)}`);
  } finally {
    client.destroy();
  }
}

/**
 * The routes of a deployment that a command is for.
 *
 * @param named undefined means all
 * @throws CommandError if the deployment has no such route
 */
export function routesNamed(named: string | undefined, environment: Environment): string[] {
  const deployed = routesWithQueues(environment);
  if (named === undefined) return deployed;
  if (deployed.includes(named)) return [named];
  throw new CommandError(`There is no route ${named}. There are: ${deployed.join(', ')}.`);
}

const mailboxesSchema = z.array(z.string());

/** The mailboxes of a deployment; undefined if it is from a version that did not store them. */
export function mailboxesIn({ MAILBOXES }: Environment): string[] | undefined {
  return MAILBOXES === undefined ? undefined : mailboxesSchema.parse(JSON.parse(MAILBOXES));
}

function placeOf({ AWS_ENDPOINT_URL_SSM, AWS_REGION }: Environment): string | undefined {
  return AWS_ENDPOINT_URL_SSM ?? AWS_REGION;
}

/** The SDK's network errors have a code and an empty message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message ? `${code}: ${error.message}` : code;
}
