import { DeleteItemCommand, DynamoDBClient, paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { createAuditInbox } from '../../../functions/audit-inbox/handler.ts';
import { PENDING_PREFIX } from '../../../functions/core/records/spool.ts';
import { parseSettings } from '../../../functions/core/settings/define-settings.ts';
import { createPollInbox } from '../../../functions/poll-inbox/handler.ts';
import { ledgerFrom, watermarksFrom } from '../../../functions/wiring/dynamo.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { type ImapServer, startImapServer } from '../../../lib/local/imap-server.ts';
import { startPipeline } from '../../../lib/local/local-pipeline.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { type ParameterStoreStandIn, startParameterStore } from '../../../lib/local/parameter-store-stand-in.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';

const MAILBOX = 'support/INBOX';

/**
 * The handlers on embedded servers, each called separately, so that email can be lost in between: in ways that no
 * handler expects, by an operator with access to a table, a queue or a bucket.
 */
export async function startLossyWorld(mails: readonly { raw: Buffer; receivedAt: Date }[]) {
  const running: { stop(): Promise<void> }[] = [];
  const run = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    running.unshift(server);
    return server;
  };
  const imap: ImapServer = await run(startImapServer({ mails, tls: true, user: 'support', password: 'right' }));
  const settings = parseSettings({
    mailboxes: [
      {
        account: 'support',
        host: imap.host,
        port: imap.port,
        user: 'support',
        auth: { passwordParameter: '/support' },
        folders: ['INBOX'],
        startFrom: 'all',
        allowSelfSignedCertificate: true,
      },
    ],
    routes: [
      {
        id: 'vip',
        discord: { channelId: '100000000000000001', botTokenParameter: '/discord' },
        rules: [{ name: 'urgent', subject: '^urgent' }],
      },
    ],
    digest: { from: 'a@example.com', to: 'b@example.com', at: '07:30', timeZone: 'UTC' },
    alarms: { email: 'c@example.com' },
  });
  const local = discordFor(settings);
  const aws: EmbeddedAws = await run(startEmbeddedAws({ routes: ['vip'] }));
  const discord: DiscordStandIn = await run(startDiscordStandIn(local));
  const parameters: ParameterStoreStandIn = await run(
    startParameterStore({ ...local.parameters, '/support': 'right' }),
  );
  const environment = { ...aws.environment, AWS_ENDPOINT_URL_SSM: parameters.url, DISCORD_API_URL: discord.url };
  const journal = recordingJournal();
  const dependencies = { settings, environment, journal };
  const context = { getRemainingTimeInMillis: () => 600_000 };
  const dynamo = new DynamoDBClient(awsClientOptions(environment, 'DYNAMODB'));
  const sqs = new SQSClient(awsClientOptions(environment, 'SQS'));
  const s3 = new S3Client(awsClientOptions(environment, 'S3'));
  const [ledgerTable, watermarksTable, Bucket] = ['ledger', 'watermarks', 'spool'];

  async function setTimes(table: string, key: Record<string, { S: string }>, times: Record<string, Date>) {
    const names = Object.keys(times);
    await dynamo.send(
      new UpdateItemCommand({
        TableName: table,
        Key: key,
        UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`)}`,
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name) => [`:${name}`, { S: times[name]?.toISOString() ?? '' }]),
        ),
      }),
    );
  }

  return {
    imap,
    parameters,
    journal,
    poll: async () => await createPollInbox(dependencies)({ mailbox: MAILBOX }, context),
    audit: async () => await createAuditInbox(dependencies)({ mailbox: MAILBOX }, context),
    ledger: ledgerFrom(environment),
    watermark: async () => (await watermarksFrom(environment).get(MAILBOX))?.watermark,
    /** Posts what is in the queues and sends a digest. @returns what a reader of both has seen, by subject */
    async deliver() {
      const failures: unknown[] = [];
      const pipeline = startPipeline({ settings, environment, queues: aws }, journal, (error) => failures.push(error));
      await pipeline.drained();
      const { mailIds } = await pipeline.digest();
      await pipeline.stop();
      if (failures.length > 0) throw new AggregateError(failures, 'The posters met trouble.');
      const carried = await ledgerFrom(environment).find(mailIds);
      return {
        posted: discord.posts().flatMap(({ body }) => (body.embeds ?? []).map(({ title }) => title)),
        carried: [...carried.values()].map(({ record }) => record.subject).sort(),
      };
    },
    async deleteEntry(mailId: string) {
      await dynamo.send(new DeleteItemCommand({ TableName: ledgerTable, Key: { mailId: { S: mailId } } }));
    },
    async mailIdOf(subject: string) {
      const mailIds: string[] = [];
      for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: ledgerTable })) {
        for (const { mailId, record } of Items) {
          if (record?.M?.subject?.S === subject && mailId?.S) mailIds.push(mailId.S);
        }
      }
      const [only, ...others] = mailIds;
      if (only === undefined || others.length > 0) throw new Error(`${mailIds.length} entries show ${subject}.`);
      return only;
    },
    async pushWatermark(lastUid: number) {
      await dynamo.send(
        new UpdateItemCommand({
          TableName: watermarksTable,
          Key: { mailbox: { S: MAILBOX } },
          UpdateExpression: 'SET lastUid = :uid',
          ExpressionAttributeValues: { ':uid': { N: String(lastUid) } },
        }),
      );
    },
    async purgeQueue() {
      await sqs.send(new PurgeQueueCommand({ QueueUrl: aws.queueUrls.vip }));
    },
    async deleteSegments() {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: PENDING_PREFIX })) {
        for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      }
    },
    /** As if it had all been handed over so long ago. */
    async ageEntries(ageMs: number) {
      const at = new Date(Date.now() - ageMs);
      for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: ledgerTable })) {
        for (const { mailId } of Items) {
          await setTimes(
            ledgerTable as string,
            { mailId: mailId as { S: string } },
            { acceptedAt: at, dispatchedAt: at },
          );
        }
      }
    },
    /** As if no poll had ended well since. */
    async agePolls(since: Date) {
      await setTimes(
        watermarksTable as string,
        { mailbox: { S: MAILBOX } },
        { lastPollAt: since, lastCompletePollAt: since },
      );
    },
    async stop() {
      for (const client of [dynamo, sqs, s3]) client.destroy();
      for (const server of running) await server.stop();
    },
  };
}
