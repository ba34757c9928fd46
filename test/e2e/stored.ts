import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DeployedResource, Deployment } from './deployment.ts';
import { until } from './steps.ts';
import type { World } from './world.ts';

/** The mailbox of the shipped settings. */
export const MAILBOX = 'support/INBOX';

const SETTLED_MS = 60_000;

/** An item as the ledger stores it. */
export type LedgerItem = { mailId: string; uid: number; route: string; state: string; record: { subject: string } };

function ledgerOf(deployment: Deployment): DeployedResource {
  return deployment.one('AWS::DynamoDB::Table', 'TablesLedger');
}

/** Everything in the ledger, by uid. */
export async function ledgerItems(deployment: Deployment): Promise<LedgerItem[]> {
  const TableName = ledgerOf(deployment).physicalId;
  const { Items = [], LastEvaluatedKey } = await deployment.dynamodb.send(
    new ScanCommand({ TableName, ConsistentRead: true }),
  );
  if (LastEvaluatedKey) throw new Error('The ledger has become too large for one page of a scan.');
  return Items.map((item) => unmarshall(item) as LedgerItem).sort((one, other) => one.uid - other.uid);
}

/** Has the ledger lose a mail, as no part of Rollcall does. */
export async function forget(mailId: string, deployment: Deployment): Promise<void> {
  await deployment.dynamodb.send(
    new DeleteItemCommand({ TableName: ledgerOf(deployment).physicalId, Key: { mailId: { S: mailId } } }),
  );
}

/** Makes a mail one that was handed over this long ago. */
export async function age(mailId: string, hours: number, deployment: Deployment): Promise<void> {
  const at = new Date(Date.now() - hours * 60 * 60_000).toISOString();
  await deployment.dynamodb.send(
    new UpdateItemCommand({
      TableName: ledgerOf(deployment).physicalId,
      Key: { mailId: { S: mailId } },
      UpdateExpression: 'SET acceptedAt = :at, dispatchedAt = :at',
      ExpressionAttributeValues: { ':at': { S: at } },
    }),
  );
}

/** As if the last digest had been sent an hour ago, and this had happened half an hour ago: a digest reports nothing younger than 15 minutes. */
export async function anHourPassesBetweenDigests(
  deployment: Deployment,
  { since }: { since: 'lastAudit' | 'restart' },
): Promise<void> {
  const TableName = deployment.one('AWS::DynamoDB::Table', 'TablesWatermarks').physicalId;
  const change = async (mailbox: string, update: string, names: Record<string, string>, value: AttributeValue) =>
    await deployment.dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: { mailbox: { S: mailbox } },
        UpdateExpression: update,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':at': value },
      }),
    );
  const hourAgo = { N: String(Date.now() - 60 * 60_000) };
  await change('#digest/run', 'SET #countedUntil = :at', { '#countedUntil': 'countedUntil' }, hourAgo);
  const halfAnHourAgo = { S: new Date(Date.now() - 30 * 60_000).toISOString() };
  await change(MAILBOX, 'SET #since.#at = :at', { '#since': since, '#at': 'at' }, halfAnHourAgo);
}

/** The state of the mailbox: the last uid that was handed over, 0 if no poll has succeeded, and why one failed. */
export async function watermarkOf(
  deployment: Deployment,
): Promise<{ uidValidity: string | undefined; lastUid: number; error: string }> {
  const { Item = {} } = await deployment.dynamodb.send(
    new GetItemCommand({
      TableName: deployment.one('AWS::DynamoDB::Table', 'TablesWatermarks').physicalId,
      Key: { mailbox: { S: MAILBOX } },
      ConsistentRead: true,
    }),
  );
  const { uidValidity, lastUid = 0, lastPollError } = unmarshall(Item);
  return { uidValidity, lastUid: Number(lastUid), error: lastPollError ? JSON.stringify(lastPollError) : 'none' };
}

/** Waits until the watermark has passed all mail of the mailbox. */
export async function isPolled({ mails }: World, deployment: Deployment, timeoutMs: number): Promise<void> {
  await until(`the watermark of ${MAILBOX}`, timeoutMs, async () => {
    const { lastUid, error } = await watermarkOf(deployment);
    return lastUid === mails.length ? { lastUid } : `It stands at ${lastUid} of ${mails.length}; last error: ${error}.`;
  });
}

/** Waits until every mail of the ledger was posted, or carried by a digest. */
export async function allAreSettled(deployment: Deployment): Promise<void> {
  await until('the ledger', SETTLED_MS, async () => {
    const open = (await ledgerItems(deployment)).filter(({ state }) => state !== 'settled');
    return open.length === 0
      ? open
      : `Not settled: ${open.map(({ uid, state }) => `uid ${uid} (${state})`).join(', ')}.`;
  });
}

/** What the spool holds that no digest has carried. */
export async function pendingSegments({ s3, one }: Deployment): Promise<string[]> {
  const Bucket = one('AWS::S3::Bucket', 'Spool').physicalId;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'unknowns/pending/' }));
  return Contents.map(({ Key = '' }) => Key);
}
