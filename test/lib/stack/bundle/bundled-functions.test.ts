import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsClientOptions } from '../../../../functions/adapters/aws-client-options.ts';
import { ALERTS_PER_BATCH, POST_TIMEOUT_MS } from '../../../../functions/core/delivery/delivery-limits.ts';
import type { LedgerEntry } from '../../../../functions/core/records/ledger-entry.ts';
import { polledMailboxes } from '../../../../functions/core/settings/polled-mailbox.ts';
import type { Settings } from '../../../../functions/core/settings/settings-schema.ts';
import { createPollInbox } from '../../../../functions/poll-inbox/handler.ts';
import shippedSettings from '../../../../functions/settings.ts';
import { ledgerFrom, watermarksFrom } from '../../../../functions/wiring/dynamo.ts';
import { mailReadersFrom } from '../../../../functions/wiring/mail-readers.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../lib/local/embedded-aws.ts';
import { startEventSource } from '../../../../lib/local/event-source.ts';
import { startImapServer } from '../../../../lib/local/imap-server.ts';
import { discordFor, localSecrets, withMailbox } from '../../../../lib/local/local-settings.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../../lib/local/loopback-server.ts';
import { startParameterStore } from '../../../../lib/local/parameter-store-stand-in.ts';
import { sampleMails } from '../../../../lib/local/sample-mailbox/sample-mails.ts';
import { countTotals } from '../../../../lib/local/totals.ts';
import { bundleFunction } from '../../../../lib/stack/bundle.ts';
import { type ScriptedImapServer, startScriptedImapServer } from '../../../adapters/imap/scripted-imap-server.ts';
import { generatedMails } from '../../../bench/poll/generated-mail.ts';
import { recordingJournal } from '../../../fakes/recording-journal.ts';
import { invokeBundle } from './invoke-bundle.ts';

const MAILBOX = 'support/INBOX';
const SCRIPTED_FOLDER = 'Größe & Co';
const SCRIPTED_MAILBOX = `scripted/${SCRIPTED_FOLDER}`;
const ACCOUNT = { user: 'support@example.com', password: 'local-password' };
/** In eight charsets and three transfer encodings; the first with an attachment of megabytes would be the 25th. */
const GENERATED_MAILS = 24;

const running: { stop(): Promise<void> }[] = [];
async function run<Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  running.push(server);
  return server;
}

type Services = { aws: EmbeddedAws; discord: DiscordStandIn; environment: Readonly<Record<string, string>> };

/** What the functions of one deployment talk to, but for the mailbox. */
async function startServices(settings: Settings, secrets: Record<string, string>): Promise<Services> {
  const aws = await run(startEmbeddedAws({ routes: settings.routes.map(({ id }) => id) }));
  const parameters = await run(startParameterStore(secrets));
  const discord = await run(startDiscordStandIn(discordFor(settings)));
  return {
    aws,
    discord,
    environment: { ...aws.environment, AWS_ENDPOINT_URL_SSM: parameters.url, DISCORD_API_URL: discord.url },
  };
}

let directory: string;
let settings: Settings;
let services: Services;
let fromSource: Services;
let scripted: ScriptedImapServer;
beforeAll(async () => {
  const mails = [...(await sampleMails(new Date())), ...generatedMails(GENERATED_MAILS)];
  const imap = await run(startImapServer({ mails, tls: true, ...ACCOUNT }));
  scripted = await run(startMailboxByRote());
  const inbox = { ...ACCOUNT, folder: 'INBOX', host: imap.host, port: imap.port };
  const ofInbox = { ...inbox, tls: 'implicit', allowSelfSignedCertificate: true } as const;
  const ofScript = { ...inbox, folder: SCRIPTED_FOLDER, port: scripted.port, tls: 'off' } as const;
  const local = withMailbox(shippedSettings, ofInbox, 'all');
  const [byRote] = withMailbox(shippedSettings, { ...ofScript, allowSelfSignedCertificate: false }, 'all').mailboxes;
  settings = { ...local, mailboxes: [...local.mailboxes, ...(byRote ? [{ ...byRote, account: 'scripted' }] : [])] };
  const secrets = localSecrets(ofInbox, discordFor(settings));
  services = await startServices(settings, secrets);
  fromSource = await startServices(settings, secrets);
  directory = await mkdtemp(join(tmpdir(), 'rollcall-bundled-'));
  for (const name of ['poll-inbox', 'post-to-discord', 'send-digest', 'audit-inbox', 'check-routes']) {
    bundleFunction(name, settings, join(directory, name));
  }
});
afterAll(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
});

