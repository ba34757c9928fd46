import { ALERTS_PER_BATCH, POST_TIMEOUT_MS } from '../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../functions/core/delivery/post-alerts.ts';
import { botTarget } from '../../functions/core/discord/discord.ts';
import { discordPoster } from '../../functions/core/discord/discord-chat.ts';
import { queueMessageOf } from '../../functions/core/records/alert.ts';
import type { NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import { discordByRules } from '../fakes/discord-by-rules.ts';
import { memoryLedger } from '../fakes/memory-ledger.ts';
import { memoryPauses } from '../fakes/memory-pauses.ts';
import { invoke } from '../simulation/invocation.ts';
import { startSimulatedPosters } from '../simulation/simulated-posters.ts';
import { simulatedQueue } from '../simulation/simulated-queue.ts';
import { simulatedTime } from '../simulation/simulated-time.ts';
import type { Bench } from './bench.ts';
import { figure, table } from './figures.ts';
import { type SeededRandom, seededRandom } from './poll/seeded-random.ts';

const ALERTS = 1_000;

/** An ordinary answer time of Discord's API. */
const LATENCY_MS = 250;

type Drained = { posts: number; refused: number; seconds: number };

/**
 * 1,000 parked alerts of one route against the stand-in's rules with Discord's usual limit (5 posts per 5 s and channel),
 * in simulated time: the poster as deployed, and the same poster with one alert a batch, so one a post.
 */
export const benchDrain: Bench = async (_options, print) => {
  print(`${figure(ALERTS)} parked alerts, one channel, 5 posts per 5 s, ${LATENCY_MS} ms an answer, simulated time\n`);
  const packed = await drain(ALERTS_PER_BATCH);
  const single = await drain(1);
  const row = (name: string, { posts, refused, seconds }: Drained) => [
    name,
    figure(posts),
    figure(ALERTS / posts, 1),
    figure(ALERTS / seconds, 1),
    figure(seconds),
    figure(refused),
  ];
  const head = ['', 'posts', 'alerts a post', 'alerts/s', 'seconds', '429'];
  print(table(head, [row('packed, as deployed', packed), row('one alert a post', single)]));
  const alertsAPost = ALERTS / packed.posts;
  const timesFaster = single.seconds / packed.seconds;
  return [
    { what: 'alerts a post', reached: figure(alertsAPost, 1), asked: '≥ 5', met: alertsAPost >= 5 },
    { what: 'rate against one a post', reached: `${figure(timesFaster, 1)} ×`, asked: '≥ 5 ×', met: timesFaster >= 5 },
  ];
};

async function drain(batchSize: number): Promise<Drained> {
  const random = seededRandom(1);
  const clock = simulatedTime();
  const startMs = clock.now().getTime();
  const ledger = memoryLedger();
  const queue = simulatedQueue(clock, { pick: random.between, chance: () => false });
  for (let uid = 1; uid <= ALERTS; uid += 1) {
    const entry = typicalAlert(uid, clock.now(), random);
    await ledger.accept(entry);
    queue.send(JSON.stringify(queueMessageOf(entry)));
  }
  const discord = discordByRules({
    clock,
    latencyMs: LATENCY_MS,
    botToken: 'token',
    channels: [{ id: '100' }],
    secretOf: () => 'token',
  });
  const target = botTarget('100', '/rollcall/bot');
  const style = { target, colour: 0x2ecc71, ping: { users: [], roles: [] } };
  const chat = discordPoster(style, { discord, clock });
  const pauses = memoryPauses();
  let invocations = 0;
  startSimulatedPosters(
    queue,
    async (batch) => {
      invocations += 1;
      const dependencies = { id: String(invocations), clock, timeoutMs: POST_TIMEOUT_MS, latencyMs: () => 0 };
      return await invoke({ ...dependencies, strike: () => undefined }, async ({ id, remainingMs }) => {
        const ports = { ledger, sentPosts: ledger, queue, pauses, chat };
        const services = { ...ports, clock, journal: () => {}, random: () => 0.5 };
        return await postAlerts(batch, { id: 'customer', target }, { holder: id, remainingMs }, services);
      });
    },
    { clock, batchSize },
  );
  await clock.runUntil(() => queue.size() === 0);

  const unsettled = ledger.entries().filter(({ state }) => state !== 'settled');
  if (unsettled.length > 0) throw new Error(`${unsettled.length} alerts were not delivered.`);
  return {
    posts: discord.posts().length,
    refused: discord.requests().filter(({ status }) => status === 429).length,
    seconds: (clock.now().getTime() - startMs) / 1000,
  };
}

const WORDS =
  'please could you look at the invoice we got yesterday the amount differs from our contract and the customer asks for a refund before the end of the month thank you kind regards'.split(
    ' ',
  ) as [string, ...string[]];

/** Lengths as in an ordinary inbox: a subject of a few words, and a snippet that is mostly full. */
function typicalAlert(uid: number, acceptedAt: Date, { between, oneOf }: SeededRandom): NewLedgerEntry {
  const words = (count: number) => Array.from({ length: count }, () => oneOf(WORDS)).join(' ');
  const name = oneOf(['Ada Lovelace', 'Grace Hopper', 'Ōno Kaori', 'Support']);
  return {
    mailId: `mail-${uid}`,
    location: { mailbox: 'support/INBOX', uidValidity: '1', uid },
    route: 'customer',
    rule: 'a customer writes',
    reason: null,
    record: {
      from: `${name} <${oneOf(['ada', 'grace', 'kaori', 'office'])}@customer-${between(1, 99)}.example.com>`,
      to: 'support@example.com',
      subject: words(between(3, 9)),
      snippet: words(oneOf([12, 60, 90, 90, 90])).slice(0, 500),
      date: new Date(acceptedAt.getTime() + uid * 1_000).toISOString(),
      messageId: `<${uid}@customer.example.com>`,
      link: `https://mail.google.com/mail/u/?authuser=support%40example.com#search/rfc822msgid%3A${uid}%40example.com`,
    },
    acceptedAt,
  };
}
