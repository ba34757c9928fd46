import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ImapAccount } from '../../functions/adapters/imap/connection.ts';
import { imapMailReader } from '../../functions/adapters/imap/mail-reader.ts';
import { mailboxCredentials } from '../../functions/adapters/imap/mailbox-credentials.ts';
import type { MailboxSettings } from '../../functions/core/settings/settings-schema.ts';
import { startTokenEndpoint, type TokenEndpoint } from '../adapters/imap/token-endpoint.ts';
import { fakeClock } from '../fakes/fake-clock.ts';
import { memorySecrets } from '../fakes/memory-secrets.ts';
import { certificateFor, expired } from './certificates.ts';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, type DovecotOptions, startDovecot } from './dovecot.ts';
import type { LoginOutcome, LoginTry } from './log-in.ts';

const run = promisify(execFile);

type Access = Pick<ImapAccount, 'tls'> & Partial<ImapAccount>;

function accountAt(dovecot: Dovecot, { tls, ...changes }: Access): ImapAccount & { account: string } {
  const port = tls === 'implicit' ? dovecot.imapsPort : dovecot.imapPort;
  const { user } = dovecot;
  return { account: 'support', host: 'localhost', port, tls, allowSelfSignedCertificate: false, user, ...changes };
}

function statusAt(account: ImapAccount & { account: string }, password: string) {
  return imapMailReader({
    account,
    credentials: async () => ({ pass: password }),
    headerFields: [],
    exchangeTimeoutMs: 10_000,
  }).visit('INBOX', (session) => session.status());
}

const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

/** Each attempt to log in, whether it succeeded or not, leaves a line. */
const loginsIn = (dovecot: Dovecot) => dovecot.log().match(/(?:Login: |auth failed|user=<[^>]+>)/g) ?? [];

describeWithDovecot('the certificate of a server', () => {
  const servers: Dovecot[] = [];
  const start = async (options?: DovecotOptions) => {
    const dovecot = await startDovecot(options);
    servers.push(dovecot);
    return dovecot;
  };
  let right: Dovecot;
  let wrongHost: Dovecot;
  let late: Dovecot;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-certificates-'));
    [right, wrongHost, late] = await Promise.all([
      start(),
      start({ certificate: await certificateFor('imap.elsewhere.example') }),
      start({ certificate: await certificateFor('localhost', expired()) }),
    ]);
  });
  afterAll(async () => {
    await Promise.all(servers.map((dovecot) => dovecot.stop()));
    await rm(folder, { recursive: true });
  });

  /** Logs in from a process that trusts the issuer of these certificates, as it trusts the large authorities. */
  async function outcomesOf(accounts: readonly (readonly [Dovecot, Access])[]): Promise<LoginOutcome[]> {
    const authorities = join(folder, 'authorities.pem');
    await writeFile(authorities, servers.map(({ certificate }) => certificate).join('\n'));
    const tries = accounts.map(
      ([dovecot, access]): LoginTry => ({ account: accountAt(dovecot, access), password: dovecot.password }),
    );
    const script = fileURLToPath(new URL('./log-in.ts', import.meta.url));
    const command = [`NODE_EXTRA_CA_CERTS=${authorities}`, process.execPath, '--import', 'tsx', script];
    const { stdout } = await run('env', [...command, JSON.stringify(tries)]);
    return JSON.parse(stdout) as LoginOutcome[];
  }

  it('is checked: who signed it, for whom, and until when; by implicit TLS and by STARTTLS', async () => {
    const forms = [{ tls: 'implicit' }, { tls: 'starttls' }] as const;
    const outcomes = await outcomesOf(
      forms.flatMap((form) => [right, wrongHost, late].map((dovecot) => [dovecot, form] as const)),
    );
    const wrongName = { kind: 'tls', text: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') };
    const tooLate = { kind: 'tls', text: expect.stringContaining('CERT_HAS_EXPIRED') };
    expect(outcomes).toEqual(['logged in', wrongName, tooLate, 'logged in', wrongName, tooLate]);
    for (const dovecot of [wrongHost, late]) expect(loginsIn(dovecot)).toEqual([]);
  });

  it.each(['implicit', 'starttls'] as const)(
    'that the server signed itself is refused before any login (%s), unless the settings allow it',
    async (tls) => {
      const before = loginsIn(right).length;
      const failure = await failureOf(statusAt(accountAt(right, { tls }), right.password));
      expect(failure).toMatchObject({ kind: 'tls', message: expect.stringContaining("mailbox's tls setting") });
      expect(loginsIn(right)).toHaveLength(before);

      const allowed = accountAt(right, { tls, allowSelfSignedCertificate: true });
      expect(await statusAt(allowed, right.password)).toMatchObject({ uidNext: 1 });
      expect(loginsIn(right).length).toBeGreaterThan(before);
    },
  );
});

