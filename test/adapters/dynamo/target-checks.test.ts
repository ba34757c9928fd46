import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { dynamoTargetChecks } from '../../../functions/adapters/dynamo/target-checks.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { targetChecksContract } from '../../contracts/target-checks-contract.ts';

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

describe('the target checks in DynamoDB', () => {
  targetChecksContract(() => dynamoTargetChecks({ client, table }));

  it('name the target whose item they cannot read, and what to do', async () => {
    await client.send(new PutItemCommand({ TableName: table, Item: { mailbox: { S: '#route/damaged' } } }));
    await expect(dynamoTargetChecks({ client, table }).get('route/damaged')).rejects.toThrow(
      /check of route\/damaged is not what Rollcall writes; delete the item #route\/damaged/,
    );
  });

  describe('read what an earlier version wrote', () => {
    const checkedAt = new Date('2026-03-02T12:00:00.000Z');
    const since = new Date('2026-03-02T09:00:00.000Z');
    const times = { checkedAt: checkedAt.toISOString(), since: since.toISOString() };
    const found = { checkedAt, since };

    it.each([
      ['a closed path', { state: 'closed', reason: 'It is not verified.' }, 'dead', 'It is not verified.'],
      ['a path that could not be asked', { state: 'unknown', reason: 'SES is away.' }, 'unknown', 'SES is away.'],
      ['a path nobody can ask for', { state: 'not checked', reason: 'A local run.' }, 'not checked', 'A local run.'],
      ['an open path', { state: 'open' }, 'alive', undefined],
    ] as const)('%s', async (_what, stored, state, text) => {
      const Item = marshall({ mailbox: '#path/digest', ...times, ...stored });
      await client.send(new PutItemCommand({ TableName: table, Item }));
      const failure = text && { kind: 'target', status: null, code: null, text, at: checkedAt };
      expect(await dynamoTargetChecks({ client, table }).get('path/digest')).toEqual({ ...found, state, failure });
    });

    it.each(['dead', 'unknown'] as const)('a %s route', async (state) => {
      const failure = { kind: 'target', status: 403, code: '50001', text: 'Missing Access', at: times.checkedAt };
      const Item = marshall({ mailbox: '#route/vip', ...times, state, failure });
      await client.send(new PutItemCommand({ TableName: table, Item }));
      const read = await dynamoTargetChecks({ client, table }).get('route/vip');
      expect(read).toEqual({ ...found, state, failure: { ...failure, at: checkedAt } });
    });

    it('an alive route', async () => {
      const Item = marshall({ mailbox: '#route/vip', ...times, state: 'alive' });
      await client.send(new PutItemCommand({ TableName: table, Item }));
      expect(await dynamoTargetChecks({ client, table }).get('route/vip')).toEqual({ ...found, state: 'alive' });
    });
  });
});
