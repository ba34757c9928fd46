import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { dynamoDigestRuns } from '../../../functions/adapters/dynamo/digest-runs.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { digestRunsContract } from '../../contracts/digest-runs-contract.ts';

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

describe('the runs of digests in DynamoDB', () => {
  digestRunsContract(() => dynamoDigestRuns({ client, table }));

  it('name the item that they cannot read, and the command that deletes it', async () => {
    await client.send(
      new PutItemCommand({ TableName: table, Item: { mailbox: { S: '#digest/run' }, until: { S: 'soon' } } }),
    );
    const begun = dynamoDigestRuns({ client, table }).begin({ holder: 'one', at: new Date(), until: new Date() });
    await expect(begun).rejects.toThrow('The item #digest/run is not what Rollcall writes');
    const command = `aws dynamodb delete-item --table-name watermarks --key '{"mailbox":{"S":"#digest/run"}}'`;
    await expect(begun).rejects.toThrow(command);
  });
});
