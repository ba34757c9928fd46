import { STALE_UNKNOWN_MS } from '../../functions/core/audit/audit-limits.ts';
import type { SentDigest } from '../../functions/core/digest/run.ts';
import { type NewLedgerEntry, UNKNOWN_ROUTE } from '../../functions/core/records/ledger-entry.ts';
import type { Watermark } from '../../functions/core/records/watermark.ts';
import { randomOf } from '../fuzz/random.ts';
import { deployment, firstAuditMs } from './deployment.ts';
import { happenings } from './happenings.ts';
import type { Observed, ObservedDigest, ObservedRename, WatermarkStart } from './observed.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Plan, type PlannedEvent, timeOf } from './plan.ts';
import { plannedTroubles } from './planned-troubles.ts';
import { probeMail } from './random-mail.ts';
import { undeliveredOf } from './read-digest.ts';
import { simulatedDiscord } from './simulated-discord.ts';
import { simulatedMailboxes } from './simulated-mailboxes.ts';
import { simulatedServices } from './simulated-services.ts';
import { type MailboxName, mailboxNamed, ROUTE_IDS, type RouteId } from './simulated-settings.ts';
import { simulatedTime } from './simulated-time.ts';

/** Told of everything that happens, with the time since the start. */
export type Teller = (atMs: number, what: string) => void;

/** After an audit and the digest that follows it. */
const AFTER_AUDIT_MS = 2 * HOUR_MS;

const PROBED_AFTER_MS = 2 * HOUR_MS;
const PROBE_TOKENS_FROM = 1_000_000;

/** Lets a plan happen, heals what can be healed, lets time pass, and gives back what was to be seen of it. */
export async function simulate(plan: Plan, tell: Teller = () => {}): Promise<Observed> {
  const random = randomOf('simulation', plan.seed, 0);
  const time = simulatedTime();
  const startMs = time.now().getTime();
  const nowMs = () => time.now().getTime() - startMs;
  const say = (what: string) => tell(nowMs(), what);
  const until = async (atMs: number) => {
    void time.wait(atMs - nowMs());
    await time.runUntil(() => nowMs() >= atMs);
  };

  const digests: ObservedDigest[] = [];
  const renames: ObservedRename[] = [];
  const writesToMailbox: string[] = [];
  const givenUpByQueue = new Set<RouteId>();

  const troubles = plannedTroubles(plan, nowMs, say);
  const mailboxes = simulatedMailboxes(nowMs, startMs);
  const discord = simulatedDiscord(time, random, troubles.discordTrouble);
  const services = simulatedServices(
    { clock: time, random, discord, mailboxes },
    {
      ...troubles,
      wroteToMailbox: (call) => writesToMailbox.push(call),
      gaveUp(route) {
        givenUpByQueue.add(route);
        say(`the queue of ${route} gives a message up`);
      },
      sent(by, mail, digest) {
        const invocation = deployed.invocations.find(({ id }) => id === by);
        if (invocation) digests.push({ sentMs: nowMs(), mail, digest, invocation });
        say(`${by} sends "${mail.subject}"`);
      },
    },
  );
  const effects = observedEffects(services, nowMs);
  const deployed = deployment(plan, { time, nowMs, random, troubles, services, say });

  const happen = happenings(plan, { time, nowMs, say, mailboxes, discord, services, troubles, deployed, renames });

  /** Each event at its time, or with the first call of its kind after that. */
  async function begin(event: PlannedEvent): Promise<void> {
    await time.wait(timeOf(event) - nowMs());
    if ('during' in event && event.during) troubles.during(event.during, () => happen(event));
    else happen(event);
  }

  /** One mail for each route and none of them, so that the last digests have something to count. */
  async function probe(): Promise<void> {
    await time.wait(PROBED_AFTER_MS);
    for (const [index, route] of ([...ROUTE_IDS, UNKNOWN_ROUTE] as const).entries()) {
      const mailbox = plan.mailboxes[index % plan.mailboxes.length] as MailboxName;
      happen({ kind: 'mail arrives', atMs: nowMs(), mailbox, mail: probeMail(PROBE_TOKENS_FROM + index, route) });
    }
  }

  const giveBackTimers = time.takeOverTimers();
  try {
    const [before, later] = [plan.events.filter(isBeforeStart), plan.events.filter((event) => !isBeforeStart(event))];
    for (const event of before) happen(event);
    for (const event of later) void begin(event);
    deployed.start();
    await until(plan.healsAtMs);
    say('everything heals');
    troubles.heal();
    void probe();
    const silentUntilMs = lastAuditMs(plan) + AFTER_AUDIT_MS;
    await until(silentUntilMs);
    // What waits for a person, by what the last digest says, now gets one, and a day for the next digest to tell of it.
    const last = digests.at(-1)?.digest;
    const waiting = ROUTE_IDS.filter((route) => last && undeliveredOf(route, last).length > 0);
    for (const route of waiting) deployed.redrive(route);
    const endsMs = waiting.length > 0 ? silentUntilMs + DAY_MS : silentUntilMs;
    await until(endsMs);
    return {
      plan,
      startMs,
      mails: mailboxes.mails,
      invocations: deployed.invocations,
      posts: discord.posts(),
      requests: discord.requests().map(({ at, ...request }) => ({ ...request, atMs: at.getTime() - startMs })),
      digests,
      ...effects,
      renames,
      refusedListings: mailboxes.refusedListings,
      givenUpByQueue,
      writesToMailbox,
      calls: troubles.calls,
      silentUntilMs,
      endsMs,
    };
  } finally {
    giveBackTimers();
  }
}

