/** Where a route's alerts are posted. The secret itself is read at run time from the SSM parameter named here. */
export type DiscordTarget =
  | { kind: 'bot'; channelId: string; tokenParameter: string }
  | { kind: 'webhook'; urlParameter: string; threadId?: string | undefined };

/** The SSM parameter to renew when Discord refuses this target's credential. */
export function secretParameterOf(target: DiscordTarget): string {
  return target.kind === 'bot' ? target.tokenParameter : target.urlParameter;
}

/** How a target is named to a person: never the secret, always what they can look up. */
export function nameOfTarget(target: DiscordTarget): string {
  return target.kind === 'bot' ? `channel ${target.channelId}` : `the webhook in ${target.urlParameter}`;
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
