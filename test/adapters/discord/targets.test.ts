import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DISCORD_USER_AGENT, discordApi } from '../../../functions/adapters/discord/api.ts';
import { discordTargetsApi } from '../../../functions/adapters/discord/targets.ts';
import {
  botTarget,
  type DiscordMessage,
  type DiscordTarget,
  webhookTarget,
} from '../../../functions/core/discord/discord.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import type { PermissionName } from '../../../lib/local/discord-stand-in/permissions.ts';
import { type LoopbackRequest, startLoopbackServer } from '../../../lib/local/loopback-server.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';

const TOKEN = 'bot-token-that-nobody-may-see';
const WEBHOOK_TOKEN = 'webhook-token_that-nobody-may-see';
const WEBHOOK_URL = `https://discord.com/api/webhooks/200/${WEBHOOK_TOKEN}`;

const WEBHOOK: DiscordTarget = webhookTarget('/rollcall/webhook');
const botIn = (channelId: string): DiscordTarget => botTarget(channelId, '/rollcall/bot');

const secrets = memorySecrets({ '/rollcall/bot': TOKEN, '/rollcall/webhook': WEBHOOK_URL });

let standIn: DiscordStandIn;

beforeAll(async () => {
  standIn = await startDiscordStandIn({
    botToken: TOKEN,
    channels: [{ id: '100' }, { id: '110', access: 'none' }],
    webhooks: [{ id: '200', token: WEBHOOK_TOKEN, channelId: '100' }],
  });
});

afterEach(() => {
  standIn.faults.clear();
  standIn.setAccess('100', 'post');
});

afterAll(() => standIn.stop());

async function look(target: DiscordTarget, { baseUrl = standIn.url, stored = secrets, timeoutMs = 5_000 } = {}) {
  const sight = await discordTargetsApi({ baseUrl, secrets: stored, timeoutMs }).look(target, { freshSecret: false });
  // Whatever happened: no answer may carry a secret on to logs or tables.
  expect(JSON.stringify(sight)).not.toMatch(/that-nobody-may-see/);
  return sight;
}

describe('a look', () => {
  it.each<[string, DiscordTarget, number]>([
    ['at a channel of the bot', botIn('100'), 200],
    ['at a channel that the bot may not see', botIn('110'), 403],
    ['at a channel that is gone', botIn('120'), 404],
    ['at a webhook', WEBHOOK, 200],
  ])('%s gives Discord’s answer', async (_what, target, status) => {
    expect(await look(target)).toMatchObject({ answer: { kind: 'http', status }, missingPermissions: [] });
  });

  it('posts nothing', async () => {
    await look(botIn('100'));
    await look(WEBHOOK);
    expect(standIn.posts()).toEqual([]);
    expect(standIn.requests().every(({ method }) => method === 'GET')).toBe(true);
  });

  it('tells a connection that was cut, without the token', async () => {
    standIn.faults.add({ webhookId: '200', outcome: { kind: 'reset' } });
    expect(await look(WEBHOOK)).toMatchObject({
      answer: { kind: 'network', code: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/) },
    });
  });

  it('ends when Discord is silent', async () => {
    standIn.faults.add({ channelId: '100', delayMs: 60_000 });
    expect(await look(botIn('100'), { timeoutMs: 50 })).toMatchObject({ answer: { kind: 'network', code: 'TIMEOUT' } });
  });

  it('names the parameter of a secret that is missing or is none', async () => {
    const stored = memorySecrets({ '/rollcall/webhook': 'no url', '/rollcall/bot': 'two words' });
    for (const [target, parameter] of [
      [WEBHOOK, '/rollcall/webhook'],
      [botIn('100'), '/rollcall/bot'],
    ] as const) {
      for (const some of [stored, memorySecrets()]) {
        expect(await look(target, { stored: some })).toMatchObject({ answer: { kind: 'no secret', parameter } });
      }
    }
  });
});

