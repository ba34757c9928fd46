import * as z from 'zod';
import { missingPermissions } from '../../core/discord/channel-permissions.ts';
import type { DiscordAnswer, DiscordTarget, DiscordTargets } from '../../core/discord/discord.ts';
import { isBotToken, unreadableSecret, webhookIn } from '../../core/discord/secret-form.ts';
import { readTextUpTo } from '../capped-body.ts';
import {
  DEFAULT_TIMEOUT_MS,
  DISCORD_API_URL,
  DISCORD_USER_AGENT,
  type DiscordApiOptions,
  networkCodeOf,
  readSecret,
} from './api.ts';

/** The longest answer is the roles of a large guild. */
const MAX_ANSWER_BYTES = 1024 * 1024;

const permissionBits = z.string().regex(/^\d+$/).transform(BigInt);

const channelSchema = z.object({
  id: z.string(),
  type: z.int(),
  guild_id: z.string(),
  parent_id: z.string().nullish(),
  thread_metadata: z.object({ locked: z.boolean().optional() }).nullish(),
  permission_overwrites: z.array(z.object({ id: z.string(), allow: permissionBits, deny: permissionBits })).default([]),
});
type Channel = z.output<typeof channelSchema>;

const idSchema = z.object({ id: z.string() });
const memberSchema = z.object({ roles: z.array(z.string()) });
const rolesSchema = z.array(z.object({ id: z.string(), permissions: permissionBits }));

/** Announcement thread, public thread, private thread: https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
const THREAD_TYPES: ReadonlySet<number> = new Set([10, 11, 12]);

/**
 * Probes targets through Discord's HTTP API: Get Channel with the bot's own permissions there, Get Webhook with Token.
 * Answers are as in `discordApi`; nothing is posted or changed, and no text contains a token or a webhook's URL. Throws
 * if the secret could not be read.
 */
export function discordTargetsApi({
  secrets,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  baseUrl = DISCORD_API_URL,
  userAgent = DISCORD_USER_AGENT,
}: DiscordApiOptions): DiscordTargets {
  const base = baseUrl.replace(/\/+$/, '');

  async function get(path: string, target: DiscordTarget, token: string | undefined): Promise<DiscordAnswer> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${base}${path}`, {
        headers: { 'user-agent': userAgent, ...(token && { authorization: `Bot ${token}` }) },
        redirect: 'manual',
        signal,
      });
      const body = await readTextUpTo(response, MAX_ANSWER_BYTES);
      return { kind: 'http', status: response.status, headers: Object.fromEntries(response.headers), body };
    } catch (error) {
      const code = signal.aborted ? 'TIMEOUT' : networkCodeOf(error);
      const text = `looking at ${target.name} at ${new URL(baseUrl).host} got no answer: ${code}`;
      return { kind: 'network', code, text };
    }
  }

  /** Empty if one of the required answers is not available: then only a post can show it. */
  async function missingIn(answer: DiscordAnswer, target: DiscordTarget, token: string): Promise<string[]> {
    const ask = async <T>(path: string, schema: z.ZodType<T>) => parsed(await get(path, target, token), schema);
    const channel = parsed(answer, channelSchema);
    if (!channel) return [];
    const owner = isThread(channel) ? await ask(`/channels/${channel.parent_id}`, channelSchema) : channel;
    const bot = await ask('/users/@me', idSchema);
    if (!owner || !bot) return [];
    const member = await ask(`/guilds/${channel.guild_id}/members/${bot.id}`, memberSchema);
    const roles = await ask(`/guilds/${channel.guild_id}/roles`, rolesSchema);
    if (!member || !roles) return [];
    return missingPermissions({
      botId: bot.id,
      botRoles: member.roles,
      guildId: channel.guild_id,
      roles,
      overwrites: owner.permission_overwrites,
      isThread: isThread(channel),
      isLocked: channel.thread_metadata?.locked === true,
    });
  }

  return {
    async look(target, { freshSecret }) {
      const { secretParameter: parameter } = target;
      const read = await readSecret(secrets, parameter, freshSecret);
      if (read.kind === 'no secret') return { answer: read, missingPermissions: [] };
      const unreadable: DiscordAnswer = { kind: 'no secret', parameter, text: unreadableSecret(target) };

      if (target.kind === 'webhook') {
        const webhook = webhookIn(read.secret);
        const answer = webhook ? await get(`/webhooks/${webhook.id}/${webhook.token}`, target, undefined) : unreadable;
        return { answer: withoutToken(answer), missingPermissions: [] };
      }
      if (!isBotToken(read.secret)) return { answer: unreadable, missingPermissions: [] };
      const answer = await get(`/channels/${target.channelId}`, target, read.secret);
      return { answer, missingPermissions: await missingIn(answer, target, read.secret) };
    },
  };
}

/** Discord returns the token with the webhook. */
function withoutToken(answer: DiscordAnswer): DiscordAnswer {
  const webhook = parsed(answer, idSchema);
  return answer.kind === 'http' && webhook ? { ...answer, body: JSON.stringify(webhook) } : answer;
}

function isThread({ type }: Channel): boolean {
  return THREAD_TYPES.has(type);
}

function parsed<T>(answer: DiscordAnswer, schema: z.ZodType<T>): T | undefined {
  if (answer.kind !== 'http' || answer.status !== 200) return undefined;
  try {
    return schema.safeParse(JSON.parse(answer.body)).data;
  } catch {
    // Not JSON: a proxy's page, which shows nothing. The channel's own answer decides whether it exists.
    return undefined;
  }
}
