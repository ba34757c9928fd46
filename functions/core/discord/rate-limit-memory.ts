import type { DiscordAnswer, DiscordTarget } from './discord.ts';

/** What Discord's headers said last of each target's rate limit. Lives as long as its process: a hint, never a promise. */
export type RateLimitMemory = {
  /** Milliseconds until the target takes another post; 0 where nothing is known against it. */
  waitMs(target: DiscordTarget, at: Date): number;
  /** Sends a request and takes note of the headers of its answer, whose names are in lower case. */
  noting(target: DiscordTarget, now: () => Date, send: () => Promise<DiscordAnswer>): Promise<DiscordAnswer>;
};

type Limit = { remaining: number; endsAtMs: number; underWay: number };

/**
 * Follows `X-RateLimit-Remaining` and `X-RateLimit-Reset-After` (seconds), less what other invocations of this process
 * have under way, so that no post runs into a limit that was announced. No limit is known beforehand.
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
  // Answers overtake each other: within one window, the least that remains is the latest.
  const isSameWindow = at.getTime() < limit.endsAtMs;
  limit.remaining = isSameWindow ? Math.min(limit.remaining, remaining) : remaining;
  limit.endsAtMs = at.getTime() + Math.ceil(resetAfterSeconds * 1000);
}
