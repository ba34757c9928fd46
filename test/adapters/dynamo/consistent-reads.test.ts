import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { readItems } from '../../../functions/adapters/dynamo/batch-read.ts';
import { dynamoDigestRuns } from '../../../functions/adapters/dynamo/digest-runs.ts';
import { dynamoLedger } from '../../../functions/adapters/dynamo/ledger.ts';
import { dynamoPauses } from '../../../functions/adapters/dynamo/pauses.ts';
import { dynamoTargetChecks } from '../../../functions/adapters/dynamo/target-checks.ts';
import { dynamoWatermarks } from '../../../functions/adapters/dynamo/watermarks.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';

type Input = { ConsistentRead?: boolean; RequestItems?: Record<string, { ConsistentRead?: boolean }> };

/**
 * DynamoDB answers a read that is not consistent with what was there a moment ago. The embedded one is always consistent,
 * so what is asked has to be looked at.
 */
function askedBy(call: (table: { client: DynamoDBClient; table: string }) => Promise<unknown>) {
  const reads: { command: string; isConsistent: boolean }[] = [];
  const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: Input }) => {
    const { RequestItems = {}, ConsistentRead } = input;
    const consistencies = [ConsistentRead, ...Object.values(RequestItems).map((request) => request.ConsistentRead)];
    reads.push({ command: name, isConsistent: consistencies.includes(true) });
    return {};
  };
  return call({ client: { send } as unknown as DynamoDBClient, table: 'table' }).then(() => reads);
}

describe('what decides about an email is read consistently', () => {
  const at = new Date('2026-03-02T09:00:00Z');

  it.each([
    ['the entries of emails', (table) => dynamoLedger(table).find(['mail-1'])],
    ['items by their keys', (table) => readItems({ ...table, clock: fakeClock() }, [{ mailId: { S: 'mail-1' } }])],
    ['a watermark', (table) => dynamoWatermarks(table).get('support/INBOX')],
    ['a pause', (table) => dynamoPauses(table).active(['target'], at)],
    ['the check of a target', (table) => dynamoTargetChecks(table).get('route/vip')],
    ['the last digest', (table) => dynamoDigestRuns(table).lastSent()],
  ] satisfies [string, Parameters<typeof askedBy>[0]][])('%s', async (_what, call) => {
    const reads = await askedBy(call);
    expect(reads).toHaveLength(1);
    expect(reads[0]).toMatchObject({ command: expect.stringMatching(/GetItem/), isConsistent: true });
  });

  it('an entry that refused a change', async () => {
    const commands: { name: string; ConsistentRead: boolean | undefined }[] = [];
    const { ConditionalCheckFailedException } = await import('@aws-sdk/client-dynamodb');
    const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: Input }) => {
      commands.push({ name, ConsistentRead: input.ConsistentRead });
      if (name === 'UpdateItemCommand') throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
      return { Item: { mailId: { S: 'mail-1' } } };
    };
    await dynamoLedger({ client: { send } as unknown as DynamoDBClient, table: 'ledger' }).markDispatched('mail-1', at);
    expect(commands).toEqual([
      { name: 'UpdateItemCommand', ConsistentRead: undefined },
      { name: 'GetItemCommand', ConsistentRead: true },
    ]);
  });
});