/**
 * When the last audit runs, or would. It finds everything old enough to be stale that the first poll after the troubles
 * hands over; without audits there is time for what polls, posters and checks do by themselves.
 */
function lastAuditMs(plan: Plan): number {
  const { healsAtMs, pollEveryMs, checkEveryMs, hasAudits } = plan;
  const firstMs = firstAuditMs(plan);
  // Where a watermark was moved ahead, later mail comes to lie below it as well.
  const isMoved = plan.events.some(({ kind }) => kind === 'watermark jumps');
  const settledMs = isMoved
    ? STALE_UNKNOWN_MS + DAY_MS
    : hasAudits
      ? pollEveryMs + STALE_UNKNOWN_MS + MINUTE_MS
      : 2 * pollEveryMs + checkEveryMs;
  return firstMs + Math.ceil((healsAtMs + settledMs - firstMs) / DAY_MS) * DAY_MS;
}

/** Mail that is there already, and what counts from the very first call. */
function isBeforeStart(event: PlannedEvent): boolean {
  return event.kind === 'one call is struck' || (event.kind === 'mail arrives' && event.atMs < 0);
}

function observedEffects(
  { ledger, watermarks, digestRuns }: ReturnType<typeof simulatedServices>,
  nowMs: () => number,
): Pick<Observed, 'watermarkStarts' | 'lostWatermarks' | 'settledMs' | 'accepted' | 'recordedDigests'> {
  const watermarkStarts: WatermarkStart[] = [];
  const carriedOver = new Set<string>();
  const settledMs = new Map<string, number>();
  const { settle } = ledger;
  ledger.settle = async (mailId, settlement) => {
    await settle(mailId, settlement);
    if (!settledMs.has(mailId)) settledMs.set(mailId, nowMs());
  };
  const accepted: NewLedgerEntry[] = [];
  const { accept } = ledger;
  ledger.accept = async (entry) => {
    const answer = await accept(entry);
    if (answer === 'accepted') accepted.push(entry);
    return answer;
  };
  const recordedDigests: (SentDigest & { recordedMs: number })[] = [];
  const { recordSent } = digestRuns;
  digestRuns.recordSent = async (digest) => {
    await recordSent(digest);
    recordedDigests.push({ ...digest, recordedMs: nowMs() });
  };
  const started = ({ mailbox: name, uidValidity }: Watermark, kind: WatermarkStart['kind']) =>
    watermarkStarts.push({ atMs: nowMs(), mailbox: mailboxNamed(name), name, uidValidity, kind });
  /** The first one under a new name, where there is a former one, or was when the poll read it. */
  async function isCarriedOver({ mailbox: name, restart }: Watermark): Promise<boolean> {
    const former = mailboxNamed(name);
    if (former === name || carriedOver.has(name)) return false;
    carriedOver.add(name);
    return restart?.reason === 'renamed' || (await watermarks.get(former))?.watermark !== undefined;
  }
  const { create, move, forget } = watermarks;
  watermarks.create = async (watermark, history) => {
    const created = await create(watermark, history);
    if (created === 'created') started(watermark, (await isCarriedOver(watermark)) ? 'renamed' : 'created');
    return created;
  };
  watermarks.move = async (from, to) => {
    const moved = await move(from, to);
    if (moved === 'moved' && to.uidValidity !== from.uidValidity) started(to, 'renumbered');
    return moved;
  };
  const lostWatermarks: { atMs: number; mailbox: MailboxName }[] = [];
  watermarks.forget = (mailbox) => {
    forget(mailbox);
    lostWatermarks.push({ atMs: nowMs(), mailbox: mailboxNamed(mailbox) });
  };
  return { watermarkStarts, lostWatermarks, settledMs, accepted, recordedDigests };
}
