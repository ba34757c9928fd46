import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { dynamoPauses } from '../../../functions/adapters/dynamo/pauses.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { pausesContract } from '../../contracts/pauses-contract.ts';

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

describe('the pauses in DynamoDB', () => {
  pausesContract(() => dynamoPauses({ client, table }));

  it('name the item that they cannot read', async () => {
    await client.send(
      new PutItemCommand({ TableName: table, Item: { mailbox: { S: '#pause/damaged' }, until: { S: 'soon' } } }),
    );
    await expect(dynamoPauses({ client, table }).active(['damaged'], new Date())).rejects.toThrow(
      /The item #pause\/damaged is not what Rollcall writes/,
    );
  });
});
