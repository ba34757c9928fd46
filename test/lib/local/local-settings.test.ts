import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discordApi } from '../../../functions/adapters/discord/api.ts';
import { defineSettings } from '../../../functions/core/settings/define-settings.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../../lib/local/discord-stand-in/discord-stand-in.ts';
import { discordFor } from '../../../lib/local/local-settings.ts';
import { memorySecrets } from '../../fakes/memory-secrets.ts';

const rules = [{ name: 'all', subject: '.' }];
const settings = defineSettings({
  mailboxes: [
    { account: 'one', host: 'imap.example.com', user: 'ada@example.com', auth: { passwordParameter: '/password' } },
  ],
  routes: [
    { id: 'bot', discord: { channelId: '100000000000000001', botTokenParameter: '/bot' }, rules },
    { id: 'hook', discord: { webhookParameter: '/hook' }, rules },
    { id: 'thread', discord: { webhookParameter: '/hook', threadId: '100000000000000002' }, rules },
    { id: 'other-hook', discord: { webhookParameter: '/other-hook', threadId: '100000000000000003' }, rules },
  ],
  digest: { from: 'rollcall@example.com', to: 'ada@example.com', at: '07:30', timeZone: 'UTC' },
  alarms: { email: 'ops@example.com' },
});

describe('the Discord of a local run', () => {
  const local = discordFor(settings);
  let discord: DiscordStandIn;

  beforeAll(async () => {
    discord = await startDiscordStandIn(local);
  });

  afterAll(() => discord.stop());

  it.each(settings.routes.map((route) => [route.id, route.target] as const))(
    'takes posts of the route %s',
    async (_id, target) => {
      const secrets = memorySecrets(local.parameters);
      const message = { embeds: [{ title: 'a mail' }], allowed_mentions: { parse: [] } };
      const posting = discordApi({ baseUrl: discord.url, secrets });
      expect(await posting.post(target, message, { freshSecret: false })).toMatchObject({ status: 200 });
    },
  );
});
