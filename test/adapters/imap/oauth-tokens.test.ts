import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oauthTokens, type TokenForm } from '../../../functions/adapters/imap/oauth-tokens.ts';
import type { Answer } from '../../../lib/local/loopback-server.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const CLIENT = { clientId: 'rollcall', clientSecret: 'client-secret-value', scope: 'imap' };
const MINUTE_MS = 60_000;

let endpoint: TokenEndpoint;
let clock: ReturnType<typeof fakeClock>;
let form: TokenForm;
let grants: boolean[];
beforeEach(async () => {
  endpoint = await startTokenEndpoint(CLIENT);
  clock = fakeClock();
  form = { grant_type: 'client_credentials', client_id: 'rollcall', client_secret: CLIENT.clientSecret, scope: 'imap' };
  grants = [];
});
afterEach(() => endpoint.stop());

const tokens = (url = endpoint.url) =>
  oauthTokens(
    url,
    async ({ fresh }) => {
      grants.push(fresh);
      return form;
    },
    clock,
  );
const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error as Error & { kind: string });

describe('an access token', () => {
  it('is asked for by a form in the body of a POST, and nothing of it stands in the URL', async () => {
    expect(await tokens()({ fresh: false })).toBe('access-token-1');
    expect(endpoint.requests).toMatchObject([{ form, headers: { accept: 'application/json' } }]);
  });

  it('is kept until five minutes before it expires', async () => {
    const ask = tokens();
    await ask({ fresh: false });
    clock.advance(55 * MINUTE_MS - 1);
    expect(await ask({ fresh: false })).toBe('access-token-1');
    clock.advance(1);
    expect(await ask({ fresh: false })).toBe('access-token-2');
    expect(endpoint.requests).toHaveLength(2);
  });

  it('that lives for minutes only is kept for half of them', async () => {
    await endpoint.stop();
    endpoint = await startTokenEndpoint({ ...CLIENT, expiresInSeconds: 240 });
    const ask = tokens();
    await ask({ fresh: false });
    clock.advance(2 * MINUTE_MS - 1);
    expect(await ask({ fresh: false })).toBe('access-token-1');
    clock.advance(1);
    expect(await ask({ fresh: false })).toBe('access-token-2');
  });

  it.each<[string, unknown, number]>([
    ['names no life time', {}, 55],
    ['writes it as text, as Microsoft once did', { expires_in: '1800' }, 25],
    ['names a life time that is none', { expires_in: -1 }, 55],
  ])('is kept by what the provider says, or an hour: it %s', async (_, life, minutes) => {
    endpoint.answerNext(answerOf(200, { access_token: 'a', token_type: 'bearer', ...(life as object) }));
    const ask = tokens();
    await ask({ fresh: false });
    clock.advance(minutes * MINUTE_MS - 1);
    expect(await ask({ fresh: false })).toBe('a');
    clock.advance(1);
    expect(await ask({ fresh: false })).toBe('access-token-1');
  });

  it('is asked for anew once it was rejected, with secrets that are read past the cache', async () => {
    const ask = tokens();
    await ask({ fresh: false });
    expect(await ask({ fresh: true })).toBe('access-token-2');
    expect(await ask({ fresh: false })).toBe('access-token-2');
    expect(grants).toEqual([false, true]);
  });

  it('is asked for once by all who need it at the same time, rejected or not', async () => {
    endpoint.hold(true);
    const ask = tokens();
    const asked = [ask({ fresh: false }), ask({ fresh: false }), ask({ fresh: true }), ask({ fresh: false })];
    endpoint.hold(false);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['access-token-1']));
    expect(endpoint.requests).toHaveLength(1);
  });

  it('that could not be had is asked for again by the next who needs it', async () => {
    endpoint.answerNext('reset');
    const ask = tokens();
    const asked = await Promise.all([failureOf(ask({ fresh: false })), failureOf(ask({ fresh: false }))]);
    expect(asked).toMatchObject([{ kind: 'connection' }, { kind: 'connection' }]);
    expect(await ask({ fresh: false })).toBe('access-token-1');
    expect(endpoint.requests).toHaveLength(2);
  });
});

