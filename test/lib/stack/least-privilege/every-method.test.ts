import { beforeAll, describe, expect, it } from 'vitest';
import type { PortList, Ports } from '../../../../functions/adapters/ports.ts';
import {
  digestRunsFrom,
  ledgerFrom,
  pausesFrom,
  targetChecksFrom,
  watermarksFrom,
} from '../../../../functions/wiring/dynamo.ts';
import { loginsFrom } from '../../../../functions/wiring/logins.ts';
import { mailReadersFrom } from '../../../../functions/wiring/mail-readers.ts';
import { mailerFrom } from '../../../../functions/wiring/mailer.ts';
import { operatorPathsFrom } from '../../../../functions/wiring/operator-paths.ts';
import { alertQueueFrom, deadLettersFrom, routeQueuesFrom } from '../../../../functions/wiring/queues.ts';
import { spoolFrom } from '../../../../functions/wiring/spool.ts';
import { type CallSite, callSiteIn, chatFrom } from './call-site.ts';
import { PORT_CALLS } from './port-calls.ts';
import { type RecordedWorld, startRecordedWorld } from './recorded-world.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, judge } from './stack-functions.ts';

/**
 * The story shows what functions do; this shows what they can do: every port method that a function is handed, with the
 * real adapters, whether any story leads there or not.
 */

let judged: ReturnType<typeof judge>;

beforeAll(async () => {
  const world = await startRecordedWorld();
  try {
    for (const name of FUNCTION_NAMES) await callEveryMethod(name, world);
    judged = judge(world.recorder.calls, world.input);
  } finally {
    await world.stop();
  }
});

describe.each(FUNCTION_NAMES)('with every port method that it is handed, %s', (name) => {
  it('makes only calls that its policy allows', () => {
    expect(judged.refused(name)).toEqual([]);
  });

  it('makes every call that its policy allows', () => {
    expect(judged.unused(name)).toEqual([]);
  });
});

async function callEveryMethod(name: FunctionName, world: RecordedWorld): Promise<void> {
  // A poster knows its one route.
  const route = /^post-to-discord (\w+)$/.exec(name)?.[1];
  const ports = portsIn(world, route ?? 'vip');
  const site = callSiteIn(world, route);
  const list: PortList = FUNCTIONS[name].ports;
  for (const [port, methods] of Object.entries(list) as [keyof Ports, readonly string[]][]) {
    for (const method of methods) await world.recorder.as(name, () => call(port, method, ports, site));
  }
}

async function call(port: keyof Ports, method: string, ports: Ports, site: CallSite): Promise<void> {
  const calls = PORT_CALLS[port] as Readonly<Record<string, (port: unknown, site: CallSite) => Promise<unknown>>>;
  const how = calls[method];
  if (!how) throw new Error(`Say in port-calls.ts how ${port}.${method} is called.`);
  await how(ports[port], site);
}

/** As the handlers wire them. */
function portsIn({ environmentOf, settings }: RecordedWorld, route: string): Ports {
  const environment = environmentOf(route);
  const [account] = settings.mailboxes;
  const one = settings.routes.find(({ id }) => id === route);
  if (!account || !one) throw new Error('There is no account, or no such route.');
  return {
    reader: mailReadersFrom(environment, settings)(account),
    login: loginsFrom(environment)(account),
    watermarks: watermarksFrom(environment),
    ledger: ledgerFrom(environment),
    sentPosts: ledgerFrom(environment),
    routeQueues: routeQueuesFrom(environment),
    queue: alertQueueFrom(environment),
    deadLetters: deadLettersFrom(environment),
    spool: spoolFrom(environment),
    chat: chatFrom(environment, one),
    pauses: pausesFrom(environment),
    targetChecks: targetChecksFrom(environment),
    operatorPaths: operatorPathsFrom(environment, settings),
    mailer: mailerFrom(environment, settings.digest),
    digestRuns: digestRunsFrom(environment),
  };
}
