import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DISCORD_API_URL, DISCORD_USER_AGENT, discordApi } from '../../../functions/adapters/discord/api.ts';
import {
  botTarget,
  type DiscordMessage,
  type DiscordTarget,
  webhookTarget,
} from '../../../functions/core/discord/discord.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { type Answer, type LoopbackRequest, startLoopbackServer } from '../../../lib/local/loopback-server.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';

const TOKEN = 'bot-token-that-nobody-may-see';
const WEBHOOK_TOKEN = 'webhook-token_that-nobody-may-see';
const WEBHOOK_URL = `https://discord.com/api/webhooks/200/${WEBHOOK_TOKEN}`;

const BOT: DiscordTarget = botTarget('100', '/rollcall/bot');
const WEBHOOK: DiscordTarget = webhookTarget('/rollcall/webhook');
const MESSAGE: DiscordMessage = { content: 'hello', embeds: [{ title: 'a mail' }], allowed_mentions: { parse: [] } };

let standIn: DiscordStandIn;

beforeAll(async () => {
  standIn = await startDiscordStandIn({
    botToken: TOKEN,
    channels: [{ id: '100' }, { id: '120', parentId: '100' }, { id: '110', access: 'none' }],
    webhooks: [{ id: '200', token: WEBHOOK_TOKEN, channelId: '100' }],
    autoModWords: ['casino'],
    channelLimit: 'off',
    globalLimit: 'off',
  });
});

afterEach(() => standIn.faults.clear());

afterAll(() => standIn.stop());

let secrets: ReturnType<typeof memorySecrets>;

beforeEach(() => {
  secrets = memorySecrets({ '/rollcall/bot': TOKEN, '/rollcall/webhook': WEBHOOK_URL });
});

const discord = (options: { baseUrl?: string; timeoutMs?: number } = {}) =>
  discordApi({ baseUrl: standIn.url, secrets, timeoutMs: 5_000, ...options });

async function post(target: DiscordTarget, message = MESSAGE, options = {}) {
  const answer = await discord(options).post(target, message, { freshSecret: false });
  // Whatever happened: no answer may carry a secret on to logs, ledger or queue.
  expect(JSON.stringify(answer)).not.toMatch(/that-nobody-may-see/);
  return answer;
}

/** A server that answers everything the same, and shows what it was asked. */
async function withServer<T>(
  answer: Answer | (() => Promise<Answer>),
  visit: (server: { origin: string; requests: LoopbackRequest[] }) => Promise<T>,
): Promise<T> {
  const requests: LoopbackRequest[] = [];
  const server = await startLoopbackServer(async (request) => {
    requests.push(request);
    return typeof answer === 'function' ? answer() : answer;
  });
  try {
    return await visit({ origin: server.origin, requests });
  } finally {
    await server.stop();
  }
}

const OK: Answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id":"1"}' };

describe('a bot', () => {
  it('posts into its channel and gets the message back', async () => {
    const before = standIn.posts().length;
    const answer = await post(BOT);
    const [saved] = standIn.posts().slice(before);
    expect(saved).toMatchObject({ channelId: '100', webhookId: undefined, body: MESSAGE });
    expect(answer).toMatchObject({ kind: 'http', status: 200 });
    expect(answer.kind === 'http' && JSON.parse(answer.body)).toMatchObject({ id: saved?.messageId });
  });

  it('says who it is, as Discord asks', async () => {
    await withServer(OK, async ({ origin, requests }) => {
      await post(BOT, MESSAGE, { baseUrl: origin });
      expect(requests).toMatchObject([
        {
          method: 'POST',
          headers: {
            authorization: `Bot ${TOKEN}`,
            'content-type': 'application/json',
            'user-agent': DISCORD_USER_AGENT,
          },
          body: JSON.stringify(MESSAGE),
        },
      ]);
      expect(requests[0]?.url.pathname).toBe('/channels/100/messages');
    });
  });

  it('may have its token stored with a line break at the end', async () => {
    secrets.store('/rollcall/bot', `${TOKEN}\n`);
    expect(await post(BOT)).toMatchObject({ kind: 'http', status: 200 });
  });
});

