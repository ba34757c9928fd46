import { checkRoutes } from '../../../functions/core/delivery/check-routes.ts';
import {
  ALERTS_PER_BATCH,
  MAX_RECEIVES,
  POST_TIMEOUT_MS,
  QUEUE_RETENTION_MS,
  QUEUE_VISIBILITY_MS,
} from '../../../functions/core/delivery/delivery-limits.ts';
import type { DiscordAnswer, DiscordMessage } from '../../../functions/core/delivery/discord.ts';
import { postAlerts } from '../../../functions/core/delivery/post-alerts.ts';
import { rateLimitMemory } from '../../../functions/core/delivery/rate-limit-memory.ts';
import { CHECK_TIMEOUT_MS } from '../../../functions/core/delivery/redrive-limits.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { POLL_TIMEOUT_MS } from '../../../functions/core/poll/poll-limits.ts';
import type { AlertQueue, Clock, DeadLetter, DeadLetters, ReceivedMessage } from '../../../functions/core/ports.ts';
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
import { classifyBySubject, mailOf } from '../mail/mail-of.ts';

const MINUTE_MS = 60_000;
const POLL_EVERY_MS = 15 * MINUTE_MS;
const CHECK_EVERY_MS = 60 * MINUTE_MS;
const EXCHANGE_MS = 200;
const MAILBOX: PolledMailbox = {
  mailbox: 'support/INBOX',
  folder: 'INBOX',
  account: { account: 'support', startFrom: 'all' } as PolledMailbox['account'],
};
const TARGET = { kind: 'bot', channelId: '42', tokenParameter: '/rollcall/bot' } as const;
const ROUTE = { id: 'vip', target: TARGET, colour: undefined, ping: { users: [], roles: [] } };

type Queued = ReceivedMessage & { firstEnqueuedAtMs: number; visibleAtMs: number };
type Buried = { letter: DeadLetter; firstEnqueuedAtMs: number };

/**
 * The pipeline of one route in simulated time: polls every quarter of an hour, checks every hour, a poster that takes
 * what its queue shows, and queues that forget after 14 days, counted from the first enqueue, as SQS does.
 */
