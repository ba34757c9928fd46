import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { RouteChecks } from '../core/records/route-check.ts';
import { WATERMARKS_TABLE } from '../core/records/table-design.ts';
import { attributesOf, failureAttributeOf, failureSchema } from './ledger-item.ts';
import type { RightsOf } from './rights.ts';

const time = z.iso.datetime().transform((text) => new Date(text));

const checkSchema = z.object({
  checkedAt: time,
  state: z.enum(['alive', 'dead', 'unknown']),
  since: time,
  failure: failureSchema.optional(),
});

/** Apart from every mailbox: no account begins with `#`. Policies name it too. */
export const ROUTE_CHECK_KEY_PREFIX = '#route/';

/** What each method needs of IAM. The policies derive from it. */
export const ROUTE_CHECKS_RIGHTS = {
  get: { routeChecks: ['dynamodb:GetItem'] },
  record: { routeChecks: ['dynamodb:PutItem'] },
} as const satisfies RightsOf<RouteChecks>;

/** The checks of routes in DynamoDB, beside the watermarks. */
export function dynamoRouteChecks({ client, table }: { client: DynamoDBClient; table: string }): RouteChecks {
  const keyOf = (route: string) => ({ [WATERMARKS_TABLE.partitionKey.name]: `${ROUTE_CHECK_KEY_PREFIX}${route}` });

  return {
    async get(route) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: marshall(keyOf(route)), ConsistentRead: true }),
      );
      if (!Item) return undefined;
      const parsed = checkSchema.safeParse(unmarshall(Item));
      if (parsed.success) return { ...parsed.data, failure: parsed.data.failure };
      throw new Error(
        `The check of route ${route} is not what Rollcall writes; delete the item ${ROUTE_CHECK_KEY_PREFIX}${route}, and the next check ` +
          `writes it again: ${z.prettifyError(parsed.error)}`,
      );
    },

    async record(route, { checkedAt, state, since, failure }) {
      const Item = attributesOf({
        ...keyOf(route),
        checkedAt: checkedAt.toISOString(),
        state,
        since: since.toISOString(),
        failure: failure && failureAttributeOf(failure),
      });
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}