describe('a webhook', () => {
  it('posts by id and token of its URL to the configured endpoint, and waits for the saving', async () => {
    await withServer(OK, async ({ origin, requests }) => {
      await post(WEBHOOK, MESSAGE, { baseUrl: origin });
      expect(requests[0]?.method).toBe('POST');
      expect(requests[0]?.url.pathname).toBe(`/webhooks/200/${WEBHOOK_TOKEN}`);
      expect(Object.fromEntries(requests[0]?.url.searchParams ?? [])).toEqual({ wait: 'true' });
      expect(requests[0]?.headers.authorization).toBeUndefined();
    });
  });

  it('is told of a message that was not saved', async () => {
    expect(await post(WEBHOOK, { ...MESSAGE, content: 'casino' })).toMatchObject({ kind: 'http', status: 400 });
  });

  it('posts into a thread', async () => {
    const before = standIn.posts().length;
    await post(webhookTarget('/rollcall/webhook', '120'));
    expect(standIn.posts().slice(before)).toMatchObject([{ channelId: '120', webhookId: '200' }]);
  });

  it.each([
    'https://discord.com/api/v10/webhooks/200/',
    'https://discordapp.com/api/webhooks/200/',
    'https://canary.discord.com/api/webhooks/200/',
  ])('is known by %s too', async (url) => {
    secrets.store('/rollcall/webhook', `${url}${WEBHOOK_TOKEN}`);
    expect(await post(WEBHOOK)).toMatchObject({ kind: 'http', status: 200 });
  });
});

