import { POST_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../functions/core/delivery/post-alerts.ts';
import { type PostServices, sentPostsOf } from '../../functions/core/delivery/posting.ts';
import type { Discord } from '../../functions/core/discord/discord.ts';
import { discordPoster } from '../../functions/core/discord/discord-chat.ts';
import { rateLimitMemory } from '../../functions/core/discord/rate-limit-memory.ts';
import { queueMessageOf } from '../../functions/core/records/alert.ts';
import type { AlertQueue } from '../../functions/core/records/alert-queue.ts';
import type { LedgerEntry, NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import { discordByRules } from '../fakes/discord-by-rules.ts';
import { memoryLedger } from '../fakes/memory-ledger.ts';
import { memoryPauses } from '../fakes/memory-pauses.ts';
import { type Random, randomOf } from '../fuzz/random.ts';
import { invoke } from '../simulation/invocation.ts';
import { startSimulatedPosters } from '../simulation/simulated-posters.ts';
import { type SimulatedQueue, simulatedQueue } from '../simulation/simulated-queue.ts';
import { type SimulatedTime, simulatedTime } from '../simulation/simulated-time.ts';
import { BOT_TOKEN, SOAK_ROUTES, type SoakRoute, secretOf, WEBHOOK_TOKEN } from './soak-routes.ts';
import { soakStrikes } from './soak-strikes.ts';
import { type SoakTroubles, soakTroubles } from './soak-troubles.ts';

const AUTOMOD_WORD = 'casino';
const ARRIVALS_MS = 3 * 60 * 60_000;

export type Soak = {
  routes: readonly SoakRoute[];
  accepted: readonly NewLedgerEntry[];
  /** As they stand now. */
  entries(): LedgerEntry[];
  /** How often each alert is shown in Discord, by mailId. */
  shown(): ReadonlyMap<string, number>;
  /** mailIds of webhook posts whose answer was lost: the only ones that may be shown twice. */
  lostByWebhooks: ReadonlySet<string>;
  told: SoakTroubles['told'];
  /** The most answers of 401, 403, 404 and 429 that ten minutes saw. */
  mostInvalidIn10Minutes(): number;
  /** All troubles end, and every dead letter goes back to its queue, as a person would do it. */
  heal(): Promise<void>;
};

/** Lets this many alerts arrive and work themselves off, in simulated time, and returns when no queue holds any. */
export async function soak(alerts: number, seed: number): Promise<Soak> {
  const random = randomOf('soak', seed, 0);
  const clock = simulatedTime();
  const troubles = soakTroubles(clock, random);
  const rules = discordByRules({
    clock,
    latencyMs: 120,
    secretOf,
    botToken: BOT_TOKEN,
    channels: SOAK_ROUTES.map(({ channelId }) => ({ id: channelId })),
    webhooks: SOAK_ROUTES.flatMap(({ webhookId, channelId }) =>
      webhookId ? [{ id: webhookId, token: WEBHOOK_TOKEN, channelId }] : [],
    ),
    autoModWords: [AUTOMOD_WORD],
  });
  const ledger = memoryLedger();
  const pauses = memoryPauses();
  const accepted: NewLedgerEntry[] = [];
  const lostByWebhooks = new Set<string>();
  const invalidAtMs: number[] = [];
  const queues = new Map<string, SimulatedQueue>();
  let invocations = 0;

  for (const route of SOAK_ROUTES) {
    const queue = simulatedQueue(clock, { pick: random.between, chance: random.chance, deliveredTwice: 0.01 });
    queues.set(route.id, queue);
    const answerTo: Discord['post'] = async (target, message, options) => {
      const trouble = troubles.next(route, message);
      if (!trouble) return await rules.post(target, message, options);
      if (trouble.when === 'after') {
        if (route.webhookId) for (const { mailId } of alertsIn(message, route, accepted)) lostByWebhooks.add(mailId);
        await rules.post(target, message, options);
      }
      await clock.wait(trouble.afterMs);
      return trouble.answer;
    };
    const discord: Discord = {
      async post(target, message, options) {
        const answer = await answerTo(target, message, options);
        const isInvalid = answer.kind === 'http' && [401, 403, 404, 429].includes(answer.status);
        if (isInvalid) invalidAtMs.push(clock.now().getTime());
        return answer;
      },
    };
    const rateLimits = rateLimitMemory();
    startSimulatedPosters(
      queue,
      async (batch) => {
        invocations += 1;
        const dependencies = { id: `invocation ${invocations}`, clock, timeoutMs: POST_TIMEOUT_MS, latencyMs: () => 0 };
        const strike = soakStrikes(route, troubles, random);
        const ended = await invoke({ ...dependencies, strike }, async ({ id, remainingMs, reach, ...invocation }) => {
          const services: PostServices = {
            ledger: reach('ledger', ledger),
            sentPosts: sentPostsOf(route.target, reach('ledger', ledger)),
            queue: reach<AlertQueue>('alertQueue', queue),
            pauses: reach('pauses', pauses),
            chat: discordPoster(route, { discord: reach('discord', discord), rateLimits, clock: invocation.clock }),
            clock: invocation.clock,
            journal: () => {},
            random: () => random.between(0, 999_999) / 1_000_000,
          };
          return await postAlerts(batch, route, { holder: id, remainingMs }, services);
        });
        if (ended.kind === 'timed out') throw new Error(`${route.id}: an invocation outlived its time-out.`);
        return ended;
      },
      { clock },
    );
  }

  const isIdle = () => [...queues.values()].every((queue) => queue.size() === 0);
  let hasArrived = false;
  const arrivals = arrive(alerts, { clock, random, ledger, queues, accepted }).then(() => {
    hasArrived = true;
  });
  await Promise.all([arrivals, clock.runUntil(() => hasArrived && isIdle())]);

  return {
    routes: SOAK_ROUTES,
    accepted,
    entries: ledger.entries,
    lostByWebhooks,
    told: troubles.told,
    mostInvalidIn10Minutes: () =>
      Math.max(
        ...invalidAtMs.map((fromMs, index) => invalidAtMs.findLastIndex((atMs) => atMs < fromMs + 600_000) - index + 1),
      ),
    shown: () =>
      countOf(
        rules.posts().flatMap(({ body, channelId }) => {
          const route = SOAK_ROUTES.find((one) => one.channelId === channelId) as SoakRoute;
          return alertsIn(body, route, accepted).map(({ mailId }) => mailId);
        }),
      ),
    async heal() {
      troubles.end();
      for (const queue of queues.values()) for (const { body } of queue.takeDeadLetters()) queue.send(body);
      await clock.runUntil(isIdle);
    },
  };
}

/** Bursts and trickles, as mail comes; now and then a poll that is repeated sends an alert twice. */
async function arrive(
  alerts: number,
  world: {
    clock: SimulatedTime;
    random: Random;
    ledger: ReturnType<typeof memoryLedger>;
    queues: ReadonlyMap<string, SimulatedQueue>;
    accepted: NewLedgerEntry[];
  },
): Promise<void> {
  const { clock, random, ledger, queues, accepted } = world;
  while (accepted.length < alerts) {
    const { id } = random.pick(SOAK_ROUTES);
    const burst = Math.min(
      random.chance(0.1) ? random.between(20, 80) : random.between(1, 6),
      alerts - accepted.length,
    );
    for (let mail = 0; mail < burst; mail += 1) {
      const entry = entryOf(accepted.length + 1, id, clock.now(), random);
      accepted.push(entry);
      await ledger.accept(entry);
      const body = JSON.stringify(queueMessageOf(entry));
      for (let copy = random.chance(0.01) ? 2 : 1; copy > 0; copy -= 1) queues.get(id)?.send(body);
      await ledger.markDispatched(entry.mailId, clock.now());
    }
    await clock.wait((ARRIVALS_MS / alerts) * burst);
  }
}

function entryOf(uid: number, route: string, acceptedAt: Date, random: Random): NewLedgerEntry {
  const words = random.chance(0.01) ? AUTOMOD_WORD : 'Could you look at this until Friday?';
  return {
    mailId: `mail-${uid}`,
    location: { mailbox: 'support/INBOX', uidValidity: '1', uid },
    route,
    rule: 'a rule',
    reason: null,
    record: {
      from: 'Ada Lovelace <ada@example.com>',
      to: 'support@example.com',
      subject: `Mail ${uid} of a day`,
      snippet: `${words} `.repeat(random.between(1, 8)),
      date: acceptedAt.toISOString(),
      messageId: `<${uid}@example.com>`,
      link: null,
    },
    acceptedAt,
  };
}

/** The alerts that a message shows, in an embed each or by the place of the mail. */
function alertsIn(
  {
    embeds,
    content,
  }: {
    embeds?: readonly { title?: string | null | undefined }[] | null | undefined;
    content?: string | null | undefined;
  },
  { id }: SoakRoute,
  accepted: readonly NewLedgerEntry[],
): NewLedgerEntry[] {
  const uids = [
    ...(embeds ?? []).map(({ title }) => /^Mail (\d+) of/.exec(title ?? '')?.[1]),
    ...(content ? [/ uid (\d+)/.exec(content)?.[1]] : []),
  ];
  return uids.map((uid) => {
    const entry = accepted[Number(uid) - 1];
    if (entry?.route !== id) throw new Error(`A post of ${id} shows uid ${uid}, which is of ${entry?.route}.`);
    return entry;
  });
}

function countOf<Key>(keys: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
