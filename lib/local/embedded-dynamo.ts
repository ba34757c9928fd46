import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import type { TableDesign, TableIndex } from '../../functions/core/records/table-design.ts';
import { close, originOf } from './listening.ts';

export type EmbeddedServer = { origin: string; stop(): Promise<void> };

/** Starts the stand-in for DynamoDB, in memory, on 127.0.0.1. */
export async function startEmbeddedDynamo(): Promise<EmbeddedServer> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { origin: originOf(server), stop: () => close(server) };
}

/** Creates a table with its indexes; resolves when it can be used. */
export async function createTable(client: DynamoDBClient, name: string, design: TableDesign): Promise<void> {
  await client.send(new CreateTableCommand(definitionOf(name, design)));
  const secondsBetween = { minDelay: 0.01, maxDelay: 0.1 };
  await waitUntilTableExists({ client, maxWaitTime: 10, ...secondsBetween }, { TableName: name });
}

function definitionOf(name: string, { partitionKey, indexes }: TableDesign): CreateTableCommandInput {
  const keys = [partitionKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: partitionKey.name, KeyType: 'HASH' }],
    AttributeDefinitions: keys.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
    // DynamoDB refuses an empty list.
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes.map(indexDefinitionOf) }),
  };
}

function indexDefinitionOf({ name, partitionKey, sortKey, projection }: TableIndex) {
  return {
    IndexName: name,
    KeySchema: [
      { AttributeName: partitionKey.name, KeyType: 'HASH' as const },
      { AttributeName: sortKey.name, KeyType: 'RANGE' as const },
    ],
    Projection:
      projection === 'ALL'
        ? { ProjectionType: 'ALL' as const }
        : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...projection] },
  };
}
