import { afterEach, describe, expect, it } from 'vitest';
import { mailboxCredentials } from '../../../functions/adapters/imap/mailbox-credentials.ts';
import { parseSettings } from '../../../functions/core/settings/define-settings.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';
import { startTokenEndpoint, type TokenEndpoint, type TokenEndpointOptions } from './token-endpoint.ts';

const SECRETS = { '/password': 'pass word', '/client-secret': 'client-secret', '/refresh-token': 'refresh-token' };
const CLIENT = {
  clientId: 'rollcall',
  clientSecret: 'client-secret',
  refreshToken: 'refresh-token',
  scope: 'imap offline',
};

let endpoint: TokenEndpoint | undefined;
afterEach(async () => {
  await endpoint?.stop();
  endpoint = undefined;
});

async function provider(changes: Partial<TokenEndpointOptions> = {}): Promise<TokenEndpoint> {
  endpoint = await startTokenEndpoint({ ...CLIENT, ...changes });
  return endpoint;
}

/** An account as a user writes it, parsed by the settings' own schema. */
function authOf(auth: object) {
  const [mailbox] = parseSettings({
    mailboxes: [{ account: 'support', host: 'imap.example.com', user: 'support', auth }],
    routes: [],
    digest: { from: 'a@example.com', to: 'b@example.com', at: '07:30', timeZone: 'UTC' },
    alarms: { email: 'c@example.com' },
  }).mailboxes;
  if (!mailbox) throw new Error('There is no mailbox.');
  return mailbox;
}

function credentialsOf(auth: object, secrets = memorySecrets(SECRETS), clock = fakeClock()) {
  return mailboxCredentials(authOf(auth), secrets, clock);
}

describe('a password', () => {
  it('is read from its parameter each time, past the cache after a refusal', async () => {
    const secrets = memorySecrets(SECRETS);
    const credentials = credentialsOf({ passwordParameter: '/password' }, secrets);
    expect(await credentials({ fresh: false })).toEqual({ pass: 'pass word' });
    secrets.store('/password', 'renewed');
    expect(await credentials({ fresh: true })).toEqual({ pass: 'renewed' });
    expect(secrets.reads.map(({ fresh }) => fresh)).toEqual([false, true]);
  });

  it.each(['pass word\n', 'pass word\r\n'])('loses the line end of the file that it came from: %j', async (stored) => {
    const credentials = credentialsOf({ passwordParameter: '/password' }, memorySecrets({ '/password': stored }));
    expect(await credentials({ fresh: false })).toEqual({ pass: 'pass word' });
  });

  it('that is in no parameter is told by the name of the parameter', async () => {
    await expect(credentialsOf({ passwordParameter: '/nowhere' })({ fresh: false })).rejects.toThrow('/nowhere');
  });
});

describe('a refresh token', () => {
  const auth = (tokenUrl: string, changes: object = {}) => ({
    tokenUrl,
    clientId: 'rollcall',
    clientSecretParameter: '/client-secret',
    refreshTokenParameter: '/refresh-token',
    ...changes,
  });

  it('buys an access token, with the secret of the client and a scope where they are named', async () => {
    const { url, requests } = await provider();
    expect(await credentialsOf(auth(url, { scope: 'imap' }))({ fresh: false })).toEqual({
      accessToken: 'access-token-1',
    });
    expect(requests[0]?.form).toEqual({
      grant_type: 'refresh_token',
      client_id: 'rollcall',
      client_secret: 'client-secret',
      refresh_token: 'refresh-token',
      scope: 'imap',
    });
  });

  it('needs no secret where the client is a public one', async () => {
    endpoint = await startTokenEndpoint({ clientId: 'rollcall', refreshToken: 'refresh-token', scope: 'imap' });
    const credentials = credentialsOf(auth(endpoint.url, { clientSecretParameter: undefined }));
    expect(await credentials({ fresh: false })).toEqual({ accessToken: 'access-token-1' });
    expect(endpoint.requests[0]?.form).not.toHaveProperty('client_secret');
  });

  it('that was renewed after it was cached is read afresh', async () => {
    const { url } = await provider({ refreshToken: 'tomorrows' });
    const stored = memorySecrets(SECRETS);
    const secrets: typeof stored = {
      ...stored,
      read: async (parameter, options) =>
        parameter === '/refresh-token' && options?.fresh ? 'tomorrows' : await stored.read(parameter, options),
    };
    expect(await credentialsOf(auth(url), secrets)({ fresh: false })).toEqual({ accessToken: 'access-token-1' });
  });

  it('stays in use where the provider sends a new one and leaves the old one valid, as Microsoft does', async () => {
    const { url, requests } = await provider({ refreshTokens: 'new one, old one stays' });
    const credentials = credentialsOf(auth(url));
    await credentials({ fresh: false });
    expect(await credentials({ fresh: true })).toEqual({ accessToken: 'access-token-2' });
    expect(requests.map(({ form }) => form.refresh_token)).toEqual(['refresh-token', 'refresh-token']);
  });

  it('that the provider ends at its first use is told at the second, and never in silence', async () => {
    const { url } = await provider({ refreshTokens: 'new one, old one ends' });
    const credentials = credentialsOf(auth(url));
    await credentials({ fresh: false });
    const failure = await credentials({ fresh: true }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('was replaced when it was used: sign in again'),
    });
    expect(String(failure)).not.toContain('refresh-token');
  });
});

describe('client credentials', () => {
  it('buy an access token for the application itself', async () => {
    const { url, requests } = await provider();
    const auth = { tokenUrl: url, clientId: 'rollcall', clientSecretParameter: '/client-secret', scope: 'imap' };
    const credentials = credentialsOf(auth);
    expect(await credentials({ fresh: false })).toEqual({ accessToken: 'access-token-1' });
    expect(await credentials({ fresh: false })).toEqual({ accessToken: 'access-token-1' });
    expect(requests.map(({ form }) => form)).toEqual([
      { grant_type: 'client_credentials', client_id: 'rollcall', client_secret: 'client-secret', scope: 'imap' },
    ]);
  });
});

describe('the presets', () => {
  it.each<[string, object, object]>([
    [
      'Gmail',
      { provider: 'gmail', clientSecretParameter: '/client-secret', refreshTokenParameter: '/refresh-token' },
      { tokenUrl: 'https://oauth2.googleapis.com/token', scope: 'https://mail.google.com/' },
    ],
    [
      'Microsoft 365 for an application',
      { provider: 'microsoft', clientSecretParameter: '/client-secret', tenant: 'contoso.onmicrosoft.com' },
      {
        tokenUrl: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token',
        scope: 'https://outlook.office365.com/.default',
      },
    ],
    [
      'Microsoft 365 for a user',
      { provider: 'microsoft', refreshTokenParameter: '/refresh-token' },
      {
        tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
        scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access',
      },
    ],
  ])('name endpoint and scope as the provider documents them: %s', (_, auth, expected) => {
    expect(authOf({ clientId: 'rollcall', ...auth }).auth).toMatchObject(expected);
  });
});
