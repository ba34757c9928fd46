import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { WATERMARKS_TABLE } from '../core/ledger/table-design.ts';
import type { DigestRuns } from '../core/ports.ts';
import { updateItem } from './dynamo-update.ts';

/** Apart from every mailbox: no account begins with `#`. */
const DIGEST_RUN_KEY = '#digest/run';

const leaseSchema = z.object({
  /** Milliseconds since 1970; absent where no digest runs. */
  until: z
    .number()
    .transform((ms) => new Date(ms))
    .optional(),
});

/** The lease on the run of a digest in DynamoDB, beside the watermarks. Its one item stays, empty, when the digest ends. */
export function dynamoDigestRuns({ client, table }: { client: DynamoDBClient; table: string }): DigestRuns {
  const key = marshall({ [WATERMARKS_TABLE.partitionKey.name]: DIGEST_RUN_KEY });

  async function readUntil(): Promise<Date | undefined> {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    const parsed = leaseSchema.safeParse(Item ? unmarshall(Item) : {});
    if (parsed.success) return parsed.data.until;
    throw new Error(
      `The item ${DIGEST_RUN_KEY} is not what Rollcall writes, so no digest can run: ${z.prettifyError(parsed.error)}. ` +
        `Delete it: aws dynamodb delete-item --table-name ${table} --key '${JSON.stringify(key)}'`,
    );
  }

  const begin: DigestRuns['begin'] = async (lease) => {
    const { holder, at, until } = lease;
    const begun = await updateItem(
      { client, table },
      {
        key,
        update: 'SET #holder = :holder, #until = :until',
        condition: 'attribute_not_exists(#until) OR #until <= :at OR #holder = :holder',
        values: { ':holder': holder, ':until': until.getTime(), ':at': at.getTime() },
      },
    );
    if (begun) return { kind: 'begun' };
    const others = await readUntil();
    // Where it is not, the other lease ended between the two calls.
    return others && others > at ? { kind: 'another runs', until: others } : await begin(lease);
  };

  return {
    begin,
    async end(holder) {
      await updateItem(
        { client, table },
        { key, update: 'REMOVE #holder, #until', condition: '#holder = :holder', values: { ':holder': holder } },
      );
    },
  };
}
