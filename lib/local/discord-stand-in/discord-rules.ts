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
  /** Of each channel and each webhook; 5 posts per 5 s unless given. */
  channelLimit?: RateLimit | 'off';
  /** Over all routes of the bot, and of all webhooks together; 50 requests per second unless given. */
  globalLimit?: RateLimit | 'off';
  /** The time of nonces, limits and messages. */
  now: () => Date;
  /** Passes the delay of a fault. */
  wait: (ms: number) => Promise<void>;
};

/** One API request with its answer; `reset` where a fault cut the connection. */
type StandInRequest = {
  method: 'GET' | 'POST';
  target: { channelId: string } | { webhookId: string } | { guildId: string } | { userId: '@me' };
  status: number | 'reset';
  at: Date;
};

/** What Discord's API would answer, without a server around it. */
export type DiscordRules = {
  answer(call: Call): Promise<Answer | 'reset'>;
  /** Saved messages, oldest first. */
  posts(): readonly StandInPost[];
  /** As someone changes the channel's permissions; false where there is no such channel. */
  setAccess(channelId: string, access: Access): boolean;
  /** As someone with the right to does it in the channel. */
  deletePost(messageId: string): void;
  /** Requests to known endpoints, in the order in which they were answered, whatever became of them. */
  requests(): readonly StandInRequest[];
  faults: Faults;
};

/** The rules of Discord's HTTP API v10 for posting and looking up targets, with the faults that someone schedules. */
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
