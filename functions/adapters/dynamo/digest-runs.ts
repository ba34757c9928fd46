import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { DigestRuns } from '../../core/digest/run.ts';
import { WATERMARKS_TABLE } from '../../core/records/table-design.ts';
import type { RightsOf } from '../rights.ts';
import { updateItem } from './update.ts';

/** Cannot collide with a mailbox: no account begins with `#`. Policies name it too. */
export const DIGEST_RUN_KEY = '#digest/run';

/** The IAM actions of each method. The policies derive from it. */
export const DIGEST_RUNS_RIGHTS = {
  begin: { digestRun: ['dynamodb:UpdateItem', 'dynamodb:GetItem'] },
  end: { digestRun: ['dynamodb:UpdateItem'] },
  recordSent: { digestRun: ['dynamodb:UpdateItem'] },
  lastSent: { digestRun: ['dynamodb:GetItem'] },
} as const satisfies RightsOf<DigestRuns>;

const time = z.number().transform((ms) => new Date(ms));

/** Times in milliseconds since 1970. */
const runSchema = z.object({
  /** Absent if no digest runs. */
  until: time.optional(),
  sentAt: time.optional(),
  countedUntil: time.optional(),
});

/** The lease on the run of a digest, and what the last sent digest counted, in one item of the watermarks' table. */
export function dynamoDigestRuns({ client, table }: { client: DynamoDBClient; table: string }): DigestRuns {
  const key = marshall({ [WATERMARKS_TABLE.partitionKey.name]: DIGEST_RUN_KEY });

  async function read(): Promise<z.output<typeof runSchema>> {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    const parsed = runSchema.safeParse(Item ? unmarshall(Item) : {});
    if (parsed.success) return parsed.data;
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
    const { until: others } = await read();
    // Otherwise the other lease ended between the two calls.
    return others && others > at ? { kind: 'another runs', until: others } : await begin(lease);
  };

  return {
    begin,
    async recordSent({ at, countedUntil }) {
      await updateItem(
        { client, table },
        {
          key,
          update: 'SET #sentAt = :sentAt, #countedUntil = :countedUntil',
          values: { ':sentAt': at.getTime(), ':countedUntil': countedUntil.getTime() },
        },
      );
    },
    async lastSent() {
      const { sentAt, countedUntil } = await read();
      return sentAt && countedUntil && { at: sentAt, countedUntil };
    },
    async end(holder) {
      await updateItem(
        { client, table },
        { key, update: 'REMOVE #holder, #until', condition: '#holder = :holder', values: { ':holder': holder } },
      );
    },
  };
}