describeWithDovecot('STARTTLS', () => {
  let dovecot: Dovecot;
  let proxy: StrippingProxy;
  beforeAll(async () => {
    dovecot = await startDovecot();
    proxy = await startStrippingProxy(dovecot.imapPort);
  });
  afterAll(async () => {
    await proxy.stop();
    await dovecot.stop();
  });

  it('comes before the login, which Dovecot sees encrypted', async () => {
    await statusAt(accountAt(dovecot, { tls: 'starttls', allowSelfSignedCertificate: true }), dovecot.password);
    expect(dovecot.log()).toMatch(/Login: user=<support>.* TLS/);
  });

  it('that someone on the line strips is missed, and neither user nor password is sent', async () => {
    const before = loginsIn(dovecot).length;
    const account = accountAt(dovecot, { tls: 'starttls', allowSelfSignedCertificate: true, port: proxy.port });
    expect(await failureOf(statusAt(account, dovecot.password))).toMatchObject({ kind: 'tls' });
    expect(proxy.sent()).not.toMatch(/LOGIN|AUTHENTICATE|support|correct-horse/i);
    expect(loginsIn(dovecot)).toHaveLength(before);
  });

  it('would not be missed by a client that takes what it gets: the proxy passes a login on', async () => {
    const account = accountAt(dovecot, { tls: 'off', port: proxy.port });
    expect(await statusAt(account, dovecot.password)).toMatchObject({ uidNext: 1 });
    expect(proxy.sent()).toContain('correct-horse');
  });
});

describeWithDovecot('an access token', () => {
  const CLIENT = { clientId: 'rollcall', clientSecret: 'client-secret', scope: 'imap', user: 'support' };
  let provider: TokenEndpoint;
  let dovecot: Dovecot;
  beforeAll(async () => {
    provider = await startTokenEndpoint({ ...CLIENT, refreshToken: 'refresh-token' });
    dovecot = await startDovecot({ oauth: provider });
  });
  afterAll(async () => {
    await dovecot.stop();
    await provider.stop();
  });

  function readerWith(auth: Partial<MailboxSettings['auth']>, changes: Partial<ImapAccount> = {}) {
    const secrets = memorySecrets({ '/client-secret': 'client-secret', '/refresh-token': 'refresh-token' });
    const whole = {
      tokenUrl: provider.url,
      clientId: 'rollcall',
      clientSecretParameter: '/client-secret',
      scope: 'imap',
      ...auth,
    } as MailboxSettings['auth'];
    return imapMailReader({
      account: accountAt(dovecot, { tls: 'implicit', allowSelfSignedCertificate: true, ...changes }),
      credentials: mailboxCredentials({ auth: whole }, secrets, fakeClock()),
      headerFields: [],
      exchangeTimeoutMs: 10_000,
    });
  }
  const requestsDuring = async (act: () => Promise<unknown>) => {
    const before = provider.requests.length;
    await act();
    return provider.requests.length - before;
  };

  it.each<[string, Partial<MailboxSettings['auth']>]>([
    ['a refresh token', { kind: 'refresh token', provider: undefined, refreshTokenParameter: '/refresh-token' }],
    ['client credentials', { kind: 'client credentials' }],
  ])('bought with %s logs in; it is kept, and after a rejection it is renewed once', async (_, auth) => {
    const reader = readerWith(auth);
    const status = () => reader.visit('INBOX', (session) => session.status());
    expect(await requestsDuring(status)).toBe(1);
    expect(await requestsDuring(status)).toBe(0);
    provider.revoke();
    expect(await requestsDuring(status)).toBe(1);
    expect(dovecot.log()).toMatch(/Login: user=<support>, method=(?:OAUTHBEARER|XOAUTH2)/);
  });

  it('is asked for once by visits at the same time', async () => {
    const reader = readerWith({ kind: 'client credentials' });
    const visits = () => Promise.all([1, 2, 3].map(() => reader.visit('INBOX', (session) => session.status())));
    expect(await requestsDuring(visits)).toBe(1);
  });

  it('for someone else is renewed once, not for ever, and no secret is told', async () => {
    const reader = readerWith({ kind: 'client credentials' }, { user: 'sales' });
    let failure: unknown;
    const requests = await requestsDuring(async () => {
      failure = await failureOf(reader.visit('INBOX', (session) => session.status()));
    });
    expect(failure).toMatchObject({ kind: 'credentials', message: expect.stringContaining('sales at localhost') });
    expect(String(failure)).not.toMatch(/access-token|client-secret/);
    expect(requests).toBe(2);
  });
});

type StrippingProxy = { port: number; sent(): string; stop(): Promise<void> };

/** Someone on the line: passes everything on, and leaves STARTTLS and LOGINDISABLED out of what the server offers. */
async function startStrippingProxy(serverPort: number): Promise<StrippingProxy> {
  let sent = '';
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (data) => {
      sent += data.toString('latin1');
      server.write(data);
    });
    server.on('data', (data) => client.write(data.toString('latin1').replaceAll(/ (?:STARTTLS|LOGINDISABLED)/g, '')));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    sent: () => sent,
    async stop() {
      await once(proxy.close(), 'close');
    },
  };
}
