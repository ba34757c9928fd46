import type { RouteCheck } from '../delivery/route-check.ts';
import { type LedgerEntry, UNKNOWN_ROUTE } from '../ledger/ledger-entry.ts';
import type { PathCheck } from '../operator/operator-path.ts';
import type { MailboxHealth } from '../poll/watermark.ts';
import type { Clock, DeadLetters, DigestRuns, Ledger, PathChecks, RouteChecks, Spool, Watermarks } from '../ports.ts';
import { type DeadLetterFacts, readDeadLetters } from './dead-letter-facts.ts';
import { EXAMPLES_SHOWN } from './digest-limits.ts';
import { type MailboxFacts, readMailboxFacts } from './mailbox-facts.ts';
import { type PendingMail, readPendingMail } from './pending-mail.ts';

/** A mailbox that a digest answers for, such as `support/INBOX`, the names it had before, and how often it is polled. */
export type DigestMailbox = { mailbox: string; formerly?: readonly string[]; everyMinutes: number };

/** Everything that a digest is made of, as read from watermarks, ledger and spool. */
export type DigestFacts = {
  at: Date;
  mailboxes: readonly MailboxFacts[];
  /** The latest digest of any mailbox; undefined where this is the first one. */
  previousDigestAt: Date | undefined;
  /** Configured routes, in the order of the settings. */
  routes: readonly string[];
  /** Of configured routes, as far as they have been checked. */
  routeChecks: ReadonlyMap<string, RouteCheck>;
  /** Of configured routes. */
  deadLetters: readonly DeadLetterFacts[];
  /** Whether alarms reach anyone; undefined where nobody has looked yet. A digest that is read needs not tell of its own path. */
  alarmPath: PathCheck | undefined;
  /** Alerts of all routes that are not settled, also of routes and mailboxes that left the settings; oldest first. */
  openAlerts: readonly LedgerEntry[];
  /** Unknown mails that are not settled and that no pending segment holds; oldest first. */
  notInSpool: readonly LedgerEntry[];
  /** Of mails that the audit brought back, the first few, as they stand now. */
  recovered: readonly LedgerEntry[];
} & PendingMail;

export type FactServices = {
  watermarks: Pick<Watermarks, 'get'>;
  ledger: Pick<Ledger, 'find' | 'allOpenEntries' | 'linesAbove'>;
  spool: Pick<Spool, 'pending'>;
  routeChecks: Pick<RouteChecks, 'get'>;
  pathChecks: Pick<PathChecks, 'get'>;
  deadLetters: Pick<DeadLetters, 'unreadable'>;
  digestRuns: Pick<DigestRuns, 'lastSentAt'>;
  clock: Clock;
};

/**
 * Reads everything that a digest is made of. The spool comes first: what the ledger then calls dispatched before `at`
 * has to be in it.
 *
 * @throws whatever a service throws; nothing is changed
 */
export async function readDigestFacts(
  { watermarks, ledger, spool, routeChecks, pathChecks, deadLetters, digestRuns, clock }: FactServices,
  { mailboxes, routes }: { mailboxes: readonly DigestMailbox[]; routes: readonly string[] },
  at: Date,
): Promise<DigestFacts> {
  const pending = await readPendingMail(spool, ledger);
  const facts = await Promise.all(mailboxes.map((mailbox) => readMailboxFacts(mailbox, { watermarks, ledger, clock })));
  const recovered = facts.flatMap((mailbox) => mailbox.recovered.slice(0, EXAMPLES_SHOWN));
  return {
    at,
    mailboxes: facts,
    previousDigestAt: latest([await digestRuns.lastSentAt(), ...facts.map(({ health }) => lastDigestOf(health))]),
    routes,
    routeChecks: await checksOf(routes, routeChecks),
    deadLetters: await readDeadLetters(routes, deadLetters),
    alarmPath: await pathChecks.get('alarms'),
    ...(await readOpen(ledger, pending)),
    recovered: [...(await ledger.find(recovered.map(({ mailId }) => mailId))).values()],
    ...pending,
  };
}

/** Of unknown mail only what is not in the spool is kept: a backlog of it would not fit into memory. */
async function readOpen(ledger: Pick<Ledger, 'allOpenEntries'>, { carried, heldBack }: PendingMail) {
  const inSpool = new Set(carried.map(({ mailId }) => mailId));
  const openAlerts: LedgerEntry[] = [];
  const notInSpool: LedgerEntry[] = [];
  for await (const entry of ledger.allOpenEntries()) {
    if (entry.route !== UNKNOWN_ROUTE) openAlerts.push(entry);
    else if (!inSpool.has(entry.mailId) && !heldBack.has(entry.mailId)) notInSpool.push(entry);
  }
  return { openAlerts: openAlerts.sort(byAge), notInSpool: notInSpool.sort(byAge) };
}

/** Where a lost watermark was resumed, the time says where the counts begin, and no digest has been there. */
function lastDigestOf(health: MailboxHealth | undefined): Date | undefined {
  return health?.digestWatermark && health.lastDigestAt;
}

function latest(times: readonly (Date | undefined)[]): Date | undefined {
  return times.reduce((one, other) => (!one || (other && other > one) ? other : one), undefined);
}

function byAge(one: LedgerEntry, other: LedgerEntry): number {
  return one.acceptedAt.getTime() - other.acceptedAt.getTime();
}

async function checksOf(
  routes: readonly string[],
  routeChecks: FactServices['routeChecks'],
): Promise<Map<string, RouteCheck>> {
  const checks = new Map<string, RouteCheck>();
  for (const route of routes) {
    const check = await routeChecks.get(route);
    if (check) checks.set(route, check);
  }
  return checks;
}
