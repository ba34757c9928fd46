import { afterEach, expect, it, vi } from 'vitest';
import { parseSettings } from '../../../functions/core/settings/define-settings.ts';
import { watermarksFrom } from '../../../functions/wiring/dynamo.ts';
import { startEmbeddedAws } from '../../../lib/local/embedded-aws.ts';
import { type ImapServer, startImapServer } from '../../../lib/local/imap-server.ts';
import { startPipeline } from '../../../lib/local/local-pipeline.ts';
import { startParameterStore } from '../../../lib/local/parameter-store-stand-in.ts';
import { startScriptedImapServer } from '../../adapters/imap/scripted-imap-server.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';
import { HANG_MS } from '../../hang-limit.ts';

const LOGIN = { user: 'support', password: 'correct-horse-battery-staple' };
const PASSWORD_PARAMETER = '/rollcall/test/password';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of running.splice(0).reverse()) await server.stop();
});
async function run<Server extends { stop(): Promise<unknown> }>(starting: Promise<Server>): Promise<Server> {
  const server = await starting;
  running.push(server);
  return server;
}

it('a mailbox whose server hangs, and one that is not there, hold no other mailbox', async () => {
  const well: ImapServer = await run(startImapServer({ mails: [], tls: false, ...LOGIN }));
  // Answers everything but STATUS, until it is stopped.
  const hanging = await run(
    startScriptedImapServer({ answer: (command) => (command.startsWith('STATUS') ? '' : undefined) }),
  );
  const gone = await startScriptedImapServer();
  await gone.stop();

  const mailbox = (account: string, { port }: { port: number }) => ({
    account,
    host: '127.0.0.1',
    port,
    tls: 'off',
    user: LOGIN.user,
    auth: { passwordParameter: PASSWORD_PARAMETER },
  });
  const settings = parseSettings({
    digest: { from: 'rollcall@example.com', to: 'you@example.com', at: '07:30', timeZone: 'UTC' },
    alarms: { email: 'ops@example.com' },
    mailboxes: [mailbox('hanging', hanging), mailbox('gone', gone), mailbox('well', well)],
    routes: [
      {
        id: 'vip',
        discord: { channelId: '100000000000000001', botTokenParameter: '/rollcall/test/bot-token' },
        rules: [{ name: 'vip', subject: 'vip' }],
      },
    ],
  });
  const aws = await run(startEmbeddedAws({ routes: ['vip'] }));
  const parameters = await run(startParameterStore({ [PASSWORD_PARAMETER]: LOGIN.password }));
  const environment = {
    ...aws.environment,
    AWS_ENDPOINT_URL_SSM: parameters.url,
    DISCORD_API_URL: 'http://127.0.0.1:9/api',
  };
  const journal = recordingJournal();
  const pipeline = await run(
    Promise.resolve(startPipeline({ settings, environment, queues: aws }, journal, () => undefined)),
  );

  const polling = pipeline.poll();
  await vi.waitFor(
    () => {
      expect(journal.of('poll finished').map((event) => event.mailbox)).toEqual(['well/INBOX']);
      expect(journal.of('poll failed')).toMatchObject([{ mailbox: 'gone/INBOX', failure: { kind: 'connection' } }]);
    },
    { timeout: HANG_MS },
  );
  await vi.waitFor(() => expect(hanging.commands.some((command) => command.startsWith('STATUS'))).toBe(true), {
    timeout: HANG_MS,
  });
  await hanging.stop();
  expect((await polling).map(({ name }) => name)).toEqual(['MailboxFailure', 'MailboxFailure']);

  const watermarks = watermarksFrom(environment);
  expect(await watermarks.get('well/INBOX')).toMatchObject({ lastPollError: undefined, failedPollsSinceDigest: 0 });
  expect(await watermarks.get('hanging/INBOX')).toMatchObject({ lastPollError: { kind: 'closed by server' } });
  expect(await watermarks.get('gone/INBOX')).toMatchObject({ lastPollError: { kind: 'connection' } });
});
