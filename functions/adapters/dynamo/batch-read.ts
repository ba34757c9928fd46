import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../core/time.ts';

type Item = Record<string, AttributeValue>;

/** The maximum of BatchGetItem (Amazon DynamoDB API Reference). */
const KEYS_PER_READ = 100;

/** Waits before unprocessed keys are requested again; after the last one the whole read fails. */
const WAITS_MS = [50, 100, 200, 400, 800, 1_600, 3_200];

/**
 * The items with these keys, strongly consistent, in any order; keys without an item are omitted. Keys must differ.
 *
 * A batch answer may leave out keys (`UnprocessedKeys`: throttling, or more than 16 MB). They are requested again and
 * never treated as missing.
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