describe('what Discord answers comes back as it is', () => {
  it.each([
    ['an unknown channel', { ...BOT, channelId: '999' }, MESSAGE, 404, 10003],
    ['a channel out of sight', { ...BOT, channelId: '110' }, MESSAGE, 403, 50001],
    ['an empty message', BOT, { allowed_mentions: { parse: [] } }, 400, 50006],
    ['a title too long', BOT, { ...MESSAGE, embeds: [{ title: 't'.repeat(257) }] }, 400, 50035],
    ['AutoMod', BOT, { ...MESSAGE, content: 'casino' }, 400, 200000],
  ] as [string, DiscordTarget, DiscordMessage, number, number][])(
    '%s',
    async (_case, target, message, status, code) => {
      const answer = await post(target, message);
      expect(answer).toMatchObject({ kind: 'http', status });
      expect(answer.kind === 'http' && JSON.parse(answer.body)).toMatchObject({ code });
    },
  );

  it('a refused token', async () => {
    secrets.store('/rollcall/bot', 'old-token-that-nobody-may-see');
    expect(await post(BOT)).toMatchObject({ kind: 'http', status: 401 });
  });

  it('a refused webhook token', async () => {
    secrets.store('/rollcall/webhook', `${WEBHOOK_URL}x`);
    const answer = await post(WEBHOOK);
    expect(answer.kind === 'http' && JSON.parse(answer.body)).toMatchObject({ code: 50027 });
  });

  it('a rate limit, with its headers in lower case', async () => {
    const headers = { 'Retry-After': '3', 'X-RateLimit-Scope': 'shared', 'X-RateLimit-Reset-After': '2.5' };
    const body = '{"message":"You are being rate limited.","retry_after":2.5,"global":false}';
    standIn.faults.add({ outcome: { kind: 'answer', status: 429, headers, body } });
    expect(await post(BOT)).toMatchObject({
      kind: 'http',
      status: 429,
      headers: { 'retry-after': '3', 'x-ratelimit-scope': 'shared', 'x-ratelimit-reset-after': '2.5' },
      body,
    });
  });

  it('a page of HTML', async () => {
    standIn.faults.add({ outcome: { kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>' } });
    expect(await post(BOT)).toMatchObject({ kind: 'http', status: 502, body: '<h1>Bad gateway</h1>' });
  });

  it('nothing at all', async () => {
    standIn.faults.add({ outcome: { kind: 'answer', status: 204, body: '' } });
    expect(await post(BOT)).toMatchObject({ kind: 'http', status: 204, body: '' });
  });

  it('a redirect, which is not followed', async () => {
    await withServer(OK, async (elsewhere) => {
      const headers = { location: `${elsewhere.origin}/channels/100/messages` };
      standIn.faults.add({ outcome: { kind: 'answer', status: 307, headers, body: '' } });
      expect(await post(BOT)).toMatchObject({ kind: 'http', status: 307, headers });
      expect(elsewhere.requests).toEqual([]);
    });
  });

  it('a body without end, cut', async () => {
    await withServer({ ...OK, body: 'x'.repeat(2_000_000) }, async ({ origin }) => {
      const answer = await post(BOT, MESSAGE, { baseUrl: origin });
      expect(answer.kind === 'http' && answer.body.length).toBe(256 * 1024);
    });
  });
});

describe('an exchange that failed is a network failure with its code', () => {
  it('refused', async () => {
    const gone = await startLoopbackServer(async () => OK);
    await gone.stop();
    const answer = await post(BOT, MESSAGE, { baseUrl: gone.origin });
    expect(answer).toEqual({
      kind: 'network',
      code: 'ECONNREFUSED',
      text: `posting to channel 100 at ${new URL(gone.origin).host} got no answer: ECONNREFUSED`,
    });
  });

  it.each([
    ['before the effect', 0],
    ['after the effect', 1],
  ] as const)('reset %s', async (moment, saved) => {
    const before = standIn.posts().length;
    const when = moment === 'before the effect' ? 'before effect' : 'after effect';
    standIn.faults.add({ when, outcome: { kind: 'reset' } });
    expect(await post(WEBHOOK)).toMatchObject({ kind: 'network', code: 'ECONNRESET' });
    expect(standIn.posts()).toHaveLength(before + saved);
  });

  it('timed out while waiting for the answer', async () => {
    standIn.faults.add({ delayMs: 60_000, outcome: { kind: 'reset' } });
    expect(await post(WEBHOOK, MESSAGE, { timeoutMs: 50 })).toMatchObject({
      kind: 'network',
      code: 'TIMEOUT',
      text: expect.stringContaining('the webhook in /rollcall/webhook'),
    });
  });

  it('timed out while reading the body', async () => {
    const headers = { 'content-length': '100' };
    await withServer({ status: 200, headers, body: 'x' }, async ({ origin }) => {
      expect(await post(BOT, MESSAGE, { baseUrl: origin, timeoutMs: 100 })).toMatchObject({
        kind: 'network',
        code: 'TIMEOUT',
      });
    });
  });

  it('cut off in the middle of the body', async () => {
    const answer = await answeredBy(
      createTcpServer((socket) => void socket.resume().end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{')),
    );
    expect(answer).toMatchObject({ kind: 'network', code: 'UND_ERR_SOCKET' });
  });

  it('no HTTP', async () => {
    const answer = await answeredBy(
      createTcpServer((socket) => void socket.resume().end('220 mail.example.com ESMTP\r\n')),
    );
    expect(answer).toMatchObject({ kind: 'network', code: expect.stringMatching(/^HPE_/) });
  });

  it('a certificate that nobody vouches for', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'discord.com' }]);
    const answer = await answeredBy(createTlsServer({ key, cert }), 'https');
    expect(answer).toMatchObject({ kind: 'network', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});

/** What comes of a post to a server that speaks no proper HTTP. */
async function answeredBy(server: TcpServer, scheme = 'http') {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await post(BOT, MESSAGE, { baseUrl: `${scheme}://127.0.0.1:${port}` });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a secret', () => {
  it('that is not stored is named', async () => {
    secrets = memorySecrets();
    expect(await post(BOT)).toEqual({
      kind: 'no secret',
      parameter: '/rollcall/bot',
      text: expect.stringContaining('/rollcall/bot'),
    });
  });

  it.each([
    'https://hooks.example.com/api/webhooks/200/that-nobody-may-see',
    'https://discord.com.example.com/api/webhooks/200/that-nobody-may-see',
    'http://discord.com/api/webhooks/200/that-nobody-may-see',
    'https://discord.com/api/webhooks/that-nobody-may-see',
    'https://discord.com/api/webhooks/200/that-nobody-may-see?thread_id=120',
    'that-nobody-may-see',
  ])('that is no webhook URL is named and not repeated: %s', async (stored) => {
    secrets.store('/rollcall/webhook', stored);
    expect(await post(WEBHOOK)).toEqual({
      kind: 'no secret',
      parameter: '/rollcall/webhook',
      text: expect.stringContaining('/rollcall/webhook'),
    });
  });

  it.each(['', 'two words that-nobody-may-see', 'broken\nthat-nobody-may-see', 'ä-that-nobody-may-see'])(
    'that can be no bot token is named and not repeated: %j',
    async (stored) => {
      secrets.store('/rollcall/bot', stored);
      expect(await post(BOT)).toEqual({
        kind: 'no secret',
        parameter: '/rollcall/bot',
        text: expect.stringContaining('/rollcall/bot'),
      });
    },
  );

  it('that cannot be read for another reason is thrown, to be tried again', async () => {
    const throttled = new Error('ThrottlingException');
    const broken = discordApi({ baseUrl: standIn.url, secrets: { read: () => Promise.reject(throttled) } });
    await expect(broken.post(BOT, MESSAGE, { freshSecret: false })).rejects.toBe(throttled);
  });

  it.each([true, false])('is read past the cache only when asked for: %s', async (freshSecret) => {
    await discord().post(BOT, MESSAGE, { freshSecret });
    expect(secrets.reads).toEqual([{ parameter: '/rollcall/bot', fresh: freshSecret }]);
  });
});

describe('the constants', () => {
  it('name Discord’s API and this version', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(DISCORD_API_URL).toBe('https://discord.com/api/v10');
    expect(DISCORD_USER_AGENT).toMatch(/^DiscordBot \(https:\/\/\S+, \S+\)$/);
    expect(DISCORD_USER_AGENT).toContain(`, ${version})`);
  });
});
