import { POST_TIMEOUT_MS } from '../../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../../functions/core/delivery/post-alerts.ts';
import { type PostServices, sentPostsOf } from '../../../functions/core/delivery/posting.ts';
import {
  botTarget,
  type Discord,
  type DiscordAnswer,
  type DiscordMessage,
  type DiscordTarget,
  webhookTarget,
} from '../../../functions/core/discord/discord.ts';
import { discordPoster } from '../../../functions/core/discord/discord-chat.ts';
import { rateLimitMemory } from '../../../functions/core/discord/rate-limit-memory.ts';
import type { QueueMessage } from '../../../functions/core/records/alert.ts';
import { testWorld } from '../../test-world.ts';
import { returnedOf } from './returned.ts';

export const BOT: DiscordTarget = botTarget('42', '/rollcall/bot');
export const WEBHOOK: DiscordTarget = webhookTarget('/rollcall/hook');

/** How a route's posts look that asks for nothing. */
export const PLAIN = { colour: undefined, ping: { users: [], roles: [] } };

export type Post = { message: DiscordMessage; freshSecret: boolean };

export function delivered(headers: Record<string, string> = {}, id = '900'): DiscordAnswer {
  return { kind: 'http', status: 200, headers, body: JSON.stringify({ id }) };
}

export function answer(status: number, body: object, headers: Record<string, string> = {}): DiscordAnswer {
  return { kind: 'http', status, headers, body: JSON.stringify(body) };
}

export function broken(code: string): DiscordAnswer {
  return { kind: 'network', code, text: `no answer: ${code}` };
}

export const MISSING_ACCESS = answer(403, { code: 50001, message: 'Missing Access' });
export const UNAUTHORIZED = answer(401, { code: 0, message: '401: Unauthorized' });

export function received(body: string, messageId = 'message', receiveCount = 1) {
  return { messageId, receiptHandle: `handle of ${messageId}`, body, receiveCount };
}

/** A poster in memory whose Discord gives the configured answers. */
export function postingWorld() {
  const { services: sound, clock } = testWorld();
  const { ledger } = sound;
  const posts: Post[] = [];
  let respond: (post: Post) => DiscordAnswer | Promise<DiscordAnswer> = () => delivered();
  const discord: Discord = {
    post: async (_target, message, { freshSecret }) => {
      posts.push({ message, freshSecret });
      return await respond({ message, freshSecret });
    },
  };
  const rateLimits = rateLimitMemory();
  const chatOf = (target: DiscordTarget) => discordPoster({ ...PLAIN, target }, { discord, rateLimits, clock });
  /** Of the bot's route. */
  const services = { ...sound, sentPosts: ledger, chat: chatOf(BOT) } satisfies PostServices;

  return {
    clock,
    posts,
    services,
    respondWith: (to: (post: Post) => DiscordAnswer | Promise<DiscordAnswer>) => {
      respond = to;
    },
    post: async (
      alerts: readonly QueueMessage[],
      {
        receiveCount = 1,
        holder = 'one',
        remainingMs = POST_TIMEOUT_MS,
        target = BOT,
      }: { receiveCount?: number; holder?: string; remainingMs?: number; target?: DiscordTarget } = {},
    ) => {
      const endsAtMs = clock.now().getTime() + remainingMs;
      const batch = alerts.map((alert) => received(JSON.stringify(alert), alert.mailId, receiveCount));
      const endings = await postAlerts(
        batch,
        { id: 'vip', target },
        { holder, remainingMs: () => endsAtMs - clock.now().getTime() },
        { ...services, sentPosts: sentPostsOf(target, ledger), chat: chatOf(target) },
      );
      return returnedOf(batch, endings);
    },
  };
}