describe('the permissions of a bot', () => {
  const VIEW_SEND_EMBED = String((1n << 10n) | (1n << 11n) | (1n << 14n));
  const GUILD = {
    '/channels/100': {
      id: '100',
      type: 0,
      guild_id: '1',
      permission_overwrites: [{ id: '7', type: 1, allow: '0', deny: '2048' }],
    },
    '/channels/130': { id: '130', type: 11, guild_id: '1', parent_id: '100', permission_overwrites: [] },
    '/channels/131': { id: '131', type: 11, guild_id: '1', parent_id: '100', thread_metadata: { locked: true } },
    '/users/@me': { id: '7', username: 'rollcall' },
    '/guilds/1/members/7': { roles: ['3'] },
    '/guilds/1/roles': [
      { id: '1', permissions: '0' },
      { id: '3', permissions: VIEW_SEND_EMBED },
    ],
  };

  async function lookInGuild(channelId: string, guild: Readonly<Record<string, unknown>>) {
    const requests: LoopbackRequest[] = [];
    const server = await startLoopbackServer(async (request) => {
      requests.push(request);
      const body = guild[request.url.pathname];
      return {
        status: body ? 200 : 403,
        headers: {},
        body: typeof body === 'string' ? body : JSON.stringify(body ?? {}),
      };
    });
    try {
      return { sight: await look(botIn(channelId), { baseUrl: server.origin }), requests };
    } finally {
      await server.stop();
    }
  }

  it('are worked out from its roles and the channel, and what is missing is named', async () => {
    const { sight, requests } = await lookInGuild('100', GUILD);
    expect(sight).toMatchObject({ answer: { status: 200 }, missingPermissions: ['Send Messages'] });
    for (const { method, headers } of requests) {
      expect(method).toBe('GET');
      expect(headers).toMatchObject({ authorization: `Bot ${TOKEN}`, 'user-agent': DISCORD_USER_AGENT });
    }
  });

  it('of a thread are those of its channel', async () => {
    expect((await lookInGuild('130', GUILD)).sight.missingPermissions).toEqual(['Send Messages in Threads']);
  });

  it('of a locked thread are not enough without the right to manage threads', async () => {
    const { sight } = await lookInGuild('131', GUILD);
    expect(sight.missingPermissions).toEqual(['Send Messages in Threads', 'Manage Threads']);
  });

  it.each(['/users/@me', '/guilds/1/members/7', '/guilds/1/roles'])(
    'are not guessed where Discord does not show %s',
    async (path) => {
      for (const answer of [undefined, '<html>', {}]) {
        expect((await lookInGuild('100', { ...GUILD, [path]: answer })).sight.missingPermissions).toEqual([]);
      }
    },
  );
});

describe('what a look finds missing', () => {
  it.each([
    ['view', ['Send Messages']],
    ['no embeds', ['Embed Links']],
    ['post', []],
  ] as const)('where the bot’s access is "%s" are %j', async (access, missing) => {
    standIn.setAccess('100', access);
    expect((await look(botIn('100'))).missingPermissions).toEqual(missing);
  });

  const EVERYONE = '500';
  const BOT_ID = '700';
  const names = fc.subarray<PermissionName>([
    'VIEW_CHANNEL',
    'SEND_MESSAGES',
    'EMBED_LINKS',
    'SEND_MESSAGES_IN_THREADS',
    'ADMINISTRATOR',
  ]);
  const few = fc.subarray<PermissionName>(['VIEW_CHANNEL', 'SEND_MESSAGES', 'EMBED_LINKS']);
  const overwrite = fc.record({
    target: fc.constantFrom(EVERYONE, '1', '2', BOT_ID),
    allow: few,
    deny: few,
  });
  const guild = fc.record({
    ofEveryone: few,
    ofRoles: fc.tuple(few, names),
    botRoles: fc.subarray(['1', '2']),
    overwrites: fc.uniqueArray(overwrite, { selector: ({ target }) => target }),
    isThread: fc.boolean(),
  });

  it('is exactly what a post is refused for, in any server', async () => {
    await fc.assert(
      fc.asyncProperty(guild, async ({ ofEveryone, ofRoles, botRoles, overwrites, isThread }) => {
        const discord = await startDiscordStandIn({
          botToken: TOKEN,
          roles: [
            { id: EVERYONE, permissions: ofEveryone },
            { id: '1', permissions: ofRoles[0] },
            { id: '2', permissions: ofRoles[1] },
          ],
          botRoles,
          channels: [
            {
              id: '100',
              overwrites: overwrites.map(({ target, allow, deny }) => ({
                id: target,
                kind: target === BOT_ID ? ('member' as const) : ('role' as const),
                allow,
                deny,
              })),
            },
            { id: '120', parentId: '100' },
          ],
        });
        try {
          const target = botIn(isThread ? '120' : '100');
          const { answer, missingPermissions } = await look(target, { baseUrl: discord.url });
          const posting = discordApi({ baseUrl: discord.url, secrets });
          const message: DiscordMessage = { embeds: [{ title: 'a mail' }], allowed_mentions: { parse: [] } };
          const post = await posting.post(target, message, { freshSecret: false });
          const seesNothingWrong = answer.kind === 'http' && answer.status === 200 && missingPermissions.length === 0;
          expect(post).toMatchObject({ status: seesNothingWrong ? 200 : 403 });
        } finally {
          await discord.stop();
        }
      }),
      { numRuns: 200 },
    );
  });
});
