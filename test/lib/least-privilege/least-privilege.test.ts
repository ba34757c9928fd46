import { readdir, readFile } from 'node:fs/promises';
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { templateOf } from '../synthesized-stack.ts';
import { arn, type IamRequest, requestsOf } from './iam-requests.ts';
import { allows, type Permission, permissionsIn } from './policies.ts';
import { liveThroughEverything } from './recorded-story.ts';

const FUNCTIONS = {
  'poll-inbox': /^PollingPollInbox/,
  'audit-inbox': /^AuditAuditInbox/,
  'send-digest': /^DigestSendDigest/,
  'check-routes': /^TargetChecksCheckRoutes/,
  'post-to-discord vip': /^RoutevipPostToDiscord/,
  'post-to-discord stripe': /^RoutestripePostToDiscord/,
} as const;
type Name = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as Name[];

/** What Lambda does under a function's role, without any call of the function's own. */
const BY_LAMBDA: { [why: string]: (permission: Permission) => boolean } = {
  'it writes the log of a function': ({ action }) => /^logs:(CreateLogStream|PutLogEvents)$/.test(action),
  'it hands over a run that failed for good': ({ action, resource }) =>
    action === 'sqs:SendMessage' && resource === arn.queue('failed-runs'),
  'its event source takes the alerts from their queue': ({ action, resource }) =>
    /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/.test(action) && resource.endsWith('-alerts'),
};

let commands: ReadonlySet<string>;
let requests: Map<string, IamRequest[]>;
let permissions: Map<Name, Permission[]>;

beforeAll(async () => {
  const { calls, input } = await liveThroughEverything();
  commands = new Set(calls.map(({ command }) => command));
  requests = new Map();
  for (const call of calls) requests.set(call.by, [...(requests.get(call.by) ?? []), ...requestsOf(call)]);
  permissions = permissionsByName(templateOf(input));
}, 180_000);

describe.each(NAMES)('%s', (name) => {
  it('may make every call that it makes', () => {
    const refused = (requests.get(name) ?? []).filter(
      (request) => !permissions.get(name)?.some((permission) => allows(permission, request)),
    );
    expect(inWords(refused)).toEqual([]);
  });

  it('may make no call that it never makes', () => {
    const unused = (permissions.get(name) ?? [])
      .filter((permission) => !requests.get(name)?.some((request) => allows(permission, request)))
      .filter((permission) => !Object.values(BY_LAMBDA).some((isLambda) => isLambda(permission)));
    expect(inWords(unused)).toEqual([]);
  });
});

it('are all the functions of the stack', () => {
  expect([...permissions.keys()].sort()).toEqual([...NAMES].sort());
  expect([...requests.keys()].sort()).toEqual([...NAMES].sort());
});

it('make every call in the story that the adapters know', async () => {
  const adapters = new URL('../../../functions/adapters/', import.meta.url);
  const sources = await Promise.all((await readdir(adapters)).map((file) => readFile(new URL(file, adapters), 'utf8')));
  const known = sources.flatMap((source) =>
    [...source.matchAll(/\bnew (\w+)Command\(|\bpaginate(\w+)\(/g)].map(([, sent, paged]) => sent ?? paged),
  );
  expect(known.length).toBeGreaterThan(0);
  expect([...commands].sort()).toEqual([...new Set(known.map((name) => `${name}Command`))].sort());
});

it.each(Object.entries(BY_LAMBDA))('Lambda needs a permission where %s', (_, isLambda) => {
  expect([...permissions.values()].flat().some(isLambda)).toBe(true);
});

function inWords(found: readonly (IamRequest | Permission)[]): string[] {
  return [...new Set(found.map(({ action, resource }) => `${action} on ${resource}`))];
}

function permissionsByName(template: Template): Map<Name, Permission[]> {
  const byFunction = [...permissionsIn(template, arnOf)];
  return new Map(
    byFunction.map(([logicalId, found]) => {
      const name = NAMES.find((candidate) => FUNCTIONS[candidate].test(logicalId));
      if (!name) throw new Error(`Let the story tell what ${logicalId} does.`);
      return [name, found];
    }),
  );
}

const PLACES: readonly [RegExp, string][] = [
  [/^TablesWatermarks/, arn.table('watermarks')],
  [/^TablesLedger/, arn.table('ledger')],
  [/^SpoolBucket/, arn.bucket('spool')],
  [/^AlarmsTopic/, arn.topic('alarms')],
  [/^FailedRunsQueue/, arn.queue('failed-runs')],
  ...['vip', 'stripe'].flatMap((route): [RegExp, string][] => [
    [new RegExp(`^Route${route}Queue`), arn.queue(`${route}-alerts`)],
    [new RegExp(`^Route${route}DeadLetters`), arn.queue(`${route}-dead-letters`)],
  ]),
];

/** The resource of the story that stands for one of the stack; itself where the story has none, such as a log. */
function arnOf(logicalId: string): string {
  return PLACES.find(([beginning]) => beginning.test(logicalId))?.[1] ?? logicalId;
}