/** What a bundled function answers; what it throws is thrown here. */
async function invoke(name: string, event: unknown, environment = services.environment): Promise<unknown> {
  const { answer, error } = await invokeBundle({ directory, name, environment }, event);
  if (error) throw new Error(error);
  return answer;
}

/** By uid. */
async function entriesOf({ environment }: Services, mailbox = MAILBOX, uidValidity = '1'): Promise<LedgerEntry[]> {
  const ledger = ledgerFrom(environment);
  const mailIds: string[] = [];
  for await (const { mailId } of ledger.entriesAboveUid(mailbox, uidValidity, 0)) mailIds.push(mailId);
  const entries = await ledger.find(mailIds);
  return [...entries.values()].sort((one, other) => one.location.uid - other.location.uid);
}

describe('the very bundles that are deployed, on embedded servers', () => {
  it('poll-inbox reads every mail as the source does, whatever its charset', async () => {
    await invoke('poll-inbox', { mailbox: MAILBOX });
    const poll = createPollInbox({ settings, environment: fromSource.environment, journal: recordingJournal() });
    await poll({ mailbox: MAILBOX }, { getRemainingTimeInMillis: () => 60_000 });

    const read = (entries: LedgerEntry[]) =>
      entries.map(({ mailId, location, route, rule, record }) => ({ mailId, location, route, rule, record }));
    const bundled = read(await entriesOf(services));
    expect(bundled).toEqual(read(await entriesOf(fromSource)));
    expect(bundled.length).toBeGreaterThan(GENERATED_MAILS + 20);
    const subjects = bundled.map(({ record }) => record.subject);
    expect(subjects).toContain('Cannot log in: ログインできません');
    for (const { subject } of generatedMails(GENERATED_MAILS)) expect(subjects).toContain(subject);
  });

  it('post-to-discord posts the alerts of every route', async () => {
    const sqs = new SQSClient(awsClientOptions(services.environment, 'SQS'));
    const troubles: string[] = [];
    for (const { id } of settings.routes) {
      const [QUEUE_URL = '', DEAD_LETTER_QUEUE_URL = ''] = [
        services.aws.queueUrls,
        services.aws.deadLetterQueueUrls,
      ].map((urls) => urls[id]);
      const environment = { ...services.environment, ROUTE: id, QUEUE_URL, DEAD_LETTER_QUEUE_URL };
      const source = startEventSource({
        sqs,
        queueUrl: QUEUE_URL,
        batchSize: ALERTS_PER_BATCH,
        concurrency: 1,
        functionTimeoutMs: POST_TIMEOUT_MS,
        handler: (event: SQSEvent) => invoke('post-to-discord', event, environment),
        onError: ({ text }) => void troubles.push(text),
      });
      await source.idle();
      await source.stop();
    }
    sqs.destroy();
    expect(troubles).toEqual([]);
    const alerts = (await entriesOf(services)).filter(({ route }) => route !== 'unknown');
    expect(alerts.filter(({ state }) => state !== 'settled')).toEqual([]);
    const embeds = services.discord.posts().flatMap(({ body }) => body.embeds ?? []);
    expect(embeds).toHaveLength(alerts.length);
  });

  it('send-digest mails the rest, and then every mail is accounted for', async () => {
    await invoke('send-digest', {});
    expect(await services.aws.sentMails()).toHaveLength(1);
    const totals = await countTotals(
      {
        mailboxes: polledMailboxes(settings).filter(({ mailbox }) => mailbox === MAILBOX),
        readerOf: mailReadersFrom(services.environment, settings),
        watermarks: watermarksFrom(services.environment),
        ledger: ledgerFrom(services.environment),
      },
      [],
      undefined,
    );
    expect(totals.unaccounted).toEqual([]);
    expect(totals.mails.filter(({ state }) => state !== 'settled')).toEqual([]);
    expect(totals.audit.accounted).toBe(totals.audit.inMailbox);
  });

  it('audit-inbox holds the mailbox against the ledger and finds nothing missing', async () => {
    const inMailbox = (await entriesOf(services)).length;
    expect(await invoke('audit-inbox', { mailbox: MAILBOX, days: 'all' })).toMatchObject({ recovered: 0 });
    expect(await entriesOf(services)).toHaveLength(inMailbox);
  });

  it('check-routes looks at the targets and at the paths to the operator', async () => {
    const stranger = await run(startServicesThatKnowNobody());
    const environment = {
      ...services.environment,
      ALARM_TOPIC_ARN: 'arn:aws:sns:eu-central-1:123456789012:alarms',
      AWS_ENDPOINT_URL_SNS: stranger.origin,
      AWS_ENDPOINT_URL_SESV2: stranger.origin,
    };
    const { error, log } = await invokeBundle({ directory, name: 'check-routes', environment }, {});
    expect(error).toBeUndefined();
    expect(log).toContain('routes checked');
    expect(log).not.toContain('route dead');
    expect(log).toContain('path closed');
  });
});

