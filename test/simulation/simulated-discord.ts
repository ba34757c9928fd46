import { EXCHANGE_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import type {
  DiscordAnswer,
  DiscordMessage,
  DiscordTarget,
  ProbeResult,
} from '../../functions/core/discord/discord.ts';
import type { Clock } from '../../functions/core/time.ts';
import type { StandInPost } from '../../lib/local/discord-stand-in/messages.ts';
import { discordByRules } from '../fakes/discord-by-rules.ts';
import type { Random } from '../fuzz/random.ts';
import type { ChannelDeath, DiscordTrouble } from './plan.ts';
import {
  BOT_TOKEN_PARAMETER,
  CHANNELS,
  ROUTE_IDS,
  ROUTES,
  type RouteId,
  WEBHOOK_ID,
  WEBHOOK_PARAMETER,
} from './simulated-settings.ts';

/** A message with this word is blocked by AutoMod. */
export const AUTOMOD_WORD = 'casino';

const LATENCY_MS = 80;

export type SimulatedDiscord = {
  post(secret: string, target: DiscordTarget, message: DiscordMessage): Promise<DiscordAnswer>;
  look(secret: string, target: DiscordTarget): Promise<ProbeResult>;
  posts(): readonly StandInPost[];
  requests(): readonly { at: Date; route: RouteId; status: number | undefined }[];
  die(route: RouteId, death: ChannelDeath): void;
  live(route: RouteId, death: ChannelDeath): void;
  /** Discord takes another secret from now on; what the parameter would have to hold. */
  renew(secret: 'bot' | 'webhook'): { parameter: string; value: string };
};

/** @param troubleOf what stands between a route and Discord now, if anything */
export function simulatedDiscord(
  clock: Clock,
  random: Random,
  troubleOf: (route: RouteId) => DiscordTrouble | undefined,
): SimulatedDiscord {
  const deaths = new Map<RouteId, ChannelDeath[]>(ROUTE_IDS.map((route) => [route, []]));
  const requests: { at: Date; route: RouteId; status: number | undefined }[] = [];
  const versions = { bot: 1, webhook: 1 };
  const rules = discordByRules({
    clock,
    botToken: 'token',
    channels: ROUTE_IDS.map((id) => ({ id: CHANNELS[id] })),
    webhooks: [{ id: WEBHOOK_ID, token: 'token', channelId: CHANNELS.customer }],
    autoModWords: [AUTOMOD_WORD],
    secretOf: ({ kind }) => (kind === 'bot' ? 'token' : `${WEBHOOK_ID}/token`),
  });

  function secretNow(secret: 'bot' | 'webhook'): { parameter: string; value: string } {
    if (secret === 'bot') return { parameter: BOT_TOKEN_PARAMETER, value: `bot-${versions.bot}` };
    return { parameter: WEBHOOK_PARAMETER, value: `${WEBHOOK_ID}/hook-${versions.webhook}` };
  }

  /** What Discord refuses whoever asks; undefined where it does not. */
  function refusal(secret: string, { id, target }: (typeof ROUTES)[number]): DiscordAnswer | undefined {
    const isBot = target.kind === 'bot';
    const ofRoute = deaths.get(id) ?? [];
    // Discord looks at a bot's token first, and at a webhook's only where the webhook is there.
    if (isBot && secret !== secretNow('bot').value) return error(401, 0, '401: Unauthorized');
    if (!isBot && ofRoute.length > 0) return error(404, 10015, 'Unknown Webhook');
    if (!isBot && secret !== secretNow('webhook').value) return error(401, 50027, 'Invalid Webhook Token');
    if (ofRoute.includes('gone')) return error(404, 10003, 'Unknown Channel');
    if (ofRoute.includes('no access')) return error(403, 50001, 'Missing Access');
    return undefined;
  }

  /** What comes instead of Discord's own answer, after what it did. */
  async function troubled(route: RouteId, exchange: () => Promise<unknown>): Promise<DiscordAnswer | undefined> {
    const trouble = troubleOf(route);
    if (!trouble) return undefined;
    if (trouble === 'loses answers') await exchange();
    if (trouble === 'does not answer') {
      if (random.chance(0.5)) await exchange();
      await clock.wait(EXCHANGE_TIMEOUT_MS);
    }
    return answerIn(trouble, random);
  }

  return {
    posts: rules.posts,
    requests: () => requests,
    async post(secret, target, message) {
      await clock.wait(LATENCY_MS);
      const route = routeOf(target);
      const mayNotPost = deaths.get(route.id)?.includes('no permission') ?? false;
      const send = async () =>
        refusal(secret, route) ??
        (mayNotPost
          ? error(403, 50013, 'Missing Permissions')
          : await rules.post(target, message, { freshSecret: false }));
      const answer = (await troubled(route.id, send)) ?? (await send());
      requests.push({ at: clock.now(), route: route.id, status: answer.kind === 'http' ? answer.status : undefined });
      return answer;
    },
    async look(secret, target) {
      await clock.wait(LATENCY_MS);
      const route = routeOf(target);
      const answer = (await troubled(route.id, async () => {})) ?? refusal(secret, route) ?? http(200, '{"id":"1"}');
      const isSeen = answer.kind === 'http' && answer.status === 200 && target.kind === 'bot';
      const mayNotPost = isSeen && deaths.get(route.id)?.includes('no permission');
      return { answer, missingPermissions: mayNotPost ? ['Send Messages'] : [] };
    },
    die(route, death) {
      deaths.get(route)?.push(death);
    },
    live(route, death) {
      const ofRoute = deaths.get(route) ?? [];
      if (ofRoute.includes(death)) ofRoute.splice(ofRoute.indexOf(death), 1);
    },
    renew(secret) {
      versions[secret] += 1;
      return secretNow(secret);
    },
  };
}

/** What the parameters hold at first. */
export const FIRST_SECRETS = { [BOT_TOKEN_PARAMETER]: 'bot-1', [WEBHOOK_PARAMETER]: `${WEBHOOK_ID}/hook-1` };

function answerIn(trouble: DiscordTrouble, random: Random): DiscordAnswer {
  const limit = (retryAfter: number, global: boolean) =>
    http(429, JSON.stringify({ message: 'You are being rate limited.', retry_after: retryAfter, global }));
  switch (trouble) {
    case 'refuses connections':
      return network('ECONNREFUSED');
    case 'is unavailable':
      return http(503, '<html>Service Unavailable</html>');
    case 'loses answers':
      return random.pick([network('ECONNRESET'), http(502, '<html>Bad gateway</html>'), http(200, '{"id":"11')]);
    case 'does not answer':
      return network('TIMEOUT');
    case 'limits the channel':
      return limit(random.between(1, 400) / 10, false);
    case 'limits everything':
      return limit(random.between(1, 400) / 10, true);
    case 'is blocked by Cloudflare':
      return http(429, '<html>error code: 1015</html>', { 'retry-after': '30' });
    case 'is a captive portal':
      return http(200, '<html>Log in to the network</html>');
  }
}

function routeOf(target: DiscordTarget): (typeof ROUTES)[number] {
  return ROUTES.find((route) => route.target === target) as (typeof ROUTES)[number];
}

function error(status: number, code: number, message: string): DiscordAnswer {
  return http(status, JSON.stringify({ message, code }));
}

function network(code: string): DiscordAnswer {
  return { kind: 'network', code, text: `no answer: ${code}` };
}

function http(status: number, body: string, headers: Readonly<Record<string, string>> = {}): DiscordAnswer {
  return { kind: 'http', status, headers, body };
}
