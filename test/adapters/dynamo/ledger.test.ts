import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { dynamoLedger } from '../../../functions/adapters/dynamo/ledger.ts';
import { queueMessageOf } from '../../../functions/core/records/alert.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { ledgerContract } from '../../contracts/ledger-contract.ts';
import { allOf, sampleEntry, sampleFailure } from '../../contracts/sample-entry.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';

const AT = new Date('2026-03-02T10:00:00.500Z');
const UNTIL = new Date('2026-03-02T10:01:00.500Z');

let aws: EmbeddedAws;
let client: DynamoDBClient;
const table = 'ledger';

beforeAll(async () => {
  aws = await startEmbeddedAws({ routes: [] });
  client = new DynamoDBClient(awsClientOptions(aws.environment, 'DYNAMODB'));
});

afterAll(async () => {
  client.destroy();
  await aws.stop();
});

const theLedger = () => dynamoLedger({ client, table });

async function itemOf(mailId: string) {
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { mailId: { S: mailId } } }));
  return unmarshall(Item ?? {});
}

describe('the ledger in DynamoDB', () => {
  ledgerContract(theLedger);

  it('marks each item with the version of its data, and keeps its index attributes', async () => {
    const entry = sampleEntry({ location: { mailbox: 'support/INBOX', uidValidity: '17', uid: 5 } });
    await theLedger().accept(entry);
    expect(await itemOf(entry.mailId)).toMatchObject({
      version: 1,
      mailboxUidValidity: 'support/INBOX#17',
      uid: 5,
      openRoute: entry.route,
      acceptedAt: '2026-03-02T09:00:00.000Z',
    });
  });

  it('lets an entry expire once it is settled, never before, and takes it out of the open ones', async () => {
    const entry = sampleEntry();
    await theLedger().accept(entry);
    await theLedger().claim(queueMessageOf(entry), { holder: 'first', at: AT, until: UNTIL });
    await theLedger().recordDead(entry.mailId, sampleFailure());
    expect(await itemOf(entry.mailId)).not.toHaveProperty('expiresAt');
    await dynamoLedger({ client, table, expiryDays: 2 }).settle(entry.mailId, { at: AT });
    const item = await itemOf(entry.mailId);
    expect(item.expiresAt).toBe(Date.UTC(2026, 2, 4, 10) / 1000);
    expect(item).not.toHaveProperty('openRoute');
    expect(item).not.toHaveProperty('leaseHolder');
  });

  it('reads more open entries than one page of an answer (1 MB) holds', async () => {
    const bulky = (index: number) => {
      const entry = sampleEntry({ route: 'bulky', acceptedAt: new Date(AT.getTime() + index) });
      return { ...entry, record: { ...entry.record, to: 'x'.repeat(100_000) } };
    };
    for (let index = 0; index < 15; index += 1) await theLedger().accept(bulky(index));
    const times = (await allOf(theLedger().openEntries('bulky'))).map(({ acceptedAt }) => acceptedAt.getTime());
    expect(times).toEqual(Array.from({ length: 15 }, (_, index) => AT.getTime() + index));
  });

  it('names an item that it cannot read', async () => {
    await client.send(
      new PutItemCommand({ TableName: table, Item: { mailId: { S: 'damaged' }, version: { N: '1' } } }),
    );
    await expect(theLedger().find(['damaged'])).rejects.toThrow(/item damaged is not what Rollcall writes/);
  });

  it('reads the id of a post under its former name, in an item of an earlier version', async () => {
    const entry = sampleEntry();
    await theLedger().accept(entry);
    await theLedger().settle(entry.mailId, { at: AT, postId: 'to be renamed' });
    const { postId: _renamed, ...older } = await itemOf(entry.mailId);
    const Item = marshall({ ...older, discordMessageId: '1400000000000000000' });
    await client.send(new PutItemCommand({ TableName: table, Item }));
    expect((await theLedger().find([entry.mailId])).get(entry.mailId)?.postId).toBe('1400000000000000000');
  });
});

describe('the ledger, where a conditional write fails for another reason than its condition', () => {
  const throttled = new ProvisionedThroughputExceededException({ message: 'Too many writes', $metadata: {} });
  const busyLedger = dynamoLedger({
    client: { send: () => Promise.reject(throttled) } as unknown as DynamoDBClient,
    table,
  });

  it.each<[string, () => Promise<unknown>]>([
    ['accept', () => busyLedger.accept(sampleEntry())],
    ['claim', () => busyLedger.claim(queueMessageOf(sampleEntry()), { holder: 'one', at: AT, until: UNTIL })],
    ['settle', () => busyLedger.settle('mail', { at: AT })],
    ['recordDead', () => busyLedger.recordDead('mail', sampleFailure())],
  ])('%s throws: nobody knows whether it holds', async (_name, write) => {
    await expect(write()).rejects.toBe(throttled);
  });
});

describe('the ledger, where DynamoDB leaves keys of a batch unprocessed', () => {
  /** Answers one key of a batch at a time, `refusals` times; after that it answers them all. */
  function busyClient(refusals: number): DynamoDBClient {
    let left = refusals;
    const send = async (command: BatchGetItemCommand) => {
      const keys = command.input.RequestItems?.[table]?.Keys ?? [];
      const answered = left > 0 ? keys.slice(0, 1) : keys;
      left -= 1;
      const part = new BatchGetItemCommand({ RequestItems: { [table]: { Keys: answered, ConsistentRead: true } } });
      const { Responses } = await client.send(part);
      const rest = keys.slice(answered.length);
      return { Responses, UnprocessedKeys: rest.length > 0 ? { [table]: { Keys: rest, ConsistentRead: true } } : {} };
    };
    return { send } as unknown as DynamoDBClient;
  }

  it('asks for them again, ever more slowly, and finds every entry', async () => {
    const entries = Array.from({ length: 5 }, () => sampleEntry());
    for (const entry of entries) await theLedger().accept(entry);
    const mailIds = entries.map(({ mailId }) => mailId);
    const clock = fakeClock();
    const found = await dynamoLedger({ client: busyClient(3), table, clock }).find(mailIds);
    expect([...found.keys()].toSorted()).toEqual(mailIds.toSorted());
    expect(clock.waits).toEqual([50, 100, 200]);
  });

  it('fails rather than take them for missing', async () => {
    const mailIds = Array.from({ length: 20 }, (_, index) => `busy-${index}`);
    const find = dynamoLedger({ client: busyClient(100), table, clock: fakeClock() }).find(mailIds);
    await expect(find).rejects.toThrow(/left 12 items of ledger unread/);
  });
});
