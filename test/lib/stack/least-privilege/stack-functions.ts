import type { PortList } from '../../../../functions/adapters/ports.ts';
import { AUDIT_INBOX_PORTS } from '../../../../functions/core/audit/audit.ts';
import { CHECK_ROUTES_PORTS } from '../../../../functions/core/checks/check-routes.ts';
import { POST_PORTS, REPEATABLE_POST_PORTS } from '../../../../functions/core/delivery/posting.ts';
import { SEND_DIGEST_PORTS } from '../../../../functions/core/digest/send-digest.ts';
import { POLL_INBOX_PORTS } from '../../../../functions/core/poll/poll.ts';
import type { SettingsInput } from '../../../../functions/core/settings/settings-schema.ts';
import { templateOf } from '../synthesized-stack.ts';
import { arn, type IamRequest, requestsOf } from './iam-requests.ts';
import { allows, type Permission, permissionsIn } from './policies.ts';
import type { RecordedCall } from './recorded-calls.ts';

/** The functions of the stack: how their logical ids begin, and what their use cases are handed. */
export const FUNCTIONS = {
  'poll-inbox': { id: /^PollingPollInbox/, ports: POLL_INBOX_PORTS },
  'audit-inbox': { id: /^AuditAuditInbox/, ports: AUDIT_INBOX_PORTS },
  'send-digest': { id: /^DigestSendDigest/, ports: SEND_DIGEST_PORTS },
  'check-routes': { id: /^TargetChecksCheckRoutes/, ports: CHECK_ROUTES_PORTS },
  'post-to-discord vip': { id: /^RoutevipPostToDiscord/, ports: REPEATABLE_POST_PORTS },
  'post-to-discord stripe': { id: /^RoutestripePostToDiscord/, ports: POST_PORTS },
} as const satisfies Record<string, { id: RegExp; ports: PortList }>;

export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

/** What Lambda does under a function's role, without any call of the function's own; `rights-of-services` proves it. */
const BY_LAMBDA: readonly ((permission: Permission) => boolean)[] = [
  ({ action }) => /^logs:(CreateLogStream|PutLogEvents)$/.test(action),
  ({ action, resource }) => action === 'sqs:SendMessage' && resource === arn.queue('failed-runs'),
  ({ action, resource }) =>
    /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/.test(action) && resource.endsWith('-alerts'),
];

/** Holds recorded calls against the policies that the stack has with these settings. */
export function judge(calls: readonly RecordedCall[], settings: SettingsInput) {
  const permissions = permissionsByName(settings);
  const requestsBy = (name: FunctionName) => calls.filter(({ by }) => by === name).flatMap(requestsOf);
  return {
    /** Who called something, and who has a policy. */
    callers: [...new Set(calls.map(({ by }) => by))],
    deployed: [...permissions.keys()],
    /** What a function called and may not. */
    refused: (name: FunctionName) =>
      inWords(
        requestsBy(name).filter((request) => !permissions.get(name)?.some((permission) => allows(permission, request))),
      ),
    /** What a function may and did not call. */
    unused(name: FunctionName) {
      const requests = requestsBy(name);
      return inWords(
        (permissions.get(name) ?? [])
          .filter((permission) => !requests.some((request) => allows(permission, request)))
          .filter((permission) => !BY_LAMBDA.some((isLambda) => isLambda(permission))),
      );
    },
  };
}

function inWords(found: readonly (IamRequest | Permission)[]): string[] {
  return [...new Set(found.map(({ action, resource }) => `${action} on ${resource}`))];
}

function permissionsByName(settings: SettingsInput): Map<FunctionName, Permission[]> {
  const byFunction = [...permissionsIn(templateOf(settings), arnOf)];
  return new Map(
    byFunction.map(([logicalId, found]) => {
      const name = FUNCTION_NAMES.find((candidate) => FUNCTIONS[candidate].id.test(logicalId));
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

/** The resource of the story that represents one of the stack; the same one if the story has none, such as a log. */
function arnOf(logicalId: string): string {
  return PLACES.find(([beginning]) => beginning.test(logicalId))?.[1] ?? logicalId;
}