describe('where the provider refuses the secrets', () => {
  it('they are read past the cache once, and tried again if they have changed', async () => {
    endpoint.changeSecrets({ clientSecret: 'renewed' });
    const token = oauthTokens(
      endpoint.url,
      async ({ fresh }) => ({ ...form, client_secret: fresh ? 'renewed' : CLIENT.clientSecret }),
      clock,
    )({ fresh: false });
    expect(await token).toBe('access-token-1');
    expect(endpoint.requests.map(({ form }) => form.client_secret)).toEqual([CLIENT.clientSecret, 'renewed']);
  });

  it('they are not tried again if they have not: the account might be locked', async () => {
    endpoint.changeSecrets({ clientSecret: 'renewed' });
    expect(await failureOf(tokens()({ fresh: false }))).toMatchObject({ kind: 'credentials' });
    expect(grants).toEqual([false, true]);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('it says what to do, in its first line, and never with a secret that the provider repeats', async () => {
    form = { ...form, client_secret: 'wrong-secret' };
    const failure = await failureOf(tokens()({ fresh: false }));
    expect(failure).toMatchObject({
      name: 'MailboxFailure',
      kind: 'credentials',
      message: `${new URL(endpoint.url).host} gave no access token (HTTP 401, invalid_client: AADSTS7000215: Invalid client secret ….). The client's secret is wrong or has expired: put a new one into its parameter, or check clientId`,
    });
  });

  it.each(['client_secret', 'refresh_token'] as const)('the %s is left out of what the provider says', async (name) => {
    form = { ...form, [name]: 'that-nobody-may-see' };
    endpoint.answerNext(
      answerOf(400, { error: 'invalid_grant', error_description: 'that-nobody-may-see has expired' }),
    );
    const failure = await failureOf(tokens()({ fresh: false }));
    expect(failure).toMatchObject({ message: expect.stringContaining('invalid_grant: … has expired') });
  });
});

describe('an answer that is no token is named by what it means', () => {
  it.each<[what: string, answer: Answer | 'reset', kind: string, text: string]>([
    ['an expired refresh token', answerOf(400, { error: 'invalid_grant' }), 'credentials', 'sign in again'],
    ['a scope that is not granted', answerOf(400, { error: 'invalid_scope' }), 'credentials', 'Check the scope'],
    ['consent that is missing', answerOf(400, { error: 'unauthorized_client' }), 'credentials', 'consent'],
    [
      'an unknown OAuth error',
      answerOf(400, { error: 'interaction_required' }),
      'credentials',
      'Check the auth settings',
    ],
    ['another page', { status: 404, headers: {}, body: '<html>' }, 'credentials', 'Check tokenUrl'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' }, body: '' }, 'credentials', 'Check tokenUrl'],
    ['too many requests', { status: 429, headers: {}, body: '' }, 'throttled', 'The next poll tries again'],
    [
      'a fault of the provider',
      { status: 503, headers: {}, body: '<html>' },
      'unavailable',
      'HTTP 503, no reason given',
    ],
    ["Microsoft's 400 for a fault", answerOf(400, { error: 'temporarily_unavailable' }), 'unavailable', 'next poll'],
    ['a broken connection', 'reset', 'connection', 'ECONNRESET'],
    ['success without a token', answerOf(200, {}), 'protocol', 'Check tokenUrl'],
    ['success that is no JSON', { status: 200, headers: {}, body: '<html>' }, 'protocol', 'Check tokenUrl'],
    [
      'a token of a type that we do not know',
      answerOf(200, { access_token: 'a', token_type: 'mac' }),
      'protocol',
      'bearer',
    ],
  ])('%s', async (_, answer, kind, text) => {
    endpoint.answerNext(answer);
    const failure = await failureOf(tokens()({ fresh: false }));
    expect(failure).toMatchObject({ name: 'MailboxFailure', kind, message: expect.stringContaining(text) });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('nobody there', async () => {
    const { url } = endpoint;
    await endpoint.stop();
    const failure = await failureOf(tokens(url)({ fresh: false }));
    expect(failure).toMatchObject({ kind: 'connection', message: expect.stringContaining('ECONNREFUSED') });
    endpoint = await startTokenEndpoint(CLIENT);
  });

  it('a page of megabytes, of which the beginning is read', async () => {
    endpoint.answerNext({ status: 400, headers: {}, body: 'x'.repeat(20_000_000) });
    const failure = await failureOf(tokens()({ fresh: false }));
    expect(failure).toMatchObject({ kind: 'credentials' });
    expect(String(failure).length).toBeLessThan(500);
  });
});

function answerOf(status: number, content: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) };
}
