import { BOT_ID } from './guild.ts';
import type { MessageBody } from './message-rules.ts';

/** "In the past few minutes", according to https://docs.discord.com/developers/resources/message#create-message */
const NONCE_WINDOW_MS = 3 * 60_000;

/** Snowflakes count from the first second of 2015: https://docs.discord.com/developers/reference#snowflakes */
const DISCORD_EPOCH_MS = Date.UTC(2015, 0, 1);

/** A message that was saved. */
export type StandInPost = {
  /** The channel it is in; for a webhook's message, the webhook's channel or the thread. */
  channelId: string;
  webhookId: string | undefined;
  messageId: string;
  /** What was sent. */
  body: MessageBody;
  /** Discord's view of it: who was pinged, and which embeds a reader sees. */
  message: MessageObject;
  at: Date;
};

/** A subset of https://docs.discord.com/developers/resources/message#message-object. */
export type MessageObject = {
  id: string;
  type: 0;
  channel_id: string;
  webhook_id?: string;
  author: { id: string; username: string; bot: true };
  content: string;
  embeds: readonly object[];
  mention_everyone: boolean;
  mentions: readonly { id: string }[];
  mention_roles: readonly string[];
  nonce?: unknown;
  timestamp: string;
};

type Draft = { channelId: string; webhookId: string | undefined; body: MessageBody };

export type Messages = {
  /**
   * Saves a message. With `enforce_nonce`, returns a bot's message that was saved minutes ago instead, or `deleted` if
   * it was deleted since (discord-api-docs #6647).
   */
  save(draft: Draft): MessageObject | 'deleted';
  remove(messageId: string): void;
  posts(): readonly StandInPost[];
};

export function messages(now: () => Date): Messages {
  const posts: StandInPost[] = [];
  const byNonce = new Map<string, StandInPost>();
  const removed = new Set<string>();

  return {
    posts: () => posts.filter(({ messageId }) => !removed.has(messageId)),
    remove: (messageId) => void removed.add(messageId),

    save(draft) {
      const at = now();
      const nonceKey = nonceKeyOf(draft);
      const earlier = nonceKey && draft.body.enforce_nonce ? byNonce.get(nonceKey) : undefined;
      if (earlier && at.getTime() - earlier.at.getTime() < NONCE_WINDOW_MS) {
        return removed.has(earlier.messageId) ? 'deleted' : earlier.message;
      }

      const message = messageObjectOf(draft, snowflakeOf(at, posts.length), at);
      const post = { ...draft, messageId: message.id, message, at };
      posts.push(post);
      if (nonceKey) byNonce.set(nonceKey, post);
      return message;
    },
  };
}

/** Webhooks have no nonce. */
function nonceKeyOf({ channelId, webhookId, body }: Draft): string | undefined {
  if (webhookId || body.nonce === undefined || body.nonce === null) return undefined;
  return `${channelId} ${body.nonce}`;
}

function messageObjectOf({ channelId, webhookId, body }: Draft, id: string, at: Date): MessageObject {
  const author = webhookId ? { id: webhookId, username: 'rollcall-webhook' } : { id: BOT_ID, username: 'rollcall' };
  return {
    id,
    type: 0,
    channel_id: channelId,
    ...(webhookId ? { webhook_id: webhookId } : { nonce: body.nonce }),
    author: { ...author, bot: true },
    content: body.content ?? '',
    embeds: embedsShown(body),
    ...pingsOf(body),
    timestamp: at.toISOString(),
  };
}

function snowflakeOf(at: Date, sequence: number): string {
  return String((BigInt(at.getTime() - DISCORD_EPOCH_MS) << 22n) + BigInt(sequence));
}

/** Embeds of one message that share a `url` are shown as one. */
function embedsShown({ embeds }: MessageBody): object[] {
  const list = embeds ?? [];
  const isFirstOfItsUrl = (url: string, index: number) => list.findIndex((embed) => embed.url === url) === index;
  return list
    .filter(({ url }, index) => !url || isFirstOfItsUrl(url, index))
    .map((embed) => ({ type: 'rich', ...embed }));
}

/**
 * Who the content pings: by default everyone it mentions, with `allowed_mentions` only those that it allows. Embeds
 * never ping. https://docs.discord.com/developers/resources/message#allowed-mentions-object
 */
function pingsOf({ content, allowed_mentions: allowed }: MessageBody) {
  const named = (pattern: RegExp) => [
    ...new Set([...(content ?? '').matchAll(pattern)].map((match) => match[1] ?? '')),
  ];
  const parses = (kind: 'users' | 'roles' | 'everyone') => !allowed || Boolean(allowed.parse?.includes(kind));
  const pinged = (kind: 'users' | 'roles', ids: string[]) =>
    parses(kind) ? ids : ids.filter((id) => allowed?.[kind]?.includes(id));
  return {
    mention_everyone: parses('everyone') && /@(everyone|here)/.test(content ?? ''),
    mentions: pinged('users', named(/<@!?(\d+)>/g)).map((id) => ({ id })),
    mention_roles: pinged('roles', named(/<@&(\d+)>/g)),
  };
}
