import { createHash } from 'node:crypto';
import { EXCHANGE_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import type { DiscordAnswer, DiscordMessage } from '../../functions/core/discord/discord.ts';
import type { Clock } from '../../functions/core/time.ts';
import type { Random } from '../fuzz/random.ts';
import type { SoakRoute } from './soak-routes.ts';

/** What befalls one request: before it has an effect, or after, so that only its answer is lost. */
type Trouble = { when: 'before' | 'after'; afterMs: number; answer: DiscordAnswer };

const MINUTE_MS = 60_000;

/** As long as Discord surely knows a nonce, in minutes. */
const NONCE_MINUTES = 3;

/** In minutes from the start. */
const DEATH = { from: 30, to: 75 };
const OUTAGE = { from: 20, to: 50 };
const LONG_OUTAGE = { from: 20, to: 320 };

export type SoakTroubles = {
  /** What befalls this request of the route, if anything. */
  next(route: SoakRoute, message: DiscordMessage): Trouble | undefined;
  /** Whether something may go wrong now that leaves open whether a post of this route arrived. */
  mayLeaveOpen(route: SoakRoute): boolean;
  /** Whether nothing may go wrong for this route now. */
  isSpared(route: SoakRoute): boolean;
  /** Every answer that a route was given by a trouble, as `status code`. */
  told(route: SoakRoute): ReadonlySet<string>;
  /** No more from here on. */
  end(): void;
};

/**
 * Troubles by plan and by chance, within bounds: after one that leaves open whether a bot's post arrived, its route has
 * none until the nonce would be forgotten. What comes of two such troubles in a row is the double post that remains.
 */
export function soakTroubles(clock: Clock, random: Random): SoakTroubles {
  const startMs = clock.now().getTime();
  const sparedUntil = new Map<string, number>();
  const answersLeftToLose = new Map<string, number>();
  const lastTroubleAt = new Map<string, number>();
  const told = new Map<string, Set<string>>();
  let isOver = false;

  const minute = () => (clock.now().getTime() - startMs) / MINUTE_MS;
  const spare = ({ id }: SoakRoute, minutes: number) => sparedUntil.set(id, minute() + minutes);
  const isSpared = ({ id }: SoakRoute) => isOver || minute() < (sparedUntil.get(id) ?? 0);

  function mayLeaveOpen(route: SoakRoute): boolean {
    if (isSpared(route)) return false;
    if (route.webhookId) return true;
    const comesSoon = ({ from }: typeof OUTAGE) => minute() < from && minute() > from - 2 * NONCE_MINUTES;
    if ([DEATH, OUTAGE, LONG_OUTAGE].some(comesSoon)) return false;
    spare(route, NONCE_MINUTES);
    return true;
  }

  function planned({ fate }: SoakRoute): Trouble | undefined {
    const isWithin = ({ from, to }: typeof OUTAGE) => !isOver && minute() >= from && minute() < to;
    if (fate === 'is gone') return before(http(404, { code: 10003, message: 'Unknown Channel' }));
    if (fate === 'dies and heals' && isWithin(DEATH)) {
      return before(http(403, { code: 50001, message: 'Missing Access' }));
    }
    if (!isWithin(OUTAGE) && !(fate === 'long outage' && isWithin(LONG_OUTAGE))) return undefined;
    return before(random.chance(0.5) ? network('ECONNREFUSED') : http(503, '<html>Service Unavailable</html>'));
  }

  function byChance(route: SoakRoute): Trouble | undefined {
    const left = answersLeftToLose.get(route.id) ?? 0;
    if (left > 0) {
      answersLeftToLose.set(route.id, left - 1);
      return random.pick(LOST_AT_ONCE);
    }
    if (isSpared(route) || !random.chance(0.1)) return undefined;
    // A post that is sent three times in vain, and was saved meanwhile, may come back too late.
    const isFirst = minute() - (lastTroubleAt.get(route.id) ?? Number.NEGATIVE_INFINITY) > 0.5;
    return isFirst && random.chance(0.4) && mayLeaveOpen(route) ? loseAnswer(route) : doNothing(route);
  }

  function loseAnswer(route: SoakRoute): Trouble {
    const lost = random.pick([...LOST_AT_ONCE, LOST_SLOWLY]);
    if (lost !== LOST_SLOWLY && !route.webhookId) answersLeftToLose.set(route.id, random.between(0, 1));
    return lost;
  }

  function doNothing(route: SoakRoute): Trouble {
    const trouble = harmless(random);
    // A token that is refused twice in a row is a dead one.
    if (trouble.answer.kind === 'http' && trouble.answer.status === 401) spare(route, 0.5);
    return trouble;
  }

  return {
    isSpared,
    mayLeaveOpen,
    told: ({ id }) => told.get(id) ?? new Set(),
    end: () => {
      isOver = true;
      answersLeftToLose.clear();
    },
    next(route, message) {
      const trouble = planned(route) ?? refused(message) ?? byChance(route);
      if (trouble) {
        lastTroubleAt.set(route.id, minute());
        told.set(route.id, (told.get(route.id) ?? new Set()).add(nameOf(trouble.answer)));
      }
      return trouble;
    },
  };
}

function nameOf(answer: DiscordAnswer): string {
  if (answer.kind === 'network') return `null ${answer.code}`;
  if (answer.kind === 'no secret') return 'null null';
  const code = /"code":([1-9]\d*)/.exec(answer.body)?.[1];
  return `${answer.status} ${code ?? null}`;
}

/** Nothing happened at Discord, and the answer says so or proves nothing. */
function harmless(random: Random): Trouble {
  return random.pick([
    before(network('ENOTFOUND')),
    before(network('CERT_HAS_EXPIRED')),
    before(network('ECONNRESET')),
    { ...before(network('TIMEOUT')), afterMs: EXCHANGE_TIMEOUT_MS },
    before(http(500, { message: '500: Internal Server Error', code: 0 })),
    before(http(200, '<html>Captive portal</html>')),
    before(http(302, '')),
    before(http(400, { message: 'Overloaded', code: 130000 })),
    before(http(401, { message: '401: Unauthorized' })),
    before(http(429, { message: 'Slow down', retry_after: random.between(1, 400) / 10, global: false })),
    before(http(429, { message: 'Slow down', retry_after: random.between(1, 80) / 10, global: true })),
    before(http(429, '<html>error code: 1015</html>', { 'retry-after': '5' })),
  ]);
}

/** One payload in fifty, in whatever form, and the same one every time. */
function refused(message: DiscordMessage): Trouble | undefined {
  const digest = createHash('sha256').update(JSON.stringify(message)).digest();
  if (digest.readUInt16BE() % 50 > 0) return undefined;
  return before(http(400, { message: 'Invalid Form Body', code: 50035 }));
}

function before(answer: DiscordAnswer): Trouble {
  return { when: 'before', afterMs: 0, answer };
}

function network(code: string): DiscordAnswer {
  return { kind: 'network', code, text: `no answer: ${code}` };
}

function http(status: number, body: object | string, headers: Readonly<Record<string, string>> = {}): DiscordAnswer {
  return { kind: 'http', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

const LOST_AT_ONCE: readonly Trouble[] = [
  { when: 'after', afterMs: 0, answer: network('ECONNRESET') },
  { when: 'after', afterMs: 0, answer: http(502, '<html>Bad gateway</html>') },
  { when: 'after', afterMs: 0, answer: http(200, '{"id":"11') },
];

const LOST_SLOWLY: Trouble = { when: 'after', afterMs: EXCHANGE_TIMEOUT_MS, answer: network('TIMEOUT') };
