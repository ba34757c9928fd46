import { afterEach, describe, expect, it } from 'vitest';
import { connectImap, type ImapAccount, type ImapCredentials } from '../../../functions/adapters/imap/connection.ts';
import { type Script, type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';

const PASSWORD = { pass: 'correct-horse' };
const TOKEN = { accessToken: 'access-token' };

let server: ScriptedImapServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** What becomes of a login there, and everything that the client has sent until then. */
async function loginAt(script: Script, tls: ImapAccount['tls'], credentials: ImapCredentials) {
  const started = await startScriptedImapServer(script);
  server = started;
  const { host, port } = started;
  const account = { host, port, tls, allowSelfSignedCertificate: true, user: 'support' };
  const outcome = await connectImap(account, credentials, { exchangeTimeoutMs: 1_000 }).then(
    (connection) => connection.close(),
    (error: unknown) => error as Error & { kind: string },
  );
  return { outcome, sent: started.commands.join('\n') };
}

/** Offers these capabilities, and answers the given commands. */
function offering(capabilities: string, answers: Readonly<Record<string, (tag: string) => string>> = {}): Script {
  return {
    answer(command, tag) {
      if (command === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 ${capabilities}\r\n${tag} OK done\r\n`;
      return Object.entries(answers).find(([name]) => command.startsWith(name))?.[1](tag);
    },
  };
}

describe.each([
  ['a password', PASSWORD],
  ['an access token', TOKEN],
] as const)('where STARTTLS is asked for, %s is not sent to a server that', (_, credentials) => {
  it.each<[string, Script]>([
    ['does not offer it', offering('AUTH=PLAIN AUTH=XOAUTH2 SASL-IR')],
    ['offers nothing at all', {}],
    ['offers it and refuses', offering('STARTTLS', { STARTTLS: (tag) => `${tag} NO not now\r\n` })],
    ['offers it and does not know it', offering('STARTTLS', { STARTTLS: (tag) => `${tag} BAD what?\r\n` })],
    ['says that we are logged in already', { greeting: '* PREAUTH welcome back\r\n', ...offering('STARTTLS') }],
    [
      'sends more before the handshake, as someone on the line might',
      offering('STARTTLS', { STARTTLS: (tag) => `${tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n` }),
    ],
    [
      'agrees and goes on in clear text',
      offering('STARTTLS', { STARTTLS: (tag) => `${tag} OK begin\r\n${'x'.repeat(99)}` }),
    ],
  ])('%s', async (__, script) => {
    const { outcome, sent } = await loginAt(script, 'starttls', credentials);
    expect(outcome).toMatchObject({ name: 'MailboxFailure', kind: 'tls' });
    expect(sent).not.toMatch(/LOGIN|AUTHENTICATE|support|correct-horse/i);
    expect(Buffer.from(sent, 'latin1').includes(Buffer.from('access-token').toString('base64'))).toBe(false);
  });
});

describe('an access token', () => {
  it('is sent as XOAUTH2 wants it: user and token in one line', async () => {
    const { outcome, sent } = await loginAt(offering('AUTH=XOAUTH2 SASL-IR'), 'off', TOKEN);
    expect(outcome).toBeUndefined();
    const [, encoded = ''] = /^AUTHENTICATE XOAUTH2 (\S+)$/m.exec(sent) ?? [];
    // https://developers.google.com/workspace/gmail/imap/xoauth2-protocol; Microsoft documents the same.
    expect(Buffer.from(encoded, 'base64').toString()).toBe('user=support\x01auth=Bearer access-token\x01\x01');
  });

  it('that is rejected is a matter of the credentials; the empty line ends the exchange', async () => {
    const reason = Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64');
    let tagOfLogin = '';
    const script: Script = {
      answer(command, tag) {
        if (command.startsWith('AUTHENTICATE')) {
          tagOfLogin = tag;
          return `+ ${reason}\r\n`;
        }
        if (tag === '' && tagOfLogin) return `${tagOfLogin} NO AUTHENTICATE failed.\r\n`;
        return offering('AUTH=XOAUTH2 SASL-IR').answer?.(command, tag, undefined as never);
      },
    };
    const { outcome } = await loginAt(script, 'off', TOKEN);
    expect(outcome).toMatchObject({ kind: 'credentials', message: expect.stringContaining('AUTHENTICATE failed') });
    expect(String(outcome)).not.toContain('access-token');
  });

  it('has nowhere to go at a server that takes passwords only, and is told so', async () => {
    const { outcome, sent } = await loginAt(offering('AUTH=PLAIN'), 'off', TOKEN);
    expect(outcome).toMatchObject({ kind: 'protocol', message: expect.stringContaining('takes no access token') });
    expect(sent).not.toMatch(/LOGIN|AUTHENTICATE/);
  });
});

describe('a password', () => {
  it('has nowhere to go at a server that disables logins, and is told so', async () => {
    const { outcome, sent } = await loginAt(offering('LOGINDISABLED'), 'off', PASSWORD);
    expect(outcome).toMatchObject({ kind: 'credentials' });
    expect(sent).not.toMatch(/LOGIN /);
  });
});
