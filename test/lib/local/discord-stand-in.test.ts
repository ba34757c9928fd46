import { afterEach, describe, expect, it } from 'vitest';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../lib/local/discord-stand-in/discord-stand-in.ts';

const BOT = { authorization: 'Bot right' };
const CHANNEL = '/channels/100/messages';
const WEBHOOK = '/webhooks/200/secret';

let standIn: DiscordStandIn;
let nowMs = Date.UTC(2026, 0, 1);

afterEach(() => standIn.stop());

/** A stand-in without rate limits, which have their own section. */
const start = () => startLimited({ channelLimit: 'off', globalLimit: 'off' });

async function startLimited(limits: Pick<DiscordStandInOptions, 'channelLimit' | 'globalLimit'>): Promise<void> {
  nowMs = Date.UTC(2026, 0, 1);
  standIn = await startDiscordStandIn({
    botToken: 'right',
    channels: [
      { id: '100' },
      { id: '101' },
      { id: '110', access: 'none' },
      { id: '111', access: 'view' },
      { id: '112', access: 'no embeds' },
      { id: '120', parentId: '100' },
      { id: '121', parentId: '101' },
    ],
    webhooks: [{ id: '200', token: 'secret', channelId: '100' }],
    autoModWords: ['casino'],
    now: () => new Date(nowMs),
    ...limits,
  });
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = BOT) {
  const response = await fetch(`${standIn.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

const post = (body: unknown, path = CHANNEL) => call('POST', path, body);

/** Code and message of the form error at a path such as `embeds.0.title`. */
async function formErrorAt(path: string, body: unknown): Promise<{ code: string; message: string } | undefined> {
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 400, body: { code: 50035, message: 'Invalid Form Body' } });
  return path.split('.').reduce((node, key) => node?.[key], answer.body.errors)?._errors?.[0];
}

describe('a post that keeps the rules', () => {
  it('is saved and comes back as a message object', async () => {
    await start();
    const body = { content: 'hello', embeds: [{ title: 'a mail', description: 'text' }] };
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      id: expect.stringMatching(/^\d{17,20}$/),
      channel_id: '100',
      content: 'hello',
      embeds: [{ title: 'a mail', description: 'text' }],
      timestamp: '2026-01-01T00:00:00.000Z',
      author: { bot: true },
    });
    expect(standIn.posts()).toMatchObject([
      { channelId: '100', webhookId: undefined, messageId: answer.body.id, body, at: new Date(nowMs) },
    ]);
  });

  it('has an id of its own, also within one millisecond', async () => {
    await start();
    const [one, two] = [await post({ content: 'one' }), await post({ content: 'two' })];
    expect(one.body.id).not.toBe(two.body.id);
  });

  it('is accepted with everything as large as it may be', async () => {
    await start();
    const field = { name: 'n'.repeat(256), value: 'v'.repeat(1) };
    const largest = {
      content: 'c'.repeat(2000),
      embeds: [{ title: 't'.repeat(256), description: 'd'.repeat(4096), author: { name: 'a'.repeat(256) } }],
      nonce: 'n'.repeat(25),
    };
    expect((await post(largest)).status).toBe(200);
    expect((await post({ embeds: [{ fields: Array(23).fill(field) }, { description: 'd'.repeat(89) }] })).status).toBe(
      200,
    );
    expect((await post({ embeds: Array(10).fill({ description: 'd'.repeat(600) }) })).status).toBe(200);
  });

  it('shows embeds that share a url as one', async () => {
    await start();
    const url = 'https://example.com/mail';
    const { body } = await post({ embeds: [{ title: 'one', url }, { title: 'two', url }, { title: 'three' }] });
    expect(body.embeds.map((embed: { title: string }) => embed.title)).toEqual(['one', 'three']);
  });
});

describe('sizes', () => {
  it.each<[string, unknown, string]>([
    ['content', { content: 'c'.repeat(2001) }, 'Must be 2000 or fewer in length.'],
    ['embeds', { embeds: Array(11).fill({ title: 't' }) }, 'Must be 10 or fewer in length.'],
    ['embeds.0.title', { embeds: [{ title: 't'.repeat(257) }] }, 'Must be 256 or fewer in length.'],
    [
      'embeds.1.description',
      { embeds: [{ title: 't' }, { description: 'd'.repeat(4097) }] },
      'Must be 4096 or fewer in length.',
    ],
    ['embeds.0.author.name', { embeds: [{ author: { name: 'a'.repeat(257) } }] }, 'Must be 256 or fewer in length.'],
    ['embeds.0.footer.text', { embeds: [{ footer: { text: 'f'.repeat(2049) } }] }, 'Must be 2048 or fewer in length.'],
    [
      'embeds.0.fields',
      { embeds: [{ fields: Array(26).fill({ name: 'n', value: 'v' }) }] },
      'Must be 25 or fewer in length.',
    ],
    [
      'embeds.0.fields.0.name',
      { embeds: [{ fields: [{ name: 'n'.repeat(257), value: 'v' }] }] },
      'Must be 256 or fewer in length.',
    ],
    [
      'embeds.0.fields.0.value',
      { embeds: [{ fields: [{ name: 'n', value: 'v'.repeat(1025) }] }] },
      'Must be 1024 or fewer in length.',
    ],
  ])('%s is refused above its limit', async (path, body, message) => {
    await start();
    expect(await formErrorAt(path, body)).toEqual({ code: 'BASE_TYPE_MAX_LENGTH', message });
    expect(standIn.posts()).toEqual([]);
  });

  it.each<[string, (text: string) => object]>([
    ['titles and descriptions', (text) => ({ title: 't', description: text })],
    ['footers', (text) => ({ title: 't', footer: { text } })],
    ['field values', (text) => ({ title: 't', fields: [{ name: 'n', value: text }] })],
  ])('more than 6000 characters over all embeds are refused, %s counted', async (_what, embedWith) => {
    await start();
    const embeds = Array.from({ length: 6 }, () => embedWith('x'.repeat(1000)));
    expect(await formErrorAt('embeds', { embeds })).toEqual({
      code: 'MAX_EMBED_SIZE_EXCEEDED',
      message: 'Embed size exceeds maximum size of 6000',
    });
  });

  it('authors count towards the 6000', async () => {
    await start();
    const embeds = [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1904) }, { author: { name: 'a' } }];
    expect(await formErrorAt('embeds', { embeds })).toMatchObject({ code: 'MAX_EMBED_SIZE_EXCEEDED' });
  });

  it('a request of more than a megabyte is too large: 413, code 40005', async () => {
    await start();
    expect(await post({ content: 'x'.repeat(1_100_000) })).toMatchObject({ status: 413, body: { code: 40005 } });
  });
});

describe('the form', () => {
  it.each<[string, unknown, string]>([
    ['embeds.0.url', { embeds: [{ title: 't', url: 'message:%3Cid%3E' }] }, 'URL_TYPE_INVALID_SCHEME'],
    ['embeds.0.url', { embeds: [{ title: 't', url: 'nonsense' }] }, 'URL_TYPE_INVALID_URL'],
    ['embeds.0.timestamp', { embeds: [{ title: 't', timestamp: 'yesterday' }] }, 'DATE_TIME_TYPE_PARSE'],
    ['embeds.0.color', { embeds: [{ title: 't', color: 0x1000000 }] }, 'NUMBER_TYPE_MAX'],
    ['embeds.0.color', { embeds: [{ title: 't', color: 'red' }] }, 'NUMBER_TYPE_COERCE'],
    ['embeds.0.author.name', { embeds: [{ title: 't', author: {} }] }, 'BASE_TYPE_REQUIRED'],
    ['embeds.0.footer.text', { embeds: [{ title: 't', footer: { text: ' ' } }] }, 'BASE_TYPE_REQUIRED'],
    ['embeds.1.description', { content: 'c', embeds: [{ title: 't' }, { color: 1 }] }, 'BASE_TYPE_REQUIRED'],
    ['embeds', { content: 'c', embeds: {} }, 'LIST_TYPE_CONVERT'],
    ['content', { content: 1 }, 'STRING_TYPE_CONVERT'],
    ['nonce', { content: 'c', nonce: 'n'.repeat(26) }, 'NONCE_TYPE_TOO_LONG'],
    ['nonce', { content: 'c', nonce: {} }, 'NONCE_TYPE_INVALID_TYPE'],
    ['allowed_mentions.users.0', { content: 'c', allowed_mentions: { users: ['ada'] } }, 'NUMBER_TYPE_COERCE'],
    [
      'allowed_mentions',
      { content: 'c', allowed_mentions: { parse: ['users'], users: ['1'] } },
      'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
    ],
  ])('%s is refused in %j as %s', async (path, body, code) => {
    await start();
    expect(await formErrorAt(path, body)).toMatchObject({ code });
  });

  it.each([{}, { content: ' \n ' }, { content: '', embeds: [] }, { embeds: [{}] }])(
    '%j is an empty message: 50006',
    async (body) => {
      await start();
      expect(await post(body)).toMatchObject({ status: 400, body: { code: 50006 } });
    },
  );

  it('a body that is not JSON is refused: 50109', async () => {
    await start();
    expect(await post('{"content":')).toMatchObject({ status: 400, body: { code: 50109 } });
  });
});

describe('pings', () => {
  const content = '@everyone <@1> <@2> <@&3>';

  it('go to everyone whom the content names, by default', async () => {
    await start();
    const { body } = await post({ content });
    expect(body).toMatchObject({ mention_everyone: true, mentions: [{ id: '1' }, { id: '2' }], mention_roles: ['3'] });
  });

  it('go to nobody with an empty parse list', async () => {
    await start();
    const { body } = await post({ content, allowed_mentions: { parse: [] } });
    expect(body).toMatchObject({ mention_everyone: false, mentions: [], mention_roles: [] });
  });

  it('go to the ids that are allowed and named', async () => {
    await start();
    const { body } = await post({ content, allowed_mentions: { parse: [], users: ['2', '9'], roles: ['3'] } });
    expect(body).toMatchObject({ mention_everyone: false, mentions: [{ id: '2' }], mention_roles: ['3'] });
  });

  it('never come from an embed', async () => {
    await start();
    expect((await post({ embeds: [{ title: content }] })).body).toMatchObject({
      mention_everyone: false,
      mentions: [],
    });
  });
});

describe('who may post where', () => {
  const message = { content: 'hello' };

  it.each([
    ['a wrong bot token', 'POST', CHANNEL, { authorization: 'Bot wrong' }, 401, 0, '401: Unauthorized'],
    ['no bot token', 'POST', CHANNEL, {}, 401, 0, '401: Unauthorized'],
    ['an unknown channel', 'POST', '/channels/999/messages', BOT, 404, 10003, 'Unknown Channel'],
    ['a channel out of sight', 'POST', '/channels/110/messages', BOT, 403, 50001, 'Missing Access'],
    ['a channel to read only', 'POST', '/channels/111/messages', BOT, 403, 50013, 'Missing Permissions'],
    ['an unknown webhook', 'POST', '/webhooks/999/secret?wait=true', {}, 404, 10015, 'Unknown Webhook'],
    ['a wrong webhook token', 'POST', '/webhooks/200/wrong?wait=true', {}, 401, 50027, 'Invalid Webhook Token'],
    ['a thread of another channel', 'POST', `${WEBHOOK}?wait=true&thread_id=121`, {}, 404, 10003, 'Unknown Channel'],
    ['a thread of nobody', 'POST', `${WEBHOOK}?wait=true&thread_id=999`, {}, 404, 10003, 'Unknown Channel'],
    ['another endpoint', 'POST', '/users/1', BOT, 404, 0, '404: Not Found'],
  ])('%s', async (_case, method, path, headers, status, code, text) => {
    await start();
    const answer = await call(method, path, message, headers as Record<string, string>);
    expect(answer).toMatchObject({ status, body: { code, message: text } });
    expect(standIn.posts()).toEqual([]);
  });

  it('AutoMod blocks a message with a configured word: 400, code 200000', async () => {
    await start();
    const answer = await post({ embeds: [{ title: 'Online CASINO!' }] });
    expect(answer).toMatchObject({ status: 400, body: { code: 200000 } });
    expect(standIn.posts()).toEqual([]);
  });
});

describe('the bot’s permissions in a channel', () => {
  const embeds = { embeds: [{ title: 'a mail' }] };
  const GUILD = 500;
  const BOT_ID = 700;

  it('decide on what it may post: text without embeds, where it may not embed links', async () => {
    await start();
    expect(await post(embeds, '/channels/112/messages')).toMatchObject({ status: 403, body: { code: 50013 } });
    expect(await post({ content: 'text' }, '/channels/112/messages')).toMatchObject({ status: 200 });
  });

  it('are shown by the channel, the bot’s own member and the roles of its server, in Discord’s bits', async () => {
    await start();
    expect((await call('GET', '/users/@me')).body).toMatchObject({ id: `${BOT_ID}`, bot: true });
    expect((await call('GET', `/guilds/${GUILD}/members/${BOT_ID}`)).body).toMatchObject({ roles: [] });
    const everyone = { id: `${GUILD}`, permissions: String((1 << 10) + (1 << 11) + (1 << 14) + 2 ** 38) };
    expect((await call('GET', `/guilds/${GUILD}/roles`)).body).toMatchObject([everyone]);
    expect((await call('GET', '/channels/112')).body).toMatchObject({
      guild_id: `${GUILD}`,
      permission_overwrites: [{ id: `${BOT_ID}`, type: 1, allow: '0', deny: String(1 << 14) }],
    });
  });

  it('can be changed while it runs', async () => {
    await start();
    expect(standIn.setAccess('100', 'view')).toBe(true);
    expect(await post({ content: 'text' })).toMatchObject({ status: 403, body: { code: 50013 } });
    expect(standIn.setAccess('100', 'post')).toBe(true);
    expect(await post(embeds)).toMatchObject({ status: 200 });
    expect(standIn.setAccess('999', 'view')).toBe(false);
  });

  it('of a thread are those of its channel', async () => {
    await start();
    standIn.setAccess('100', 'no embeds');
    expect(await post(embeds, '/channels/120/messages')).toMatchObject({ status: 403, body: { code: 50013 } });
  });

  it.each([
    ['/guilds/501/roles', 404, 10004],
    [`/guilds/501/members/${BOT_ID}`, 404, 10004],
    [`/guilds/${GUILD}/members/1`, 404, 10007],
  ])('GET %s of what is not there answers %i', async (path, status, code) => {
    await start();
    expect(await call('GET', path)).toMatchObject({ status, body: { code } });
  });

  it.each(['/users/@me', `/guilds/${GUILD}/roles`, `/guilds/${GUILD}/members/${BOT_ID}`])(
    'GET %s is for the bot alone',
    async (path) => {
      await start();
      expect(await call('GET', path, undefined, {})).toMatchObject({ status: 401 });
    },
  );
});

describe('looking up a target without posting', () => {
  it.each([
    ['/channels/100', 200, undefined],
    ['/channels/111', 200, undefined],
    ['/channels/110', 403, 50001],
    ['/channels/999', 404, 10003],
    [WEBHOOK, 200, undefined],
    ['/webhooks/200/wrong', 401, 50027],
    ['/webhooks/999/secret', 404, 10015],
  ])('GET %s answers %i', async (path, status, code) => {
    await start();
    const answer = await call('GET', path);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
    expect(standIn.posts()).toEqual([]);
  });
});

describe('webhooks', () => {
  it('with wait=true answer with the message, in the channel of the webhook', async () => {
    await start();
    const answer = await call('POST', `${WEBHOOK}?wait=true`, { content: 'hello' }, {});
    expect(answer).toMatchObject({ status: 200, body: { channel_id: '100', webhook_id: '200', content: 'hello' } });
    expect(standIn.posts()).toMatchObject([{ webhookId: '200', channelId: '100' }]);
  });

  it('without wait answer 204, and tell nothing of a message that was not saved', async () => {
    await start();
    expect((await call('POST', WEBHOOK, { content: 'hello' }, {})).status).toBe(204);
    expect((await call('POST', WEBHOOK, { content: 'casino' }, {})).status).toBe(204);
    expect(standIn.posts().map(({ body }) => body.content)).toEqual(['hello']);
  });

  it('post into a thread of their channel', async () => {
    await start();
    const answer = await call('POST', `${WEBHOOK}?wait=true&thread_id=120`, { content: 'hello' }, {});
    expect(answer.body.channel_id).toBe('120');
  });
});

describe('the nonce', () => {
  const message = { content: 'once', nonce: 'abc', enforce_nonce: true };

  it('enforced, returns the message that was saved with it', async () => {
    await start();
    const first = await post(message);
    nowMs += 60_000;
    const second = await post({ ...message, content: 'twice' });
    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, content: 'once' } });
    expect(standIn.posts()).toHaveLength(1);
  });

  it('of a message that was deleted since creates it no more: 10008', async () => {
    await start();
    const { body } = await post(message);
    await fetch(new URL(`/control/posts/${body.id}`, standIn.url), { method: 'DELETE' });
    expect(standIn.posts()).toEqual([]);
    expect(await post(message)).toMatchObject({ status: 404, body: { code: 10008, message: 'Unknown Message' } });
  });

  it('is forgotten after some minutes', async () => {
    await start();
    await post(message);
    nowMs += 3 * 60_000;
    await post(message);
    expect(standIn.posts()).toHaveLength(2);
  });

  it('counts within its channel only', async () => {
    await start();
    await post(message);
    await post(message, '/channels/101/messages');
    expect(standIn.posts()).toHaveLength(2);
  });

  it('changes nothing where it is not enforced, or for a webhook', async () => {
    await start();
    const { enforce_nonce: _, ...unenforced } = message;
    for (const path of [CHANNEL, `${WEBHOOK}?wait=true`]) await post(path === CHANNEL ? unenforced : message, path);
    for (const path of [CHANNEL, `${WEBHOOK}?wait=true`]) await post(path === CHANNEL ? unenforced : message, path);
    expect(standIn.posts()).toHaveLength(4);
  });
});

describe('rate limits', () => {
  const rateHeaders = (headers: Headers) =>
    Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-ratelimit') || name === 'retry-after'));

  it('of a channel are five posts per five seconds, told in the headers', async () => {
    await startLimited({ globalLimit: 'off' });
    const first = await post({ content: '1' });
    expect(rateHeaders(first.headers)).toEqual({
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-reset': '1767225605.000',
      'x-ratelimit-reset-after': '5.000',
      'x-ratelimit-bucket': expect.stringMatching(/^[0-9a-f]{32}$/),
    });

    for (let sent = 1; sent < 5; sent += 1) await post({ content: 'more' });
    nowMs += 1_500;
    const refused = await post({ content: 'too many' });
    expect(refused).toMatchObject({
      status: 429,
      body: { message: 'You are being rate limited.', retry_after: 3.5, global: false },
    });
    expect(rateHeaders(refused.headers)).toMatchObject({
      'retry-after': '4',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset-after': '3.500',
      'x-ratelimit-scope': 'user',
    });

    expect((await post({ content: 'elsewhere' }, '/channels/101/messages')).status).toBe(200);
    nowMs += 3_500;
    expect((await post({ content: 'again' })).status).toBe(200);
    expect(standIn.posts()).toHaveLength(7);
  });

  it('of a webhook are its own', async () => {
    await startLimited({ globalLimit: 'off', channelLimit: { requests: 1, perMs: 1_000 } });
    expect((await post({ content: 'bot' })).status).toBe(200);
    expect((await post({ content: 'webhook' }, `${WEBHOOK}?wait=true`)).status).toBe(200);
    expect((await post({ content: 'webhook' }, `${WEBHOOK}?wait=true`)).status).toBe(429);
  });

  it('name the same bucket for every channel', async () => {
    await startLimited({ globalLimit: 'off', channelLimit: { requests: 5, perMs: 5_000 } });
    const [one, other] = [await post({ content: '1' }), await post({ content: '2' }, '/channels/101/messages')];
    expect(one.headers.get('x-ratelimit-bucket')).toBe(other.headers.get('x-ratelimit-bucket'));
  });

  it('count over all routes of the bot too, look-ups included', async () => {
    await startLimited({ channelLimit: 'off', globalLimit: { requests: 2, perMs: 1_000 } });
    await post({ content: '1' });
    await call('GET', '/channels/100');
    const refused = await post({ content: '3' }, '/channels/101/messages');
    expect(refused).toMatchObject({ status: 429, body: { retry_after: 1, global: true } });
    expect(rateHeaders(refused.headers)).toEqual({
      'retry-after': '1',
      'x-ratelimit-global': 'true',
      'x-ratelimit-scope': 'global',
    });
    nowMs += 1_000;
    expect((await post({ content: '4' })).status).toBe(200);
  });

  it('are fifty requests per second over all routes', async () => {
    await startLimited({ channelLimit: 'off' });
    const answers = await Promise.all(Array.from({ length: 51 }, () => call('GET', '/channels/100')));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  });
});

describe('faults', () => {
  const message = { content: 'hello' };

  it('answer with a status and a code, a number of times', async () => {
    await start();
    standIn.faults.add({ times: 2, outcome: { kind: 'answer', status: 403, code: 50001 } });
    for (let met = 0; met < 2; met += 1) {
      expect(await post(message)).toMatchObject({ status: 403, body: { code: 50001, message: 'Missing Access' } });
    }
    expect((await post(message)).status).toBe(200);
    expect(standIn.posts()).toHaveLength(1);
    expect(standIn.requests().map(({ status }) => status)).toEqual([403, 403, 200]);
  });

  it('meet only the target and the method they name, for ever, until they are taken back', async () => {
    await start();
    const id = standIn.faults.add({ channelId: '100', method: 'POST', outcome: { kind: 'answer', status: 500 } });
    for (let met = 0; met < 3; met += 1) expect((await post(message)).status).toBe(500);
    expect((await call('GET', '/channels/100')).status).toBe(200);
    expect((await post(message, '/channels/101/messages')).status).toBe(200);
    expect((await post(message, `${WEBHOOK}?wait=true`)).status).toBe(200);
    standIn.faults.remove(id);
    expect((await post(message)).status).toBe(200);
  });

  it('can name a webhook', async () => {
    await start();
    standIn.faults.add({ webhookId: '200', outcome: { kind: 'answer', status: 404, code: 10015 } });
    expect(await post(message, `${WEBHOOK}?wait=true`)).toMatchObject({ status: 404, body: { code: 10015 } });
    expect((await post(message)).status).toBe(200);
  });

  it('let pass as many requests as they skip', async () => {
    await start();
    standIn.faults.add({ skip: 1, times: 1, outcome: { kind: 'answer', status: 500 } });
    expect([(await post(message)).status, (await post(message)).status, (await post(message)).status]).toEqual([
      200, 500, 200,
    ]);
  });

  it('answer with any page and header', async () => {
    await start();
    const headers = { 'retry-after': '7' };
    standIn.faults.add({ outcome: { kind: 'answer', status: 502, headers, body: '<h1>Bad gateway</h1>' } });
    const response = await fetch(`${standIn.url}${CHANNEL}`, { method: 'POST', headers: BOT, body: '{}' });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.text()).toBe('<h1>Bad gateway</h1>');
  });

  it('reset the connection before the effect', async () => {
    await start();
    standIn.faults.add({ times: 1, outcome: { kind: 'reset' } });
    await expect(post(message)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(standIn.posts()).toEqual([]);
    expect(standIn.requests()).toMatchObject([{ status: 'reset', target: { channelId: '100' } }]);
  });

  it('reset the connection after the effect', async () => {
    await start();
    standIn.faults.add({ times: 1, when: 'after effect', outcome: { kind: 'reset' } });
    await expect(post(message)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(standIn.posts()).toHaveLength(1);
  });

  it('delay an answer', async () => {
    await start();
    standIn.faults.add({ delayMs: 60, times: 1 });
    const startedMs = performance.now();
    expect((await post(message)).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
  });

  it('do not keep the stand-in from stopping', async () => {
    await start();
    standIn.faults.add({ delayMs: 3_600_000, when: 'after effect' });
    const pending = post(message).catch(() => 'cut off');
    await expect.poll(() => standIn.posts()).toHaveLength(1);
    await standIn.stop();
    expect(await pending).toBe('cut off');
    await start();
  });

  it('that are malformed are refused', async () => {
    await start();
    expect(() => standIn.faults.add({ times: 0 })).toThrow(/times/);
  });
});

describe('the control endpoint', () => {
  const control = (method: string, path: string, body?: unknown) =>
    fetch(new URL(`/control/${path}`, standIn.url), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('schedules and ends faults', async () => {
    await start();
    const fault = { outcome: { kind: 'answer', status: 403, code: 50013 } };
    const added = await control('POST', 'faults', fault);
    expect(added.status).toBe(201);
    const { id } = (await added.json()) as { id: string };
    expect(await post({ content: 'hello' })).toMatchObject({ status: 403, body: { code: 50013 } });

    expect((await control('DELETE', `faults/${id}`)).status).toBe(204);
    expect((await post({ content: 'hello' })).status).toBe(200);

    await control('POST', 'faults', fault);
    await control('POST', 'faults', fault);
    await control('DELETE', 'faults');
    expect((await post({ content: 'hello' })).status).toBe(200);
  });

  it('says what is wrong with a fault', async () => {
    await start();
    const answer = await control('POST', 'faults', { outcome: { kind: 'explode' } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('outcome');
  });

  it('changes what the bot may do in a channel', async () => {
    await start();
    expect((await control('PUT', 'access/100', 'view')).status).toBe(204);
    expect(await post({ content: 'hello' })).toMatchObject({ status: 403, body: { code: 50013 } });
    expect((await control('PUT', 'access/100', 'post')).status).toBe(204);
    expect(await post({ content: 'hello' })).toMatchObject({ status: 200 });
    expect((await control('PUT', 'access/999', 'view')).status).toBe(404);
    expect((await control('PUT', 'access/100', 'sometimes')).status).toBe(400);
  });

  it('shows what was posted', async () => {
    await start();
    await post({ content: 'hello' });
    expect(await (await control('GET', 'posts')).json()).toMatchObject([
      { channelId: '100', body: { content: 'hello' } },
    ]);
    expect(await (await control('GET', 'requests')).json()).toMatchObject([
      { method: 'POST', target: { channelId: '100' }, status: 200 },
    ]);
  });

  it('is no part of the API, and the API no part of it', async () => {
    await start();
    expect((await control('GET', 'nothing')).status).toBe(404);
    expect((await call('POST', '/control/faults', {})).status).toBe(404);
  });
});
