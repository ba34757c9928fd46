import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NotFoundException } from '@aws-sdk/client-sesv2';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { vi } from 'vitest';
import { awsClientOptions } from '../../../functions/adapters/aws-client-options.ts';
import { createAuditInbox } from '../../../functions/audit-inbox/handler.ts';
import { createCheckRoutes } from '../../../functions/check-routes/handler.ts';
import {
  ALERTS_PER_BATCH,
  POST_CONCURRENCY,
  POST_TIMEOUT_MS,
} from '../../../functions/core/delivery/delivery-limits.ts';
import { queueMessageOf } from '../../../functions/core/delivery/queue-message.ts';
import { MAILS_SHOWN } from '../../../functions/core/digest/digest-limits.ts';
import type { LedgerEntry } from '../../../functions/core/ledger/ledger-entry.ts';
import { defineSettings } from '../../../functions/core/settings/define-settings.ts';
import type { SettingsInput } from '../../../functions/core/settings/settings-schema.ts';
import { ledgerFrom, watermarksFrom } from '../../../functions/from-environment/dynamo.ts';
import { createPollInbox } from '../../../functions/poll-inbox/handler.ts';
import { createPostToDiscord } from '../../../functions/post-to-discord/handler.ts';
import { createSendDigest } from '../../../functions/send-digest/handler.ts';
import { startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { startEventSource } from '../../../lib/local/event-source.ts';
import { startImapServer } from '../../../lib/local/imap-server.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { startParameterStore } from '../../../lib/local/parameter-store-stand-in.ts';
import { sampleEntry } from '../../contracts/sample-entry.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';
import { arn } from './iam-requests.ts';
import { type RecordedCall, recordCalls } from './recorded-calls.ts';

const ROUTES = ['vip', 'stripe'] as const;
const WHILE = { timeout: 60_000, interval: 50 };
const NOTHING = async () => undefined;
const CHANNEL = '100000000000000001';

/** A bot and a webhook, a password and OAuth 2: every kind for which the stack allows something else. */
function inputFor(imap: { host: string; port: number }): SettingsInput {
  const at = { ...imap, allowSelfSignedCertificate: true, startFrom: 'all' } as const;
  return {
    mailboxes: [
      { ...at, account: 'support', user: 'support', auth: { passwordParameter: '/rollcall/support/password' } },
      {
        ...at,
        account: 'billing',
        user: 'billing',
        auth: {
          tokenUrl: 'https://127.0.0.1:9/token',
          clientId: 'rollcall',
          clientSecretParameter: '/rollcall/billing/client-secret',
          refreshTokenParameter: '/rollcall/billing/refresh-token',
        },
      },
    ],
    routes: [
      {
        id: 'vip',
        discord: { channelId: CHANNEL, botTokenParameter: '/rollcall/bot-token' },
        rules: [{ name: 'vip', subject: '^vip' }],
      },
      {
        id: 'stripe',
        discord: { webhookParameter: '/rollcall/stripe-webhook' },
        rules: [{ name: 'stripe', subject: '^stripe' }],
      },
    ],
    digest: { from: 'rollcall@example.com', to: 'ada@example.org', at: '07:30', timeZone: 'UTC' },
    alarms: { email: 'operator@example.net' },
  };
}

/** All that happened, and under which settings. */
export type Story = { calls: readonly RecordedCall[]; input: SettingsInput };

/**
 * Everything that the functions do in their lives: mail comes and is posted, channels die and heal, letters are lost and
 * found, Discord asks for patience, a digest is cut, an audit finds what is missing. Real handlers on embedded servers.
 */
export async function liveThroughEverything(): Promise<Story> {
  const stops: (() => Promise<void> | void)[] = [];
  const started = <Server extends { stop(): Promise<void> }>(server: Server): Server => {
    stops.unshift(() => server.stop());
    return server;
  };
  const recorder = recordCalls();
  stops.unshift(recorder.stop);
  try {
    const imap = started(await startImapServer({ mails: [], tls: true, user: 'support', password: 'right' }));
    const input = inputFor({ host: imap.host, port: imap.port });
    const settings = defineSettings(input);
    const aws = started(await startEmbeddedAws({ routes: ROUTES }));
    const local = discordFor(settings);
    const discord = started(await startDiscordStandIn(local));
    const parameters = started(
      await startParameterStore({
        ...local.parameters,
        '/rollcall/support/password': 'right',
        '/rollcall/billing/client-secret': 'secret',
        '/rollcall/billing/refresh-token': 'secret',
      }),
    );
    const environment: Record<string, string> = {
      ...aws.environment,
      AWS_ENDPOINT_URL_SSM: parameters.url,
      DISCORD_API_URL: discord.url,
      ALARM_TOPIC_ARN: arn.topic('alarms'),
    };
    const journal = recordingJournal();
    const surroundings = { settings, environment, journal };
    const ledger = ledgerFrom(environment);
    const sqs = new SQSClient(awsClientOptions(environment, 'SQS'));
    const dynamo = new DynamoDBClient(awsClientOptions(environment, 'DYNAMODB'));
    stops.push(
      () => sqs.destroy(),
      () => dynamo.destroy(),
    );
    recorder.answerWith(answerOfSesAndSns);

    for (const id of ROUTES) {
      const QUEUE_URL = aws.queueUrls[id] ?? '';
      const DEAD_LETTER_QUEUE_URL = aws.deadLetterQueueUrls[id] ?? '';
      const post = createPostToDiscord({
        ...surroundings,
        environment: { ...environment, ROUTE: id, QUEUE_URL, DEAD_LETTER_QUEUE_URL },
      });
      started(
        startEventSource({
          sqs,
          queueUrl: QUEUE_URL,
          batchSize: ALERTS_PER_BATCH,
          concurrency: POST_CONCURRENCY,
          functionTimeoutMs: POST_TIMEOUT_MS,
          handler: (event, context) => recorder.as(`post-to-discord ${id}`, () => post(event, context)),
          onError: ({ text }) => {
            throw new Error(text);
          },
        }),
      );
    }
    const context = { getRemainingTimeInMillis: () => 10 * 60_000 };
    const pollInbox = createPollInbox(surroundings);
    const auditInbox = createAuditInbox(surroundings);
    const checkRoutes = createCheckRoutes(surroundings);
    const sendDigest = createSendDigest(surroundings);
    const poll = (mailbox: string) => recorder.as('poll-inbox', () => pollInbox({ mailbox }, context));
    const audit = (mailbox: string) => recorder.as('audit-inbox', () => auditInbox({ mailbox }, context));
    const check = () => recorder.as('check-routes', () => checkRoutes({}, context));
    const digest = () => recorder.as('send-digest', () => sendDigest());

    const deliver = (...subjects: string[]) => {
      for (const subject of subjects) imap.deliver(mail(subject));
    };
    const known = async (state: LedgerEntry['state'], route: string): Promise<LedgerEntry[]> => {
      const mailIds = journal.of('mail accepted').map(({ entry }) => entry.mailId);
      const entries = [...(await ledger.find(mailIds)).values()];
      return entries.filter((entry) => entry.state === state && entry.route === route);
    };
    const waitFor = (count: number, state: LedgerEntry['state']) =>
      vi.waitFor(async () => {
        for (const route of ROUTES) {
          const found = (await known(state, route)).length;
          if (found !== count) throw new Error(`${found} alerts of ${route} are ${state}, not ${count} yet`);
        }
      }, WHILE);
    const put = (queueUrl: string | undefined, body: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl ?? '', MessageBody: body }));

    // Posters that are faster than whoever sent: the alerts are settled before they are marked as sent.
    const postedAtOnce = async ({ command, input: { Entries } }: RecordedCall) => {
      if (command !== 'SendMessageBatchCommand') return;
      const mailIds = (Entries as { MessageBody: string }[]).map(({ MessageBody }) => JSON.parse(MessageBody).mailId);
      await vi.waitFor(async () => {
        const open = [...(await ledger.find(mailIds)).values()].filter(({ state }) => state !== 'settled');
        if (open.length > 0) throw new Error(`${open.length} alerts are not settled yet`);
      }, WHILE);
    };
    recorder.after(postedAtOnce);
    const unknown = Array.from({ length: MAILS_SHOWN + 1 }, (_, index) => `nothing ${index}`);
    deliver('vip 1', 'stripe 1', ...unknown);
    await poll('support/INBOX');
    await waitFor(1, 'settled');
    recorder.after(NOTHING);

    // A provider that gives no token any more.
    await poll('billing/INBOX').catch(() => undefined);
    await watermarksFrom(environment).create({
      mailbox: 'billing/INBOX',
      uidValidity: '1',
      lastUid: 1,
      baselineUid: 0,
      baselineAt: new Date(0),
      accountedSince: undefined,
      previousUidValidity: undefined,
    });
    await audit('billing/INBOX').catch(() => undefined);

    // Settled alerts that their queue brings again, and a message that names no mail.
    for (const route of ROUTES) {
      const [again] = await known('settled', route);
      if (again) await put(aws.queueUrls[route], JSON.stringify(queueMessageOf(again)));
      await put(aws.queueUrls[route], 'not a message');
    }

    // Both targets die: the alerts that come are dead letters.
    discord.faults.add({ outcome: { kind: 'answer', status: 403, code: 50_001 } });
    deliver('vip 2', 'stripe 2');
    await poll('support/INBOX');
    await waitFor(1, 'dead');
    await check();

    // A letter is all that is left of an alert that the ledger has lost. Then the targets heal.
    for (const route of ROUTES) {
      const [lost] = await known('settled', route);
      if (!lost) throw new Error(`No alert of ${route} is settled.`);
      await put(aws.deadLetterQueueUrls[route], JSON.stringify(queueMessageOf(lost)));
      await dynamo.send(
        new DeleteItemCommand({ TableName: environment.LEDGER_TABLE, Key: marshall({ mailId: lost.mailId }) }),
      );
    }
    discord.faults.clear();
    recorder.after(postedAtOnce);
    await check();
    await waitFor(1, 'settled');
    recorder.after(NOTHING);

    await digest();
    deliver('nothing more');
    await poll('support/INBOX');
    await digest();

    imap.setUidValidity(2);
    await poll('support/INBOX');

    // What the ledger has lost is in the mailbox still, and what waits for days is in the ledger.
    deliver('nothing at all');
    await poll('support/INBOX');
    const entries = [...(await ledger.find(journal.of('mail accepted').map(({ entry }) => entry.mailId))).values()];
    for (const { mailId } of entries) {
      await dynamo.send(new DeleteItemCommand({ TableName: environment.LEDGER_TABLE, Key: marshall({ mailId }) }));
    }
    const acceptedAt = new Date(Date.now() - 3 * 24 * 60 * 60_000);
    for (const route of [...ROUTES, 'unknown', 'a route that is no longer there']) {
      const waiting = sampleEntry({ route, acceptedAt });
      await ledger.accept({ ...waiting, location: { ...waiting.location, mailbox: 'support/INBOX' } });
    }
    recorder.after(postedAtOnce);
    await audit('support/INBOX');
    recorder.after(NOTHING);

    // Discord asks for patience.
    discord.faults.add({
      method: 'POST',
      outcome: { kind: 'answer', status: 429, headers: { 'retry-after': '60', 'x-ratelimit-reset-after': '60' } },
    });
    deliver('vip 3', 'stripe 3');
    await poll('support/INBOX');
    await vi.waitFor(() => {
      const routes = new Set(journal.of('alert handed back').map(({ alert }) => alert.route));
      if (routes.size < ROUTES.length) throw new Error('not every route was told to wait');
    }, WHILE);
    discord.faults.clear();
    return { calls: recorder.calls, input };
  } finally {
    for (const stop of stops) await stop();
  }
}

function mail(subject: string): Buffer {
  const id = `<${subject.replaceAll(' ', '-')}@example.com>`;
  return Buffer.from(
    `From: Eve <eve@example.com>\r\nTo: support@example.com\r\nMessage-ID: ${id}\r\nSubject: ${subject}\r\n\r\nText\r\n`,
  );
}

/** No identity is verified, so that every one is asked for. */
function answerOfSesAndSns({ command }: RecordedCall): Promise<unknown> | undefined {
  switch (command) {
    case 'GetAccountCommand':
      return Promise.resolve({ SendingEnabled: true, ProductionAccessEnabled: false });
    case 'GetEmailIdentityCommand':
      return Promise.reject(new NotFoundException({ message: 'not found', $metadata: {} }));
    case 'ListSubscriptionsByTopicCommand':
      return Promise.resolve({ Subscriptions: [] });
    default:
      return undefined;
  }
}
