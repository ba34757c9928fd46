import { DeleteItemCommand, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { deliveryFailureSchema } from '../../core/records/delivery-failure.ts';
import type { Pause, Pauses } from '../../core/records/pause.ts';
import { WATERMARKS_TABLE } from '../../core/records/table-design.ts';
import type { RightsOf } from '../rights.ts';
import { failureAttributeOf } from './ledger-item.ts';
import { updateItem } from './update.ts';

/** Cannot collide with a mailbox: no account begins with `#`. Policies name it too. */
export const PAUSE_KEY_PREFIX = '#pause/';

/** The IAM actions of each method. The policies derive from it. */
export const PAUSES_RIGHTS = {
  active: { pauses: ['dynamodb:GetItem'] },
  pause: { pauses: ['dynamodb:UpdateItem'] },
  lift: { pauses: ['dynamodb:DeleteItem'] },
} as const satisfies RightsOf<Pauses>;

const pauseSchema = z.object({
  /** Milliseconds since 1970. */
  until: z.number().transform((ms) => new Date(ms)),
  failure: deliveryFailureSchema,
});

/**
 * Pauses in DynamoDB, in the watermarks' table, one item per name. Items stay after their pause has ended; there are
 * few.
 */
export function dynamoPauses({ client, table }: { client: DynamoDBClient; table: string }): Pauses {
  const keyOf = (name: string) => marshall({ [WATERMARKS_TABLE.partitionKey.name]: `${PAUSE_KEY_PREFIX}${name}` });

  async function read(name: string): Promise<Pause | undefined> {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(name), ConsistentRead: true }),
    );
    return Item && pauseOf(name, unmarshall(Item));
  }

  return {
    async active(names, at) {
      const pauses = await Promise.all(names.map(read));
      return pauses.filter((pause): pause is Pause => pause !== undefined && pause.until > at);
    },

    async pause(name, { until, failure }) {
      await updateItem(
        { client, table },
        {
          key: keyOf(name),
          update: 'SET #until = :until, #failure = :failure',
          condition: 'attribute_not_exists(#until) OR #until < :until',
          values: { ':until': until.getTime(), ':failure': failureAttributeOf(failure) },
        },
      );
    },

    async lift(name) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(name) }));
    },
  };
}

function pauseOf(name: string, item: Record<string, unknown>): Pause {
  const parsed = pauseSchema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new Error(
    `The item ${PAUSE_KEY_PREFIX}${name} is not what Rollcall writes; delete it, and posting goes on: ` +
      z.prettifyError(parsed.error),
  );
}
