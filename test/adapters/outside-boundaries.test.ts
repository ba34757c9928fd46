import { describe, expect, it } from 'vitest';
import { readTextUpTo } from '../../functions/adapters/capped-body.ts';
import { refusedToken } from '../../functions/adapters/imap/oauth-refusal.ts';
import { oauthTokens } from '../../functions/adapters/imap/oauth-tokens.ts';
import { startLoopbackServer } from '../../lib/local/loopback-server.ts';
import { fakeClock } from '../fakes/fake-clock.ts';

describe('the status of a token endpoint that refuses', () => {
  it.each([
    [400, 'credentials'],
    [428, 'credentials'],
    [429, 'throttled'],
    [430, 'credentials'],
    [499, 'credentials'],
    [500, 'unavailable'],
    [501, 'unavailable'],
    [599, 'unavailable'],
  ])('%i means %s', (status, kind) => {
    expect(refusedToken('login.example.com', { status, content: undefined, body: '' }, {}).kind).toBe(kind);
  });

  it.each([
    [200, 'a token'],
    [299, 'a token'],
    [300, 'credentials'],
  ])('%i decides whether there is a token: %s', async (status, expected) => {
    const token = { access_token: 'a token', token_type: 'Bearer', expires_in: 3_600 };
    const headers = { 'content-type': 'application/json' };
    const server = await startLoopbackServer(async () => ({ status, headers, body: JSON.stringify(token) }));
    try {
      const tokens = oauthTokens(`${server.origin}/token`, async () => FORM, fakeClock());
      const outcome = await tokens({ fresh: false }).catch((error: { kind: string }) => error.kind);
      expect(outcome).toBe(expected);
    } finally {
      await server.stop();
    }
  });
});

const FORM = {
  grant_type: 'client_credentials',
  client_id: 'rollcall',
  client_secret: 'secret',
  scope: 'mail',
} as const;

describe('a body that is read up to a cap', () => {
  /** Sends these chunks, and then nothing more, without an end. */
  function endless(chunks: readonly string[]) {
    let pulled = 0;
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = chunks[pulled];
          pulled += 1;
          if (chunk === undefined) return new Promise(() => undefined);
          controller.enqueue(Buffer.from(chunk));
          return undefined;
        },
        cancel() {
          isCancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return { response: new Response(body), pulled: () => pulled, isCancelled: () => isCancelled };
  }

  it.each([
    ['below it', '123456789', '123456789'],
    ['of its size', '1234567890', '1234567890'],
    ['above it', '12345678901', '1234567890'],
  ])('%s', async (_how, sent, read) => {
    expect(await readTextUpTo(new Response(sent), 10)).toBe(read);
  });

  it('is not waited for beyond it, and its connection is closed', async () => {
    const { response, pulled, isCancelled } = endless(['12345', '67890', 'never asked for']);
    expect(await readTextUpTo(response, 10)).toBe('1234567890');
    expect(pulled()).toBe(2);
    expect(isCancelled()).toBe(true);
  });

  it('is empty where there is none', async () => {
    expect(await readTextUpTo(new Response(null, { status: 204 }), 10)).toBe('');
  });
});
