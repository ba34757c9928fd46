import { systemClock } from '../../functions/adapters/system-clock.ts';
import type { ChatProbe } from '../../functions/core/chat/chat-service.ts';
import { probeTarget } from '../../functions/core/checks/check-routes.ts';
import { type OperatorPaths, statusOfAlarms, statusOfDigest } from '../../functions/core/checks/path-status.ts';
import type { MailReader } from '../../functions/core/mail/mail-reader.ts';
import type { TargetStatus } from '../../functions/core/records/target-check.ts';
import type { Secrets } from '../../functions/core/secrets.ts';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { MailboxSettings, RouteSettings, Settings } from '../../functions/core/settings/settings-schema.ts';
import type { Clock } from '../../functions/core/time.ts';
import { chatProbeFrom } from '../../functions/wiring/chat.ts';
import type { Environment } from '../../functions/wiring/environment.ts';
import { mailReadersFrom } from '../../functions/wiring/mail-readers.ts';
import { digestPathFrom, operatorPathsFrom } from '../../functions/wiring/operator-paths.ts';
import { secretsFrom } from '../../functions/wiring/secrets.ts';
import { pathsNotHere } from '../local/paths-not-here.ts';
import type { Command } from './command.ts';
import { findDeployment } from './deployment.ts';
import { namedSecrets } from './named-secrets.ts';

export type CheckedServices = {
  secrets: Secrets;
  /** Undefined if another mailbox is read than those of the settings. */
  readerOf: ((account: MailboxSettings) => MailReader) | undefined;
  probeOf: (route: RouteSettings) => ChatProbe;
  operatorPaths: OperatorPaths;
  clock: Clock;
};

export const checkCommand: Command = {
  name: 'check',
  summary: 'tests each secret, login, channel and address of the settings; sends nothing',
  async run({ environment, stackName, isLocal, settings: load, print }) {
    const settings = await load();
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
  },
};

function pathsOf(deployed: Environment | undefined, environment: Environment, settings: Settings): OperatorPaths {
  if (deployed) return operatorPathsFrom(deployed, settings);
  const reason = 'Nothing is deployed yet. After the deployment, their address has to confirm its subscription.';
  return { digest: digestPathFrom(environment, settings), alarms: async () => ({ kind: 'not checked', reason }) };
}

/** The result of checking one thing. */
type Finding = { state: 'ok' | 'wrong' | 'not checked'; text: string };

const MARKS = { ok: '✓', wrong: '✗', 'not checked': '–' } as const;

/**
 * Checks everything in the settings that can be wrong before any email arrives: secrets, mailboxes, Discord's targets,
 * SES and SNS. Nothing is posted, sent, stored or marked.
 *
 * @returns the exit code: 0 if nothing is wrong
 */
export async function check(
  settings: Settings,
  services: CheckedServices,
  print: (line: string) => void,
): Promise<number> {
  let exitCode = 0;
  const report = async (what: string, finding: Promise<Finding>) => {
    const { state, text } = await finding.catch(wrong);
    print(`${MARKS[state]} ${what}: ${text}`);
    if (state === 'wrong') exitCode = 1;
  };
  for (const secret of namedSecrets(settings)) {
    await report(secret.parameter, checkSecret(secret, services.secrets));
  }
  for (const { mailbox, account, folder } of polledMailboxes(settings)) {
    await report(`mailbox ${mailbox}`, checkMailbox(services.readerOf?.(account), folder));
  }
  for (const route of settings.routes) {
    const { status } = await probeTarget(services.probeOf(route), services.clock);
    const finding: Finding = status.failure
      ? { state: 'wrong', text: status.failure.text }
      : { state: 'ok', text: 'Discord would accept posts' };
    await report(`route ${route.id}`, Promise.resolve(finding));
  }
  const { operatorPaths, clock } = services;
  await report(
    'digest',
    operatorPaths.digest().then((path) => findingOf(statusOfDigest(path, clock.now()), 'SES would accept it')),
  );
  await report(
    'alarms',
    operatorPaths
      .alarms()
      .then((path) => findingOf(statusOfAlarms(path, clock.now()), 'the address has confirmed the subscription')),
  );
  return exitCode;
}

async function checkSecret(
  { parameter, what, objection }: ReturnType<typeof namedSecrets>[number],
  secrets: Secrets,
): Promise<Finding> {
  const problem = objection(await secrets.read(parameter));
  return problem ? { state: 'wrong', text: problem } : { state: 'ok', text: `${what} is stored` };
}

async function checkMailbox(reader: MailReader | undefined, folder: string): Promise<Finding> {
  if (!reader) return { state: 'not checked', text: 'not checked, since a local run reads a mailbox of its own' };
  const { uidNext } = await reader.visit(folder, (session) => session.status());
  return { state: 'ok', text: `logged in; its next email gets uid ${uidNext}` };
}

function findingOf({ state, failure }: TargetStatus, ok: string): Finding {
  if (!failure) return { state: 'ok', text: ok };
  return { state: state === 'not checked' ? 'not checked' : 'wrong', text: failure.text };
}

function wrong(error: unknown): Finding {
  return { state: 'wrong', text: error instanceof Error ? error.message : String(error) };
}
