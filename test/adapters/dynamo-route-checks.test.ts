import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { dynamoRouteChecks } from '../../functions/adapters/dynamo-route-checks.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../lib/local/embedded-aws.ts';
import { routeChecksContract } from '../contracts/route-checks-contract.ts';

const table = 'watermarks';
let aws: EmbeddedAws;
let client: DynamoDBClient;

beforeAll(async () => {
  aws = await startEmbeddedAws({ routes: [] });
  client = new DynamoDBClient(awsClientOptions(aws.environment, 'DYNAMODB'));
});

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

describe('the route checks in DynamoDB', () => {
  routeChecksContract(() => dynamoRouteChecks({ client, table }));

  it('name the route whose item they cannot read, and what to do', async () => {
    await client.send(new PutItemCommand({ TableName: table, Item: { mailbox: { S: '#route/damaged' } } }));
    await expect(dynamoRouteChecks({ client, table }).get('damaged')).rejects.toThrow(
      /check of route damaged is not what Rollcall writes; delete the item #route\/damaged/,
    );
  });
});
