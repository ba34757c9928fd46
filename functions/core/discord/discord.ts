import type { ChatTarget } from '../chat/chat-target.ts';

/** A channel that a bot posts to, or a webhook, which may post to a thread of its channel. */
export type DiscordTarget = ChatTarget &
  ({ kind: 'bot'; channelId: string } | { kind: 'webhook'; threadId?: string | undefined });

/** A bot's posts have a nonce, by which Discord recognises one that it has saved. */
export function botTarget(channelId: string, secretParameter: string): DiscordTarget {
  return { kind: 'bot', channelId, secretParameter, name: `channel ${channelId}`, isRepeatSafe: true };
}

/** Its secret is its URL. Webhooks have no nonce: a repeated post is shown twice. */
export function webhookTarget(secretParameter: string, threadId?: string): DiscordTarget {
  const name = `the webhook in ${secretParameter}`;
  return { kind: 'webhook', threadId, secretParameter, name, isRepeatSafe: false };
}

/** https://discord.com/developers/docs/resources/message#embed-object */
export type DiscordEmbed = {
  title?: string;
  url?: string;
  description?: string;
  color?: number;
  timestamp?: string;
  author?: { name: string };
  footer?: { text: string };
};

/** The fields of Create Message and Execute Webhook that Rollcall uses. */
export type DiscordMessage = {
  content?: string;
  embeds?: DiscordEmbed[];
  /** Always set: by default Discord pings anyone that an email's text mentions. */
  allowed_mentions: { parse: never[]; users?: string[]; roles?: string[] };
  /** Bot messages only; with `enforce_nonce` a repeated post within a few minutes returns the first one. */
  nonce?: string;
  enforce_nonce?: true;
};

/** Discord's answer, before it is interpreted. */
export type DiscordAnswer =
  | { kind: 'http'; status: number; headers: Readonly<Record<string, string>>; body: string }
  | { kind: 'network'; code: string; text: string }
  | { kind: 'no secret'; parameter: string; text: string };

/** Posts to Discord. The caller interprets the answer. */
export interface Discord {
  /** `freshSecret` bypasses the cache of the secret, after a 401. */
  post(target: DiscordTarget, message: DiscordMessage, options: { freshSecret: boolean }): Promise<DiscordAnswer>;
}

/** The result of probing a target, without posting. */
export type ProbeResult = {
  /** Discord's answer about the channel or webhook. */
  answer: DiscordAnswer;
  /** What the bot would need and lacks there, by Discord's own names; empty if Discord does not show it. */
  missingPermissions: readonly string[];
};

/** Probes Discord's channels and webhooks. The caller interprets the result. */
export interface DiscordTargets {
  /** `freshSecret` bypasses the cache of the secret, after a 401. */
  look(target: DiscordTarget, options: { freshSecret: boolean }): Promise<ProbeResult>;
}
