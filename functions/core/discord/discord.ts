import type { ChatTarget } from '../chat/chat-target.ts';

/** A channel that a bot posts to, or a webhook, which may post to a thread of its channel. */
export type DiscordTarget = ChatTarget &
  ({ kind: 'bot'; channelId: string } | { kind: 'webhook'; threadId?: string | undefined });

/** A bot's posts carry a nonce, by which Discord finds one that it has saved. */
export function botTarget(channelId: string, secretParameter: string): DiscordTarget {
  return { kind: 'bot', channelId, secretParameter, name: `channel ${channelId}`, isRepeatSafe: true };
}

/** Its secret is its URL. Webhooks have no nonce: the same post again is shown again. */
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

/** The body of Create Message and Execute Webhook, as far as Rollcall uses it. */
export type DiscordMessage = {
  content?: string;
  embeds?: DiscordEmbed[];
  /** Always present: Discord's default pings whoever a mail's text names. */
  allowed_mentions: { parse: never[]; users?: string[]; roles?: string[] };
  /** Bot messages only; with `enforce_nonce` a repeated post within a few minutes returns the first one. */
  nonce?: string;
  enforce_nonce?: true;
};

/** What came back from Discord, before anyone judged it. */
export type DiscordAnswer =
  | { kind: 'http'; status: number; headers: Readonly<Record<string, string>>; body: string }
  | { kind: 'network'; code: string; text: string }
  | { kind: 'no secret'; parameter: string; text: string };

/** Posts to Discord. Judging the answer is the caller's business. */
export interface Discord {
  /** `freshSecret` reads the secret past the cache, after a 401. */
  post(target: DiscordTarget, message: DiscordMessage, options: { freshSecret: boolean }): Promise<DiscordAnswer>;
}

/** What a look at a target found out, without posting. */
export type ProbeResult = {
  /** Discord's answer about the channel or webhook. */
  answer: DiscordAnswer;
  /** What the bot would need and does not have there, by Discord's own names; empty where Discord does not show it. */
  missingPermissions: readonly string[];
};

/** Looks at Discord's channels and webhooks. Judging what is seen is the caller's business. */
export interface DiscordTargets {
  /** `freshSecret` reads the secret past the cache, after a 401. */
  look(target: DiscordTarget, options: { freshSecret: boolean }): Promise<ProbeResult>;
}
