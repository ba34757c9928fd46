import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { deliveryFailureSchema } from '../../core/records/delivery-failure.ts';
import { storedTime } from '../../core/records/stored-time.ts';
import { WATERMARKS_TABLE } from '../../core/records/table-design.ts';
import type { CheckedTarget, TargetChecks } from '../../core/records/target-check.ts';
import type { RightsOf } from '../rights.ts';
import { attributesOf, failureAttributeOf } from './ledger-item.ts';

const times = { checkedAt: storedTime, since: storedTime };

const checkSchema = z.discriminatedUnion('state', [
  z.object({ ...times, state: z.literal('alive') }),
  z.object({ ...times, state: z.enum(['dead', 'unknown', 'not checked']), failure: deliveryFailureSchema }),
]);

/** Cannot collide with a mailbox: no account begins with `#`. Policies name them too. */
export const TARGET_CHECK_KEY_PREFIXES = ['#route/', '#path/'] as const;

/** The IAM actions of each method. The policies derive from it. */
export const TARGET_CHECKS_RIGHTS = {
  get: { targetChecks: ['dynamodb:GetItem'] },
  record: { targetChecks: ['dynamodb:PutItem'] },
} as const satisfies RightsOf<TargetChecks>;

/** The checks of targets in DynamoDB, in the watermarks' table. */
export function dynamoTargetChecks({ client, table }: { client: DynamoDBClient; table: string }): TargetChecks {
  const keyOf = (target: CheckedTarget) => ({ [WATERMARKS_TABLE.partitionKey.name]: `#${target}` });

  return {
    async get(target) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: marshall(keyOf(target)), ConsistentRead: true }),
      );
      if (!Item) return undefined;
      const parsed = checkSchema.safeParse(inCurrentWords(unmarshall(Item)));
      if (parsed.success) return parsed.data;
      throw new Error(
        `The check of ${target} is not what Rollcall writes; delete the item #${target}, and the next check writes it ` +
          `again: ${z.prettifyError(parsed.error)}`,
      );
    },

    async record(target, { checkedAt, state, since, failure }) {
      const Item = attributesOf({
        ...keyOf(target),
        checkedAt: checkedAt.toISOString(),
        state,
        since: since.toISOString(),
        failure: failure && failureAttributeOf(failure),
      });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}

/** Earlier versions stored an operator path as open or closed, and only a text as the reason. */
function inCurrentWords({ state, reason, ...item }: Record<string, unknown>): Record<string, unknown> {
  return {
    ...item,
    state: EARLIER_STATES.get(state) ?? state,
    ...(reason !== undefined && {
      failure: { kind: 'target', status: null, code: null, text: reason, at: item.checkedAt },
    }),
  };
}

const EARLIER_STATES: ReadonlyMap<unknown, string> = new Map([
  ['open', 'alive'],
  ['closed', 'dead'],
]);
