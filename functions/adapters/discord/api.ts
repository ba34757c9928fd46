import { EXCHANGE_TIMEOUT_MS } from '../../core/delivery/delivery-limits.ts';
import type { Discord, DiscordAnswer, DiscordTarget } from '../../core/discord/discord.ts';
import { isBotToken, unreadableSecret, webhookIn } from '../../core/discord/secret-form.ts';
import { SecretMissing, type Secrets } from '../../core/secrets.ts';
import { readTextUpTo } from '../capped-body.ts';

/** https://docs.discord.com/developers/reference#api-versioning */
export const DISCORD_API_URL = 'https://discord.com/api/v10';

/** Discord asks for `DiscordBot ($url, $versionNumber)`: https://docs.discord.com/developers/reference#user-agent */
export const DISCORD_USER_AGENT = 'DiscordBot (https://github.com/rollcall-mail/rollcall, 0.1.0)';

export const DEFAULT_TIMEOUT_MS = EXCHANGE_TIMEOUT_MS;

/**
 * The message that Discord returns repeats ten embeds, escaped: well below this. A page of HTML need not be read in
 * full.
 */
const MAX_ANSWER_BYTES = 256 * 1024;

export type DiscordApiOptions = {
  secrets: Secrets;
  /** For one exchange: connecting, sending, and reading the answer with its body. */
  timeoutMs?: number;
  baseUrl?: string;
  userAgent?: string;
};

/**
 * Posts to Discord's HTTP API: Create Message for a bot, Execute Webhook with `wait=true` for a webhook. An answer is
 * returned unchanged, a failed exchange as `network`, a missing or unreadable secret as `no secret`. Throws if the
 * secret could not be read for another reason. No text contains a token or a webhook's URL.
 */
export function discordApi({
  secrets,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  baseUrl = DISCORD_API_URL,
  userAgent = DISCORD_USER_AGENT,
}: DiscordApiOptions): Discord {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    async post(target, message, { freshSecret }) {
      const { secretParameter: parameter } = target;
      const read = await readSecret(secrets, parameter, freshSecret);
      if (read.kind === 'no secret') return read;

      const request = requestTo(target, read.secret);
      if (!request) return { kind: 'no secret', parameter, text: unreadableSecret(target) };

      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(`${base}${request.path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'user-agent': userAgent, ...request.headers },
          body: JSON.stringify(message),
          redirect: 'manual',
          signal,
        });
        const headers = Object.fromEntries(response.headers);
        return { kind: 'http', status: response.status, headers, body: await readTextUpTo(response, MAX_ANSWER_BYTES) };
      } catch (error) {
        const code = signal.aborted ? 'TIMEOUT' : networkCodeOf(error);
        const host = new URL(baseUrl).host;
        return { kind: 'network', code, text: `posting to ${target.name} at ${host} got no answer: ${code}` };
      }
    },
  };
}

type ReadSecret = { kind: 'secret'; secret: string } | (DiscordAnswer & { kind: 'no secret' });

/** Reads the secret of a target; a missing one is a result, any other error is thrown. */
export async function readSecret(secrets: Secrets, parameter: string, fresh: boolean): Promise<ReadSecret> {
  try {
    return { kind: 'secret', secret: (await secrets.read(parameter, { fresh })).trim() };
  } catch (error) {
    if (error instanceof SecretMissing) return { kind: 'no secret', parameter, text: error.message };
    throw error;
  }
}

type DiscordRequest = { path: string; headers: Readonly<Record<string, string>> };

/** Undefined if the secret has the wrong form. */
function requestTo(target: DiscordTarget, secret: string): DiscordRequest | undefined {
  if (target.kind === 'bot') {
    if (!isBotToken(secret)) return undefined;
    return { path: `/channels/${target.channelId}/messages`, headers: { authorization: `Bot ${secret}` } };
  }
  const webhook = webhookIn(secret);
  if (!webhook) return undefined;
  const thread = target.threadId ? `&thread_id=${encodeURIComponent(target.threadId)}` : '';
  // Without `wait`, Discord returns no error if the message was not saved.
  return { path: `/webhooks/${webhook.id}/${webhook.token}?wait=true${thread}`, headers: {} };
}

/** fetch says `fetch failed` or `terminated`; the actual error is the code of its cause, such as ECONNRESET. */
export function networkCodeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
}
