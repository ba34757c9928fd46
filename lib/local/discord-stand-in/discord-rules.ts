import type { Answer } from '../loopback-server.ts';
import type { Call } from './calls.ts';
import { endpoints, type StandInWebhook } from './endpoints.ts';
import { answerOfFault, type Faults, faultSchedule } from './faults.ts';
import { type Access, type GuildOptions, standInGuild } from './guild.ts';
import { messages, type StandInPost } from './messages.ts';
import { type RateLimit, rateLimits, USUAL_CHANNEL_LIMIT, USUAL_GLOBAL_LIMIT } from './rate-limits.ts';

export type DiscordRulesOptions = GuildOptions & {
  botToken: string;
  webhooks?: readonly StandInWebhook[];
  autoModWords?: readonly string[];
  /** For each channel and each webhook; 5 posts per 5 s by default. */
  channelLimit?: RateLimit | 'off';
  /** Over all routes of the bot, and of all webhooks together; 50 requests per second by default. */
  globalLimit?: RateLimit | 'off';
  /** The clock for nonces, limits and messages. */
  now: () => Date;
  /** Waits for the delay of a fault. */
  wait: (ms: number) => Promise<void>;
};

/** One API request with its answer; `reset` if a fault cut the connection. */
type StandInRequest = {
  method: 'GET' | 'POST';
  target: { channelId: string } | { webhookId: string } | { guildId: string } | { userId: '@me' };
  status: number | 'reset';
  at: Date;
};

/** The answers of Discord's API, without a server. */
export type DiscordRules = {
  answer(call: Call): Promise<Answer | 'reset'>;
  /** Saved messages, oldest first. */
  posts(): readonly StandInPost[];
  /** Changes the channel's permissions as an administrator would; false if there is no such channel. */
  setAccess(channelId: string, access: Access): boolean;
  /** Deletes a message as a moderator would. */
  deletePost(messageId: string): void;
  /** Requests to known endpoints, in the order of their answers, whatever the result. */
  requests(): readonly StandInRequest[];
  faults: Faults;
};

/** The rules of Discord's HTTP API v10 for posting and probing targets, with scheduled faults. */
export function discordRules({ now, wait, ...options }: DiscordRulesOptions): DiscordRules {
  const faults = faultSchedule();
  const saved = messages(now);
  const requests: StandInRequest[] = [];
  const limits = rateLimits({
    channel: options.channelLimit ?? USUAL_CHANNEL_LIMIT,
    global: options.globalLimit ?? USUAL_GLOBAL_LIMIT,
    now,
  });
  const guild = standInGuild(options);
  const answerCall = endpoints({ webhooks: [], autoModWords: [], ...options, guild }, limits, saved);

  async function answerWithFaults(call: Call): Promise<Answer | 'reset'> {
    const fault = faults.meet(call);
    if (!fault) return answerCall(call);
    const afterEffect = fault.when === 'after effect' ? answerCall(call) : undefined;
    if (fault.delayMs > 0) await wait(fault.delayMs);
    if (fault.outcome.kind === 'reset') return 'reset';
    if (fault.outcome.kind === 'answer') return answerOfFault(fault.outcome);
    return afterEffect ?? answerCall(call);
  }

  return {
    async answer(call) {
      const answer = await answerWithFaults(call);
      requests.push({
        method: call.method,
        target: targetOf(call),
        status: answer === 'reset' ? 'reset' : answer.status,
        at: now(),
      });
      return answer;
    },
    posts: saved.posts,
    setAccess: guild.setAccess,
    deletePost: saved.remove,
    requests: () => requests,
    faults,
  };
}

function targetOf(call: Call): StandInRequest['target'] {
  switch (call.kind) {
    case 'channel':
      return { channelId: call.channelId };
    case 'webhook':
      return { webhookId: call.webhookId };
    case 'self':
      return { userId: '@me' };
    default:
      return { guildId: call.guildId };
  }
}
