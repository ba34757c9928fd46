import { createHash } from 'node:crypto';
import type { Answer } from '../loopback-server.ts';
import { json } from './answers.ts';

export type RateLimit = { requests: number; perMs: number };

/** https://docs.discord.com/developers/topics/rate-limits; the values were observed and are not documented. */
export const USUAL_CHANNEL_LIMIT: RateLimit = { requests: 5, perMs: 5_000 };
export const USUAL_GLOBAL_LIMIT: RateLimit = { requests: 50, perMs: 1_000 };

type Admission = { admitted: true; headers: Readonly<Record<string, string>> } | { admitted: false; answer: Answer };

type Window = { endsAtMs: number; used: number };

export type RateLimits = {
  /** Counts one request of `who` (a bot, or the address of a webhook's user) against the limit over all routes. */
  admit(who: string): Admission;
  /** Counts one post against the bucket of its channel or webhook. */
  admitPost(route: string, target: string): Admission;
};

/** Discord's two limits: fixed windows that begin with their first request. */
export function rateLimits(options: {
  channel: RateLimit | 'off';
  global: RateLimit | 'off';
  now: () => Date;
}): RateLimits {
  const windows = new Map<string, Window>();

  function count(key: string, limit: RateLimit): Window {
    const nowMs = options.now().getTime();
    const running = windows.get(key);
    const window = running && running.endsAtMs > nowMs ? running : { endsAtMs: nowMs + limit.perMs, used: 0 };
    window.used += 1;
    windows.set(key, window);
    return window;
  }

  const secondsLeft = (window: Window) => (window.endsAtMs - options.now().getTime()) / 1000;

  return {
    admit(who) {
      if (options.global === 'off') return { admitted: true, headers: {} };
      const window = count(`global ${who}`, options.global);
      if (window.used <= options.global.requests) return { admitted: true, headers: {} };
      const headers = { 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' };
      return { admitted: false, answer: tooMany(secondsLeft(window), true, headers) };
    },

    admitPost(route, target) {
      if (options.channel === 'off') return { admitted: true, headers: {} };
      const window = count(`${route} ${target}`, options.channel);
      const headers = {
        'x-ratelimit-limit': String(options.channel.requests),
        'x-ratelimit-remaining': String(Math.max(0, options.channel.requests - window.used)),
        'x-ratelimit-reset': (window.endsAtMs / 1000).toFixed(3),
        'x-ratelimit-reset-after': secondsLeft(window).toFixed(3),
        'x-ratelimit-bucket': bucketOf(route),
      };
      if (window.used <= options.channel.requests) return { admitted: true, headers };
      const answer = tooMany(secondsLeft(window), false, { ...headers, 'x-ratelimit-scope': 'user' });
      return { admitted: false, answer };
    },
  };
}

function tooMany(retryAfterSeconds: number, global: boolean, headers: Readonly<Record<string, string>>): Answer {
  const body = { message: 'You are being rate limited.', retry_after: retryAfterSeconds, global };
  return json(429, body, { 'retry-after': String(Math.ceil(retryAfterSeconds)), ...headers });
}

/** Identifies the limit, not the channel: Discord leaves the top-level resource out of the bucket's name. */
function bucketOf(route: string): string {
  return createHash('sha256').update(route).digest('hex').slice(0, 32);
}