export function simulatedWeeks(start = new Date('2026-03-02T09:00:00.000Z')) {
  let nowMs = start.getTime();
  let nextPollMs = nowMs;
  let nextCheckMs = nowMs;
  let isPosting = false;
  let isOpen = true;
  let isPosterRunning = true;
  let invocations = 0;
  let messages = 0;
  let queue: Queued[] = [];
  let buried: Buried[] = [];
  const posts: { at: Date; subjects: string[] }[] = [];
  const refused: Date[] = [];

  const clock: Clock = {
    now: () => new Date(nowMs),
    async wait(ms) {
      if (isPosting) nowMs += ms;
      else await runPosters(nowMs + ms);
    },
  };
  const ledger = memoryLedger();
  const journal = recordingJournal();
  const mailbox = memoryMailbox();
  const isKept = ({ firstEnqueuedAtMs }: { firstEnqueuedAtMs: number }) =>
    nowMs - firstEnqueuedAtMs < QUEUE_RETENTION_MS;

  const routeQueues = {
    send: async (_route: string, sent: readonly object[]) => {
      for (const message of sent) {
        messages += 1;
        const ids = { messageId: String(messages), receiptHandle: String(messages), body: JSON.stringify(message) };
        queue.push({ ...ids, receiveCount: 0, firstEnqueuedAtMs: nowMs, visibleAtMs: nowMs });
      }
    },
  };
  const alertQueue: AlertQueue = {
    async handBack({ messageId }, delayMs) {
      const message = queue.find((queued) => queued.messageId === messageId);
      if (message) message.visibleAtMs = nowMs + delayMs;
    },
    async deadLetter({ body }, { mailId, failure }) {
      buried.push({ letter: { body, mailId, failure, sentAt: clock.now() }, firstEnqueuedAtMs: nowMs });
    },
  };
  const deadLetters: DeadLetters = {
    async sift(_route, visit) {
      buried = buried.filter(isKept);
      const removable = new Set(await visit(buried.map(({ letter }) => letter)));
      buried = buried.filter(({ letter }) => !removable.has(letter));
    },
  };

  const answer = (status: number, body: object): DiscordAnswer => ({
    kind: 'http',
    status,
    headers: {},
    body: JSON.stringify(body),
  });
  const closed = () => answer(403, { code: 50001, message: 'Missing Access' });
  const discord = {
    async post(_target: unknown, message: DiscordMessage): Promise<DiscordAnswer> {
      nowMs += EXCHANGE_MS;
      if (!isOpen) {
        refused.push(clock.now());
        return closed();
      }
      posts.push({ at: clock.now(), subjects: (message.embeds ?? []).map(({ title }) => title ?? '') });
      return answer(200, { id: String(posts.length) });
    },
  };
  const discordTargets = {
    look: async () => ({ answer: isOpen ? answer(200, { id: '42' }) : closed(), missingPermissions: [] }),
  };

  const services = { ledger, routeQueues, deadLetters, clock, journal, pauses: memoryPauses() };
  const polling = {
    ...services,
    reader: mailbox,
    watermarks: memoryWatermarks(),
    spool: memorySpool(),
    classify: classifyBySubject,
  };
  const posting = { ...services, queue: alertQueue, discord, rateLimits: rateLimitMemory(), random: () => 0.5 };
  const paths = { operatorPaths: openPaths, pathChecks: memoryPathChecks() };
  const checking = { ...services, discordTargets, routeChecks: memoryRouteChecks(), ...paths };
  const remaining = (timeoutMs: number) => {
    const endsAtMs = nowMs + timeoutMs;
    return () => endsAtMs - nowMs;
  };

  function receive(): ReceivedMessage[] {
    // A standard queue promises no order, so this one hands out the newest first.
    const visible = queue
      .filter(({ visibleAtMs }) => visibleAtMs <= nowMs)
      .toReversed()
      .slice(0, ALERTS_PER_BATCH);
    for (const message of visible) {
      message.receiveCount += 1;
      message.visibleAtMs = nowMs + QUEUE_VISIBILITY_MS;
      if (message.receiveCount <= MAX_RECEIVES) continue;
      const { body, firstEnqueuedAtMs } = message;
      const letter = { body, mailId: undefined, failure: undefined, sentAt: new Date(firstEnqueuedAtMs) };
      buried.push({ letter, firstEnqueuedAtMs });
      queue = queue.filter((queued) => queued !== message);
    }
    return visible.filter((message) => queue.includes(message));
  }

  async function post(): Promise<void> {
    const batch = receive();
    if (batch.length === 0) return;
    isPosting = true;
    invocations += 1;
    const invocation = { holder: String(invocations), remainingMs: remaining(POST_TIMEOUT_MS) };
    const { handedBack } = await postAlerts(batch, ROUTE, invocation, posting);
    const done = new Set(batch.map(({ messageId }) => messageId).filter((id) => !handedBack.includes(id)));
    queue = queue.filter(({ messageId }) => !done.has(messageId));
    isPosting = false;
  }

  /** Lets the poster take whatever becomes visible until then. */
  async function runPosters(untilMs: number): Promise<void> {
    for (;;) {
      queue = queue.filter(isKept);
      const nextMs = Math.min(...queue.map(({ visibleAtMs }) => visibleAtMs));
      if (!isPosterRunning || nextMs > untilMs) break;
      nowMs = Math.max(nowMs, nextMs);
      await post();
    }
    nowMs = Math.max(nowMs, untilMs);
  }

  return {
    ledger,
    journal,
    /** What stands in the channel, oldest post first. */
    posts,
    /** When Discord refused a post. */
    refused,
    messagesInQueue: () => queue.filter(isKept).length,
    deadLetters: () => buried.filter(isKept).map(({ letter }) => letter),
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
    /** A mail comes in now; its subject decides its route. */
    mailArrives: (subject: string) =>
      mailbox.deliver(
        (uid, uidValidity) => mailOf(uid, uidValidity, { subject, date: clock.now().toISOString() }),
        clock.now(),
      ),
    /** The schedules run, and the poster with them, for so long. */
    async pass(ms: number): Promise<void> {
      const untilMs = nowMs + ms;
      for (;;) {
        const nextMs = Math.min(nextPollMs, nextCheckMs);
        if (nextMs > untilMs) break;
        await runPosters(nextMs);
        if (nextMs === nextPollMs) {
          nextPollMs += POLL_EVERY_MS;
          await pollMailbox(MAILBOX, polling, remaining(POLL_TIMEOUT_MS));
        } else {
          nextCheckMs += CHECK_EVERY_MS;
          const routes = [{ id: 'vip', target: TARGET, redriveAutomatically: true }];
          await checkRoutes(routes, checking, remaining(CHECK_TIMEOUT_MS));
        }
      }
      await runPosters(untilMs);
    },
  };
}
