/** Identifies the bot or its server. */
type GuildQuestion =
  | { kind: 'self' }
  | { kind: 'member'; guildId: string; userId: string }
  | { kind: 'roles'; guildId: string };

/** One request to the API, recognised by method and path. */
export type Call = {
  method: 'GET' | 'POST';
  /** The Authorization header; empty if there is none. */
  authorization: string;
  body: string;
} & (
  | { kind: 'channel'; channelId: string }
  | GuildQuestion
  | { kind: 'webhook'; webhookId: string; token: string; wait: boolean; threadId: string | undefined }
);

export const API_PATH = '/api/v10';

const CHANNEL = /^\/channels\/(\d+)$/;
const CHANNEL_MESSAGES = /^\/channels\/(\d+)\/messages$/;
const SELF = '/users/@me';
const MEMBER = /^\/guilds\/(\d+)\/members\/(\d+)$/;
const ROLES = /^\/guilds\/(\d+)\/roles$/;
const WEBHOOK = /^\/webhooks\/(\d+)\/([^/]+)$/;

/** The endpoint of the stand-in that a request is for; undefined if there is none. */
export function recogniseCall(request: {
  method: string | undefined;
  url: URL;
  authorization: string | undefined;
  body: string;
}): Call | undefined {
  const { method, url, body } = request;
  if (!url.pathname.startsWith(`${API_PATH}/`) || (method !== 'GET' && method !== 'POST')) return undefined;
  const path = url.pathname.slice(API_PATH.length);
  const common = { method, authorization: request.authorization ?? '', body } as const;

  const channelId = (method === 'POST' ? CHANNEL_MESSAGES : CHANNEL).exec(path)?.[1];
  if (channelId) return { ...common, kind: 'channel', channelId };

  const ofGuild = method === 'GET' ? guildQuestion(path) : undefined;
  if (ofGuild) return { ...common, ...ofGuild };

  const [, webhookId, token] = WEBHOOK.exec(path) ?? [];
  if (!webhookId || !token) return undefined;
  const threadId = url.searchParams.get('thread_id') ?? undefined;
  return { ...common, kind: 'webhook', webhookId, token, wait: url.searchParams.get('wait') === 'true', threadId };
}

function guildQuestion(path: string): GuildQuestion | undefined {
  if (path === SELF) return { kind: 'self' };
  const [, memberOf, userId] = MEMBER.exec(path) ?? [];
  if (memberOf && userId) return { kind: 'member', guildId: memberOf, userId };
  const rolesOf = ROLES.exec(path)?.[1];
  return rolesOf ? { kind: 'roles', guildId: rolesOf } : undefined;
}
