import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseSettings } from '../../../functions/core/settings/define-settings.ts';
import { watermarksFrom } from '../../../functions/wiring/dynamo.ts';
import { startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { type ImapServer, startImapServer } from '../../../lib/local/imap-server.ts';
import { type LocalPipeline, startPipeline } from '../../../lib/local/local-pipeline.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { type ParameterStoreStandIn, startParameterStore } from '../../../lib/local/parameter-store-stand-in.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';

const journal = recordingJournal();
const running: { stop(): Promise<void> }[] = [];
let support: ImapServer;
let sales: ImapServer;
let parameters: ParameterStoreStandIn;
let environment: Record<string, string>;
let pipeline: LocalPipeline;

beforeAll(async () => {
  [support, sales] = await Promise.all([
    run(startImapServer({ mails: [mail('Help')], tls: true, user: 'support', password: 'right' })),
    run(startImapServer({ mails: [mail('Order')], tls: true, user: 'sales', password: 'right' })),
  ]);
  const settings = parseSettings({
    mailboxes: [
      // The one that fails is the first, and one folder of the other account does not exist.
      accountAt('sales', sales, ['INBOX']),
      accountAt('support', support, ['Nowhere', 'INBOX']),
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
  const discord = discordFor(settings);
  const aws = await run(startEmbeddedAws({ routes: ['vip'] }));
  const standIn = await run(startDiscordStandIn(discord));
  parameters = await run(startParameterStore({ ...discord.parameters, '/support': 'right', '/sales': 'wrong' }));
  environment = { ...aws.environment, AWS_ENDPOINT_URL_SSM: parameters.url, DISCORD_API_URL: standIn.url };
  pipeline = await run(
    Promise.resolve(
      startPipeline({ settings, environment, queues: aws }, journal, ({ text }) => {
        throw new Error(text);
      }),
    ),
  );
});
afterAll(async () => {
  for (const server of running) await server.stop();
});

const healthOf = (mailbox: string) => watermarksFrom(environment).get(mailbox);
const acceptedSubjects = () =>
  journal.events.flatMap((event) => (event.kind === 'mail accepted' ? [event.entry.record.subject] : []));

it('a mailbox that fails, by a wrong password or a missing folder, holds no other', async () => {
  const failures = await pipeline.poll();
  expect(failures).toMatchObject([{ kind: 'credentials' }, { kind: 'folder' }]);
  expect(acceptedSubjects()).toEqual(['Help']);
  expect(await healthOf('support/INBOX')).toMatchObject({ watermark: { lastUid: 1 }, lastPollError: undefined });
});

it('is told with its kind in its own watermark item, and in the digest', async () => {
  expect(await healthOf('sales/INBOX')).toMatchObject({
    watermark: undefined,
    lastPollError: { kind: 'credentials', text: expect.stringContaining('Renew the secret of this mailbox') },
  });
  expect(await healthOf('support/Nowhere')).toMatchObject({ lastPollError: { kind: 'folder' } });

  const { text, subject } = await pipeline.digest();
  expect(text).toContain('! sales/INBOX has never been read');
  expect(text).toMatch(/Polls have failed since .*\(credentials\): sales at 127\.0\.0\.1/);
  expect(text).toMatch(/polls try this login again after .* or as soon as the secret is stored again\./);
  expect(text).toContain('! support/Nowhere has never been read');
  expect(text).not.toContain('! support/INBOX');
  expect(text).toContain('Help');
  expect(subject).not.toBe('Rollcall: nothing new');
});

it('each goes on from its own watermark, and the one that failed from the start once its password is right', async () => {
  support.deliver(mail('Help again').raw);
  sales.deliver(mail('Order again').raw);
  parameters.put('/sales', 'right');
  expect(await pipeline.poll()).toMatchObject([{ kind: 'folder' }]);
  expect(acceptedSubjects().sort()).toEqual(['Help', 'Help again', 'Order', 'Order again']);
  expect(await healthOf('support/INBOX')).toMatchObject({ watermark: { lastUid: 2 } });
  expect(await healthOf('sales/INBOX')).toMatchObject({ watermark: { lastUid: 2 }, lastPollError: undefined });
});

async function run<Server extends { stop(): Promise<void> }>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  running.unshift(server);
  return server;
}

function accountAt(account: string, { host, port }: ImapServer, folders: string[]) {
  const auth = { passwordParameter: `/${account}` };
  return {
    ...{ account, host, port, user: account, auth, folders },
    startFrom: 'all',
    allowSelfSignedCertificate: true,
  };
}

function mail(subject: string): { raw: Buffer; receivedAt: Date } {
  const header = `From: ada@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@example.com>\r\n`;
  return { raw: Buffer.from(`${header}\r\nText.\r\n`), receivedAt: new Date() };
}
