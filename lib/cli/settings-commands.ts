import { SSMClient } from '@aws-sdk/client-ssm';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { systemClock } from '../../functions/adapters/system-clock.ts';
import type { OperatorPaths } from '../../functions/core/checks/path-status.ts';
import type { RouteSettings, Settings } from '../../functions/core/settings/settings-schema.ts';
import { chatProbeFrom } from '../../functions/wiring/chat.ts';
import type { Environment } from '../../functions/wiring/environment.ts';
import { mailReadersFrom } from '../../functions/wiring/mail-readers.ts';
import { digestPathFrom, operatorPathsFrom } from '../../functions/wiring/operator-paths.ts';
import { secretsFrom } from '../../functions/wiring/secrets.ts';
import { pathsNotHere } from '../local/paths-not-here.ts';
import { check } from './check.ts';
import { CommandError } from './command-error.ts';
import { findDeployment } from './deployment.ts';
import type { Command } from './options.ts';
import { preview } from './preview.ts';
import { type AskSecret, storeSecrets } from './secrets.ts';
import { ssmSecretStore } from './ssm-secret-store.ts';

/** The commands that need settings and an account, and no deployment. */

/** @returns the exit code of `check` */
export async function checkEverything(
  { environment, stackName, isLocal }: Command,
  settings: Settings,
  print: (line: string) => void,
): Promise<number> {
  const deployed = await findDeployment(environment, stackName);
  const dependencies = deployed ?? environment;
  const services = {
    secrets: secretsFrom(dependencies),
    readerOf: isLocal ? undefined : mailReadersFrom(dependencies, settings),
    probeOf: (route: RouteSettings) => chatProbeFrom(dependencies, route),
    operatorPaths: isLocal ? pathsNotHere : pathsOf(deployed, environment, settings),
    clock: systemClock,
  };
  return await check(settings, services, print);
}

function pathsOf(deployed: Environment | undefined, environment: Environment, settings: Settings): OperatorPaths {
  if (deployed) return operatorPathsFrom(deployed, settings);
  const reason = 'Nothing is deployed yet. After the deployment, their address has to confirm its subscription.';
  return { digest: digestPathFrom(environment, settings), alarms: async () => ({ kind: 'not checked', reason }) };
}

/**
 * @throws CommandError for a local run, MailboxFailure where a mailbox cannot be read
 */
export async function previewMailboxes(
  { environment, days, isLocal }: Command,
  settings: Settings,
  print: (line: string) => void,
): Promise<void> {
  if (isLocal)
    throw new CommandError('preview reads the mailboxes of the settings; a local run prints its email itself.');
  await preview(settings, days, { readerOf: mailReadersFrom(environment, settings), clock: systemClock }, print);
}

/** @returns the exit code of `secrets` */
export async function storeSecretsInSsm(
  { environment, named }: Command,
  settings: Settings,
  { ask, print }: { ask: AskSecret; print: (line: string) => void },
): Promise<number> {
  const client = new SSMClient(awsClientOptions(environment, 'SSM'));
  try {
    return await storeSecrets(settings, named, { store: ssmSecretStore(client), ask, print });
  } finally {
    client.destroy();
  }
}
