import type { DigestReport } from '../../functions/core/digest/send-digest.ts';
import type { Journal, JournalEvent } from '../../functions/core/journal.ts';
import { polledMailboxes } from '../../functions/core/settings/polled-mailbox.ts';
import type { Settings } from '../../functions/core/settings/settings-schema.ts';
import { ledgerFrom, watermarksFrom } from '../../functions/wiring/dynamo.ts';
import { mailReadersFrom } from '../../functions/wiring/mail-readers.ts';
import { deploymentParameterOf, STACK_NAME } from '../stack/deployment-name.ts';
import { type DiscordStandIn, startDiscordStandIn } from './discord-stand-in/discord-stand-in.ts';
import { type EmbeddedAws, startEmbeddedAws } from './embedded-aws.ts';
import type { EventSourceError } from './event-source.ts';
import { type ImapServer, startImapServer } from './imap-server.ts';
import { type LocalPipeline, startPipeline } from './local-pipeline.ts';
import { discordFor, localSecrets, withMailbox } from './local-settings.ts';
import type { LocalOptions, NamedMailbox } from './options.ts';
import { type ParameterStoreStandIn, startParameterStore } from './parameter-store-stand-in.ts';
import { sampleMails } from './sample-mailbox/sample-mails.ts';
import { countTotals, type Totals } from './totals.ts';

/** The whole pipeline on this machine, with its servers. */
export type LocalWorld = {
  settings: Settings;
  mailbox: NamedMailbox;
  pipeline: LocalPipeline;
  aws: EmbeddedAws;
  /** The variables of the handlers: names, endpoints, credentials. */
  environment: Readonly<Record<string, string>>;
  discordUrl: string;
  /** Undefined if another endpoint was named. */
  discord: DiscordStandIn | undefined;
  /** Undefined if a real mailbox was named. */
  imap: ImapServer | undefined;
  parameters: ParameterStoreStandIn;
  totals(digest: DigestReport | undefined): Promise<Totals>;
  stop(): Promise<void>;
};

type Starting = Pick<LocalOptions, 'imap' | 'since' | 'discordUrl'>;

const SAMPLE_ACCOUNT = { user: 'support@example.com', password: 'local-password', folder: 'INBOX' };

/** Starts the pipeline, and all servers that the options do not name elsewhere. */
export async function startLocalWorld(
  shipped: Settings,
  { imap: named, since, discordUrl }: Starting,
  journal: Journal,
  onError: (error: EventSourceError) => void,
): Promise<LocalWorld> {
  const running: { stop(): Promise<void> }[] = [];
  const run = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    running.unshift(server);
    return server;
  };
  const stop = async () => {
    for (const server of running) await server.stop();
  };

  try {
    const imap = named ? undefined : await run(startSampleMailbox());
    const mailbox = named ?? mailboxOf(imap as ImapServer);
    const settings = withMailbox(shipped, mailbox, since);
    const local = discordFor(settings);
    const aws = await run(startEmbeddedAws({ routes: settings.routes.map(({ id }) => id) }));
    const parameters = await run(startParameterStore(localSecrets(mailbox, local)));
    const discord = discordUrl ? undefined : await run(startDiscordStandIn(local));
    const environment = {
      ...aws.environment,
      AWS_ENDPOINT_URL_SSM: parameters.url,
      DISCORD_API_URL: discordUrl ?? (discord as DiscordStandIn).url,
    };
    // As the stack does, so that the CLI finds this run.
    const MAILBOXES = JSON.stringify(polledMailboxes(settings).map(({ mailbox }) => mailbox));
    parameters.put(deploymentParameterOf(STACK_NAME), JSON.stringify({ ...environment, MAILBOXES }));
    const events: JournalEvent[] = [];
    const recorded: Journal = (event) => {
      events.push(event);
      journal(event);
    };
    const pipeline = await run(
      Promise.resolve(startPipeline({ settings, environment, queues: aws }, recorded, onError)),
    );
    const sources = {
      mailboxes: polledMailboxes(settings),
      readerOf: mailReadersFrom(environment, settings),
      watermarks: watermarksFrom(environment),
      ledger: ledgerFrom(environment),
    };
    return {
      settings,
      mailbox,
      pipeline,
      aws,
      environment,
      discordUrl: environment.DISCORD_API_URL,
      discord,
      imap,
      parameters,
      totals: (digest) => countTotals(sources, events, digest),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSampleMailbox(): Promise<ImapServer> {
  const { user, password } = SAMPLE_ACCOUNT;
  return startImapServer({ mails: await sampleMails(new Date()), tls: true, user, password });
}

function mailboxOf({ host, port }: ImapServer): NamedMailbox {
  return { ...SAMPLE_ACCOUNT, host, port, tls: 'implicit', allowSelfSignedCertificate: true };
}
