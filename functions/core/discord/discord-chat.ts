import type { ChatPoster, ChatProbe } from '../chat/chat-service.ts';
import type { Clock } from '../time.ts';
import type { Discord, DiscordTarget, DiscordTargets } from './discord.ts';
import { postOutcomeOf } from './post-outcome.ts';
import { type PostStyle, packPosts, postOf, reducedPostOf } from './post-packing.ts';
import { type RateLimitMemory, rateLimitMemory } from './rate-limit-memory.ts';
import { mayBeStaleSecret } from './stale-secret.ts';
import { targetStatusOf } from './target-status.ts';

/** Posts one route's alerts to Discord. It remembers rate limits, so it should live as long as its process. */
export function discordPoster(
  style: PostStyle,
  {
    discord,
    clock,
    rateLimits = rateLimitMemory(),
  }: { discord: Discord; clock: Clock; rateLimits?: RateLimitMemory | undefined },
): ChatPoster {
  const { target } = style;
  return {
    pack: (alerts) => packPosts(alerts, style),
    waitMs: (at) => rateLimits.waitMs(target, at),
    async post({ alerts, form }, options) {
      const [only] = alerts;
      const message = form === 'reduced' && only ? reducedPostOf(only, style) : postOf(alerts, style);
      const answer = await rateLimits.noting(target, clock.now, () => discord.post(target, message, options));
      return postOutcomeOf(answer, clock.now());
    },
    mayBeStaleSecret: (failure) => mayBeStaleSecret(failure, target),
  };
}

/** Probes one route's target, and reads the secret again if the cached one may be stale. */
export function discordProbe(
  target: DiscordTarget,
  { discordTargets, clock }: { discordTargets: DiscordTargets; clock: Clock },
): ChatProbe {
  const probeWith = async (freshSecret: boolean) =>
    targetStatusOf(await discordTargets.look(target, { freshSecret }), target, clock.now());
  return {
    async probe() {
      const status = await probeWith(false);
      const isOld = status.state === 'dead' && status.failure && mayBeStaleSecret(status.failure, target);
      return isOld ? await probeWith(true) : status;
    },
  };
}
