import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/time.ts';

type Item = Record<string, AttributeValue>;

/** BatchGetItem takes no more (Amazon DynamoDB API Reference). */
const KEYS_PER_READ = 100;

/** Waits before unprocessed keys are asked for again; after the last one the read fails as a whole. */
const WAITS_MS = [50, 100, 200, 400, 800, 1_600, 3_200];

/**
 * The items under these keys, strongly consistent, in any order; a key without an item has none. Keys must differ.
 *
 * A batch answer may leave keys out (`UnprocessedKeys`: throttling, or more than 16 MB). They are asked for again and
 * never taken for missing.
 */
export async function readItems(
  { client, table, clock }: { client: DynamoDBClient; table: string; clock: Clock },
  keys: readonly Item[],
): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(keys.length / KEYS_PER_READ) }, (_, index) =>
    keys.slice(index * KEYS_PER_READ, (index + 1) * KEYS_PER_READ),
  );
  const found = await Promise.all(batches.map((batch) => readBatch({ client, table, clock }, batch)));
  return found.flat();
}

async function readBatch(
  { client, table, clock }: { client: DynamoDBClient; table: string; clock: Clock },
  batch: Item[],
): Promise<Item[]> {
  const items: Item[] = [];
  let keys = batch;
  for (const waitMs of [0, ...WAITS_MS]) {
    if (waitMs > 0) await clock.wait(waitMs);
    const answer = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
    );
    items.push(...(answer.Responses?.[table] ?? []));
    keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (keys.length === 0) return items;
  }
  throw new Error(`DynamoDB left ${keys.length} items of ${table} unread after ${WAITS_MS.length} repeats; try again.`);
}
