import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { OperatorPath, PathChecks } from '../core/records/operator-path.ts';
import { WATERMARKS_TABLE } from '../core/records/table-design.ts';
import { attributesOf } from './ledger-item.ts';
import type { RightsOf } from './rights.ts';

const time = z.iso.datetime().transform((text) => new Date(text));

const checkSchema = z.object({
  checkedAt: time,
  state: z.enum(['open', 'closed', 'unknown', 'not checked']),
  since: time,
  reason: z.string().optional(),
});

/** Apart from every mailbox: no account begins with `#`. Policies name it too. */
export const PATH_CHECK_KEY_PREFIX = '#path/';

/** What each method needs of IAM. The policies derive from it. */
export const PATH_CHECKS_RIGHTS = {
  get: { pathChecks: ['dynamodb:GetItem'] },
  record: { pathChecks: ['dynamodb:PutItem'] },
} as const satisfies RightsOf<PathChecks>;

/** The checks of the paths to the operator in DynamoDB, beside the watermarks. */
export function dynamoPathChecks({ client, table }: { client: DynamoDBClient; table: string }): PathChecks {
  const keyOf = (path: OperatorPath) => ({ [WATERMARKS_TABLE.partitionKey.name]: `${PATH_CHECK_KEY_PREFIX}${path}` });

  return {
    async get(path) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: marshall(keyOf(path)), ConsistentRead: true }),
      );
      if (!Item) return undefined;
      const parsed = checkSchema.safeParse(unmarshall(Item));
      if (parsed.success) return { ...parsed.data, reason: parsed.data.reason };
      throw new Error(
        `The check of the path of the ${path} is not what Rollcall writes; delete the item ${PATH_CHECK_KEY_PREFIX}${path}, ` +
          `and the next check writes it again: ${z.prettifyError(parsed.error)}`,
      );
    },

    async record(path, { checkedAt, state, since, reason }) {
      const Item = attributesOf({
        ...keyOf(path),
        checkedAt: checkedAt.toISOString(),
        state,
        since: since.toISOString(),
        reason,
      });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}
