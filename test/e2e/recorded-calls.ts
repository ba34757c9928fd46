import assert from 'node:assert/strict';
import { CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import * as z from 'zod';
import { actionsOf, statementsOf } from './adjusted-template.ts';
import type { Deployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';

/** LookupEvents gives no more at once, and MiniStack no token for the next page. */
const EVENTS_PER_PAGE = 50;

const recordSchema = z.object({
  eventName: z.string(),
  eventSource: z.string(),
  userAgent: z.string(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
});

/** Actions that are granted and that no recorded call of the function itself shows, with the reason. */
const NOT_RECORDED: readonly { of: RegExp; actions: readonly string[]; because: string }[] = [
  {
    of: /./,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    because: 'Lambda writes the log, with the role of the function',
  },
  {
    of: /PostToDiscord/,
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    because: 'the event source mapping works the queue off, with the role of the function',
  },
  {
    of: /PollInbox|SendDigest|AuditInbox|CheckRoutes/,
    actions: ['sqs:SendMessage'],
    because: 'Lambda sends what failed to the on-failure destination, with the role of the function',
  },
  {
    of: /SendDigest|CheckRoutes/,
    actions: ['ses:SendEmail', 'ses:SendRawEmail', 'ses:GetEmailIdentity', 'ses:GetAccount'],
    because: 'MiniStack records no call of SES; whether it was allowed shows in the digest and in the check',
  },
];

/**
 * Holds what the roles allow against the calls that were recorded: nothing is missing, and nothing is over.
 *
 * @returns how many actions were held against each other
 */
export async function isLeastPrivilege(deployment: Deployment, emulator: Emulator): Promise<number> {
  const called = await recordedActions(emulator);
  const allowed = allowedActions(deployment);
  assert.deepEqual([...called.keys()].sort(), [...allowed.keys()].sort(), 'some function called nothing');
  let compared = 0;
  for (const [caller, actions] of allowed) {
    const needed = called.get(caller) ?? new Set();
    const excused = new Set(NOT_RECORDED.filter(({ of }) => of.test(caller)).flatMap(({ actions }) => actions));
    const over = [...actions].filter((action) => !needed.has(action) && !excused.has(action));
    const missing = [...needed].filter((action) => !actions.has(action));
    assert.deepEqual({ caller, over, missing }, { caller, over: [], missing: [] });
    compared += actions.size;
  }
  return compared;
}

/** The actions that each kind of function needed, from the calls that the emulator recorded. */
async function recordedActions({ client }: Emulator): Promise<Map<string, Set<string>>> {
  const actions = new Map<string, Set<string>>();
  for (const { CloudTrailEvent } of await recordedEvents(new CloudTrailClient(client))) {
    const record = recordSchema.parse(JSON.parse(CloudTrailEvent ?? '{}'));
    const caller = /\bapp\/(\w+)/.exec(record.userAgent)?.[1];
    if (caller) add(actions, kindOf(caller), [actionOf(record)]);
  }
  return actions;
}

/** The actions that the deployed policies allow to each kind of function. */
function allowedActions({ all }: Deployment): Map<string, Set<string>> {
  const actions = new Map<string, Set<string>>();
  const functions = all('AWS::Lambda::Function');
  for (const { properties } of all('AWS::IAM::Policy')) {
    const granted = statementsOf(properties).flatMap(actionsOf).map(singly);
    for (const role of properties.Roles as string[]) {
      const holders = functions.filter(({ properties: { Role } }) => String(Role).endsWith(`/${role}`));
      for (const { logicalId } of holders) add(actions, kindOf(logicalId), granted);
    }
  }
  return actions;
}

function add(actions: Map<string, Set<string>>, caller: string, more: readonly string[]): void {
  actions.set(caller, new Set([...(actions.get(caller) ?? []), ...more]));
}

/** Every route has a poster of its own, and all of them have the same rights. */
function kindOf(logicalId: string): string {
  return /PostToDiscord|[A-Z][a-z]+[A-Z][a-z]+(?=Function)/.exec(logicalId)?.[0] ?? logicalId;
}

/** Newest first, page by page back in time; a call on the border of two pages is read twice. */
async function recordedEvents(cloudTrail: CloudTrailClient): Promise<Event[]> {
  const events = new Map<string | undefined, Event>();
  for (let EndTime = new Date(Date.now() + 1_000); ; ) {
    const { Events = [] } = await cloudTrail.send(new LookupEventsCommand({ EndTime, MaxResults: EVENTS_PER_PAGE }));
    const before = events.size;
    for (const event of Events) events.set(event.EventId, event);
    if (Events.length < EVENTS_PER_PAGE) return [...events.values()];
    if (events.size === before) throw new Error('More calls were recorded in one moment than can be looked up.');
    EndTime = new Date((Events.at(-1)?.EventTime?.getTime() ?? 0) + 1);
  }
}

/** The action that AWS asks for, from the name under which MiniStack records the call. */
function actionOf({ eventName, eventSource, requestParameters }: z.output<typeof recordSchema>): string {
  const action = `${eventSource.split('.')[0]}:${requestParameters?.Action ?? eventName}`;
  return action === 's3:ListObjects' ? 's3:ListBucket' : singly(action);
}

/** A batch is authorized as its single calls are (Service Authorization Reference, Amazon SQS). */
function singly(action: string): string {
  return action.startsWith('sqs:') ? action.replace(/Batch$/, '') : action;
}
