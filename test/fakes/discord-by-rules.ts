import { EXCHANGE_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import type { Discord, DiscordAnswer, DiscordTarget } from '../../functions/core/discord/discord.ts';
import type { Clock } from '../../functions/core/time.ts';
import type { Call } from '../../lib/local/discord-stand-in/calls.ts';
import {
  type DiscordRules,
  type DiscordRulesOptions,
  discordRules,
} from '../../lib/local/discord-stand-in/discord-rules.ts';

/** Discord by the stand-in's rules, without a socket: the clock is any, and an exchange takes `latencyMs` of it. */
export function discordByRules({
  clock,
  latencyMs = 0,
  secretOf,
  ...options
}: Omit<DiscordRulesOptions, 'now' | 'wait'> & {
  clock: Clock;
  latencyMs?: number;
  /** A bot's token, or `ID/TOKEN` of a webhook. */
  secretOf: (target: DiscordTarget, freshSecret: boolean) => string;
}): Discord & Omit<DiscordRules, 'answer'> {
  const { answer, ...rules } = discordRules({ ...options, now: clock.now, wait: clock.wait });
  const seconds = EXCHANGE_TIMEOUT_MS / 1000;

  async function exchange(call: Call): Promise<DiscordAnswer> {
    const startedAt = clock.now().getTime();
    if (latencyMs > 0) await clock.wait(latencyMs);
    const answered = await answer(call);
    if (clock.now().getTime() - startedAt > EXCHANGE_TIMEOUT_MS) return gone('TIMEOUT');
    return answered === 'reset' ? gone('ECONNRESET') : { kind: 'http', ...answered };
  }

  function gone(code: string): DiscordAnswer {
    return { kind: 'network', code, text: `no answer in ${seconds} s: ${code}` };
  }

  return {
    ...rules,
    async post(target, message, { freshSecret }) {
      const secret = secretOf(target, freshSecret);
      return await exchange(callOf(target, secret, JSON.stringify(message)));
    },
  };
}

function callOf(target: DiscordTarget, secret: string, body: string): Call {
  if (target.kind === 'bot') {
    return { kind: 'channel', method: 'POST', authorization: `Bot ${secret}`, channelId: target.channelId, body };
  }
  const [webhookId = '', token = ''] = secret.split('/');
  const { threadId } = target;
  return { kind: 'webhook', method: 'POST', authorization: '', webhookId, token, wait: true, threadId, body };
}
