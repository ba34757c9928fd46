import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../functions/adapters/aws-client-options.ts';
import { dynamoPathChecks } from '../../functions/adapters/dynamo-path-checks.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../lib/local/embedded-aws.ts';
import { pathChecksContract } from '../contracts/path-checks-contract.ts';

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

describe('the path checks in DynamoDB', () => {
  pathChecksContract(() => dynamoPathChecks({ client, table }));

  it('name the path whose item they cannot read, and what to do', async () => {
    await client.send(new PutItemCommand({ TableName: table, Item: { mailbox: { S: '#path/alarms' } } }));
    await expect(dynamoPathChecks({ client, table }).get('alarms')).rejects.toThrow(
      /check of the path of the alarms is not what Rollcall writes; delete the item #path\/alarms/,
    );
  });
});
