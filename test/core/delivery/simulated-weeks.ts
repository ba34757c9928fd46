import { type CheckServices, checkRoutes } from '../../../functions/core/checks/check-routes.ts';
import { POST_TIMEOUT_MS } from '../../../functions/core/delivery/delivery-limits.ts';
import { postAlerts } from '../../../functions/core/delivery/post-alerts.ts';
import { sentPostsOf } from '../../../functions/core/delivery/posting.ts';
import { redriveRoute } from '../../../functions/core/delivery/redrive.ts';
import { CHECK_TIMEOUT_MS } from '../../../functions/core/delivery/redrive-limits.ts';
import { botTarget, type DiscordAnswer, type DiscordMessage } from '../../../functions/core/discord/discord.ts';
import { discordPoster, discordProbe } from '../../../functions/core/discord/discord-chat.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { POLL_TIMEOUT_MS } from '../../../functions/core/poll/poll-limits.ts';
import type { PolledMailbox } from '../../../functions/core/settings/polled-mailbox.ts';
import { memoryLedger } from '../../fakes/memory-ledger.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { memoryPathChecks } from '../../fakes/memory-path-checks.ts';
import { memoryPauses } from '../../fakes/memory-pauses.ts';
import { memoryRouteChecks } from '../../fakes/memory-route-checks.ts';
import { memorySpool } from '../../fakes/memory-spool.ts';
import { memoryWatermarks } from '../../fakes/memory-watermarks.ts';
import { openPaths } from '../../fakes/open-paths.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';
import { type Invocation, invoke } from '../../simulation/invocation.ts';
import { startSimulatedPosters } from '../../simulation/simulated-posters.ts';
import { simulatedQueue } from '../../simulation/simulated-queue.ts';
import { simulatedTime } from '../../simulation/simulated-time.ts';
import { classifyBySubject, mailOf } from '../mail/mail-of.ts';

const MINUTE_MS = 60_000;
const POLL_EVERY_MS = 15 * MINUTE_MS;
const CHECK_EVERY_MS = 60 * MINUTE_MS;
const EXCHANGE_MS = 200;
const MAILBOX: PolledMailbox = {
  mailbox: 'support/INBOX',
  folder: 'INBOX',
  formerly: [],
  account: { account: 'support', startFrom: 'all' } as PolledMailbox['account'],
};
const TARGET = botTarget('42', '/rollcall/bot');
const ROUTE = { id: 'vip', target: TARGET };
const STYLE = { target: TARGET, colour: undefined, ping: { users: [], roles: [] } };

/**
 * The pipeline of one route in simulated time: polls every quarter of an hour, checks every hour, posters that take what
 * their queue shows, and queues that forget after 14 days, counted from the first enqueue, as SQS does.
 */
export function simulatedWeeks(start = new Date('2026-03-02T09:00:00.000Z')) {
  const clock = simulatedTime(start);
  // A standard queue promises no order, so this one rather hands out the newest first.
  const queue = simulatedQueue(clock, { pick: (_from, to) => to, chance: () => false });
  let isOpen = true;
  let isPosterRunning = true;
  let invocations = 0;
  const posts: { at: Date; subjects: string[] }[] = [];
  const refused: Date[] = [];
  const ledger = memoryLedger();
  const journal = recordingJournal();
  const mailbox = memoryMailbox();

  const answer = (status: number, body: object): DiscordAnswer => ({
    kind: 'http',
    status,
    headers: {},
    body: JSON.stringify(body),
  });
  const closed = () => answer(403, { code: 50001, message: 'Missing Access' });
  const discord = {
    async post(_target: unknown, message: DiscordMessage): Promise<DiscordAnswer> {
      await clock.wait(EXCHANGE_MS);
      if (!isOpen) {
        refused.push(clock.now());
        return closed();
      }
      posts.push({ at: clock.now(), subjects: (message.embeds ?? []).map(({ title }) => title ?? '') });
      return answer(200, { id: String(posts.length) });
    },
  };

  const services = {
    ledger,
    routeQueues: {
      send: async (_route: string, sent: readonly object[]) => {
        for (const message of sent) queue.send(JSON.stringify(message));
      },
    },
    deadLetters: queue.deadLetters,
    clock,
    journal,
    pauses: memoryPauses(),
  };
  const polling = {
    ...services,
    reader: mailbox,
    watermarks: memoryWatermarks(),
    spool: memorySpool(),
    classify: classifyBySubject,
    routes: ['vip', 'stripe'],
  };
  const posting = {
    ...services,
    sentPosts: sentPostsOf(ROUTE.target, services.ledger),
    queue,
    chat: discordPoster(STYLE, { discord, clock }),
    random: () => 0.5,
  };
  const discordTargets = {
    look: async () => ({ answer: isOpen ? answer(200, { id: '42' }) : closed(), missingPermissions: [] }),
  };
  const checked = [{ ...ROUTE, chat: discordProbe(TARGET, { discordTargets, clock }), redriveAutomatically: true }];
  const checking: CheckServices = {
    ...services,
    routeChecks: memoryRouteChecks(),
    operatorPaths: openPaths,
    pathChecks: memoryPathChecks(),
  };

  async function invoked<Result>(timeoutMs: number, run: (invocation: Invocation) => Promise<Result>) {
    invocations += 1;
    const dependencies = { id: String(invocations), clock, timeoutMs, latencyMs: () => 0, strike: () => undefined };
    const ended = await invoke(dependencies, run);
    if (ended.kind !== 'ended well') throw new Error(`An invocation ${ended.kind}.`);
    return ended;
  }

  async function every(ms: number, run: () => Promise<unknown>): Promise<never> {
    for (;;) {
      await run();
      await clock.wait(ms);
    }
  }

  void every(POLL_EVERY_MS, () =>
    invoked(POLL_TIMEOUT_MS, ({ remainingMs }) => pollMailbox(MAILBOX, polling, remainingMs)),
  );
  void every(CHECK_EVERY_MS, () =>
    invoked(CHECK_TIMEOUT_MS, ({ remainingMs }) => checkRoutes(checked, checking, remainingMs)),
  );
  startSimulatedPosters(
    queue,
    (batch) =>
      invoked(POST_TIMEOUT_MS, ({ id, remainingMs }) => postAlerts(batch, ROUTE, { holder: id, remainingMs }, posting)),
    { clock, isRunning: () => isPosterRunning },
  );

  return {
    ledger,
    journal,
    /** What stands in the channel, oldest post first. */
    posts,
    /** When Discord refused a post. */
    refused,
    messagesInQueue: () => queue.size(),
    deadLetters: () => queue.bodies().dead,
    closeChannel: () => {
      isOpen = false;
    },
    openChannel: () => {
      isOpen = true;
    },
    stopPoster: () => {
      isPosterRunning = false;
    },
    startPoster: () => {
      isPosterRunning = true;
    },
    purgeQueue: () => queue.purge(),
    /** As a person does it, with the command. */
    redrive: () => redriveRoute('vip', services, { trigger: 'manual', remainingMs: () => Number.POSITIVE_INFINITY }),
    /** A mail comes in now; its subject decides its route. */
    mailArrives: (subject: string) =>
      mailbox.deliver(
        (uid, uidValidity) => mailOf(uid, uidValidity, { subject, date: clock.now().toISOString() }),
        clock.now(),
      ),
    /** The schedules run, and the posters with them, for so long. */
    async pass(ms: number): Promise<void> {
      const untilMs = clock.now().getTime() + ms;
      void clock.wait(ms);
      await clock.runUntil(() => clock.now().getTime() >= untilMs);
    },
  };
}
