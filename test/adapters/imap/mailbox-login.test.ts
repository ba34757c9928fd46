import { expect, it } from 'vitest';
import { mailboxLogin } from '../../../functions/adapters/imap/mailbox-login.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';

const SETTINGS = {
  host: 'mail.example.com',
  port: 993,
  tls: 'implicit',
  user: 'support@example.com',
  auth: {
    kind: 'refresh token',
    provider: undefined,
    tokenUrl: 'https://login.example.com/token',
    clientId: 'rollcall',
    clientSecretParameter: '/client-secret',
    refreshTokenParameter: '/refresh-token',
    scope: undefined,
  },
} as const;
const STORED = { '/client-secret': 'one', '/refresh-token': 'two', '/password': 'three' };

it('a login keeps its version as long as neither settings nor secrets change', async () => {
  const secrets = memorySecrets(STORED);
  const version = await mailboxLogin(SETTINGS, secrets).version();
  expect(await mailboxLogin({ ...SETTINGS }, secrets).version()).toBe(version);
  secrets.store('/password', 'of another account');
  expect(await mailboxLogin(SETTINGS, secrets).version()).toBe(version);
});

it.each([
  ['the host', { host: 'imap.example.com' }],
  ['the port', { port: 143 }],
  ['TLS', { tls: 'starttls' as const }],
  ['the user', { user: 'sales@example.com' }],
  ['how it logs in', { auth: { kind: 'password' as const, passwordParameter: '/password' } }],
])('%s belongs to it', async (_what, changed) => {
  const secrets = memorySecrets(STORED);
  const version = await mailboxLogin(SETTINGS, secrets).version();
  expect(await mailboxLogin({ ...SETTINGS, ...changed }, secrets).version()).not.toBe(version);
});

it.each(['/client-secret', '/refresh-token'])('a renewed %s is another login', async (parameter) => {
  const secrets = memorySecrets(STORED);
  const login = mailboxLogin(SETTINGS, secrets);
  const version = await login.version();
  secrets.store(parameter, 'renewed');
  expect(await login.version()).not.toBe(version);
});

it('says nothing of a secret', async () => {
  const secrets = memorySecrets(STORED);
  const version = await mailboxLogin(SETTINGS, secrets).version();
  const others = memorySecrets({ ...STORED, '/refresh-token': 'another value of the same version' });
  expect(await mailboxLogin(SETTINGS, others).version()).toBe(version);
});
