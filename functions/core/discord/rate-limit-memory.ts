import type { DiscordAnswer, DiscordTarget } from './discord.ts';

/**
 * The last rate limit that Discord's headers reported for each target. Lives as long as its process: a hint, not a
 * guarantee.
 */
export type RateLimitMemory = {
  /** Milliseconds until the target accepts another post; 0 if no limit is known. */
  waitMs(target: DiscordTarget, at: Date): number;
  /** Sends a request and records the headers of its answer. Header names are in lower case. */
  noting(target: DiscordTarget, now: () => Date, send: () => Promise<DiscordAnswer>): Promise<DiscordAnswer>;
};

type Limit = { remaining: number; endsAtMs: number; underWay: number };

/**
 * Follows `X-RateLimit-Remaining` and `X-RateLimit-Reset-After` (seconds), less the requests that this process has
 * under way, so that no post exceeds a limit that was announced. No limit is assumed beforehand.
 * https://docs.discord.com/developers/topics/rate-limits#header-format
 */
export function rateLimitMemory(): RateLimitMemory {
  const limits = new Map<string, Limit>();

  function limitOf(target: DiscordTarget): Limit {
    const name = target.name;
    const limit = limits.get(name) ?? { remaining: Number.POSITIVE_INFINITY, endsAtMs: 0, underWay: 0 };
    limits.set(name, limit);
    return limit;
  }

  return {
    waitMs(target, at) {
      const { remaining, endsAtMs, underWay } = limitOf(target);
      return remaining > underWay ? 0 : Math.max(0, endsAtMs - at.getTime());
    },

    async noting(target, now, send) {
      const limit = limitOf(target);
      limit.underWay += 1;
      try {
        const answer = await send();
        if (answer.kind === 'http') note(limit, answer.headers, now());
        return answer;
      } finally {
        limit.underWay -= 1;
      }
    },
  };
}

function note(limit: Limit, headers: Readonly<Record<string, string>>, at: Date): void {
  const remaining = Number.parseInt(headers['x-ratelimit-remaining'] ?? '', 10);
  const resetAfterSeconds = Number.parseFloat(headers['x-ratelimit-reset-after'] ?? '');
  if (!(remaining >= 0 && resetAfterSeconds > 0)) return;
  // Answers may arrive out of order: within one window, the smallest remainder is the latest.
  const isSameWindow = at.getTime() < limit.endsAtMs;
  limit.remaining = isSameWindow ? Math.min(limit.remaining, remaining) : remaining;
  limit.endsAtMs = at.getTime() + Math.ceil(resetAfterSeconds * 1000);
}
