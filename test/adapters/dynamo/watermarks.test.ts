import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { dynamoWatermarks } from '../../../functions/adapters/dynamo/watermarks.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { sampleAudit, watermarksContract } from '../../contracts/watermarks-contract.ts';

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

describe('the watermarks in DynamoDB', () => {
  watermarksContract(() => dynamoWatermarks({ client, table }));

  it.each([
    ['handed over', 'sent'],
    ['sent again', 'sent'],
    ['dead', 'dead'],
  ])('reads an audit of an earlier version, whose finding was %s', async (stored, outcome) => {
    const mailbox = `${stored}/INBOX`;
    const report = sampleAudit(mailbox, new Date('2026-03-02T09:00:00.000Z'));
    const lastAudit = {
      ...report,
      at: report.at.toISOString(),
      findings: [{ ...report.findings[0], outcome: stored }],
    };
    const Item = marshall({ mailbox, lastAudit });
    await client.send(new PutItemCommand({ TableName: table, Item }));
    const health = await dynamoWatermarks({ client, table }).get(mailbox);
    expect(health?.lastAudit?.findings).toEqual([{ ...report.findings[0], outcome }]);
  });

  it('names the mailbox whose item it cannot read', async () => {
    const Item = { mailbox: { S: 'damaged/INBOX' }, uidValidity: { S: '1' }, lastUid: { S: 'ten' } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(dynamoWatermarks({ client, table }).get('damaged/INBOX')).rejects.toThrow(
      /watermark of damaged\/INBOX is not what Rollcall writes/,
    );
  });
});