/** SES without a verified address, and SNS without a subscription. */
function startServicesThatKnowNobody(): Promise<LoopbackServer> {
  return startLoopbackServer(async ({ method, url }) => {
    if (method === 'POST') {
      const list = '<ListSubscriptionsByTopicResult><Subscriptions></Subscriptions></ListSubscriptionsByTopicResult>';
      const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
      const body = `<ListSubscriptionsByTopicResponse xmlns="${namespace}">${list}</ListSubscriptionsByTopicResponse>`;
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    }
    const headers = { 'content-type': 'application/json' };
    if (url.pathname.endsWith('/account')) {
      const body = { SendingEnabled: true, EnforcementStatus: 'HEALTHY', ProductionAccessEnabled: true };
      return { status: 200, headers, body: JSON.stringify(body) };
    }
    const refusal = { ...headers, 'x-amzn-errortype': 'NotFoundException' };
    return { status: 404, headers: refusal, body: JSON.stringify({ message: 'Email identity does not exist.' }) };
  });
}

describe('what the bundled poll needs of packages', () => {
  it('names folders in modified UTF-7, and shows the words of an ENVELOPE where a mail has no header', async () => {
    await invoke('poll-inbox', { mailbox: SCRIPTED_MAILBOX });
    const asked = scripted.commands.flatMap((command) => /^(?:STATUS|EXAMINE) ("[^"]*"|\S+)/.exec(command)?.[1] ?? []);
    expect(asked.length).toBeGreaterThan(1);
    expect(new Set(asked)).toEqual(new Set(['"Gr&APYA3w-e &- Co"']));

    const [entry] = await entriesOf(services, SCRIPTED_MAILBOX, '9');
    expect(entry?.record).toMatchObject({ subject: '你好Grüße', from: 'juergen@example.com' });
  });

  it('tells a secret that is missing from one that it may not read, as SSM names it', async () => {
    const withoutSecrets = await run(startParameterStore({}));
    const closed = await run(
      startLoopbackServer(async () => ({
        status: 400,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify({
          __type: 'AccessDeniedException',
          message: 'not authorized to perform ssm:GetParameter',
        }),
      })),
    );
    const errorWith = async (endpoint: string) => {
      const environment = { ...services.environment, AWS_ENDPOINT_URL_SSM: endpoint };
      return (await invokeBundle({ directory, name: 'poll-inbox', environment }, { mailbox: MAILBOX })).error;
    };
    expect(await errorWith(withoutSecrets.url)).toContain('SecretMissing');
    const refused = await errorWith(closed.origin);
    expect(refused).toContain('AccessDeniedException');
    expect(refused).toContain('not authorized to perform ssm:GetParameter');
  });
});

/** A mailbox of one mail that has no header, in a folder whose name IMAP writes in UTF-7. */
function startMailboxByRote(): Promise<ScriptedImapServer> {
  const envelope =
    '("Mon, 02 Mar 2026 08:00:00 +0000" "=?GB2312?B?xOO6ww==?= =?iso-8859-1?Q?Gr=FC=DFe?=" (("=?utf-8?Q?J=C3=BCrgen?=" NIL "juergen" "example.com")) NIL NIL NIL NIL NIL NIL "<1@example.com>")';
  const structure = '("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 6 1)';
  return startScriptedImapServer({
    uids: [1],
    answer: (command, tag) => {
      if (command.startsWith('LIST')) return `* LIST () "/" ""\r\n${tag} OK done\r\n`;
      if (!command.startsWith('UID FETCH')) return undefined;
      const dated = 'INTERNALDATE "02-Mar-2026 08:00:00 +0000" RFC822.SIZE 100';
      if (!command.includes('ENVELOPE')) return `* 1 FETCH (UID 1 ${dated} BODY[TEXT]<0> "text")\r\n${tag} OK done\r\n`;
      return `* 1 FETCH (UID 1 ENVELOPE ${envelope} BODYSTRUCTURE ${structure})\r\n${tag} OK done\r\n`;
    },
  });
}
