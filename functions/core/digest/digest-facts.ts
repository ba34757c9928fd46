import type { RouteCheck } from '../delivery/route-check.ts';
import { type LedgerEntry, type LedgerLine, UNKNOWN_ROUTE } from '../ledger/ledger-entry.ts';
import type { MailboxHealth } from '../poll/watermark.ts';
import type { Ledger, RouteChecks, Spool, Watermarks } from '../ports.ts';
import { type PendingMail, readPendingMail } from './pending-mail.ts';

/** A mailbox that a digest answers for, such as `support/INBOX`, and how often it is polled. */
export type DigestMailbox = { mailbox: string; everyMinutes: number };

/** What is known of one mailbox when a digest is written. */
export type MailboxFacts = DigestMailbox & {
  /** Undefined where no poll has run yet, good or bad. */
  health: MailboxHealth | undefined;
  /** Ledger lines of mail accepted from this mailbox's last digest on and before this one. */
  lines: readonly LedgerLine[];
};

/** Everything that a digest is made of, as read from watermarks, ledger and spool. */
export type DigestFacts = {
  at: Date;
  mailboxes: readonly MailboxFacts[];
  /** Configured routes, in the order of the settings. */
  routes: readonly string[];
  /** Of configured routes, as far as they have been checked. */
  routeChecks: ReadonlyMap<string, RouteCheck>;
  /** Alerts of all routes that are not settled. */
  openAlerts: readonly LedgerEntry[];
  /** Unknown mails that are not settled. */
  openUnknown: readonly LedgerEntry[];
} & PendingMail;

/**
 * Reads everything that a digest is made of. The spool comes first: what the ledger then calls dispatched before `at`
 * has to be in it.
 *
 * @throws whatever a service throws; nothing is changed
 */
export async function readDigestFacts(
  {
    watermarks,
    ledger,
    spool,
    routeChecks,
  }: { watermarks: Watermarks; ledger: Ledger; spool: Spool; routeChecks: RouteChecks },
  { mailboxes, routes }: { mailboxes: readonly DigestMailbox[]; routes: readonly string[] },
  at: Date,
): Promise<DigestFacts> {
  const pending = await readPendingMail(spool, ledger);
  const lookedUp = await Promise.all(mailboxes.map((mailbox) => readMailbox(mailbox, watermarks, ledger, at)));
  // A route that left the settings can still have alerts that wait.
  const known = new Set([...routes, ...lookedUp.flatMap((mailbox) => [...mailbox.routes])]);
  known.delete(UNKNOWN_ROUTE);
  const openAlerts = await Promise.all([...known].map((route) => listOf(ledger.openEntries(route))));
  return {
    at,
    mailboxes: lookedUp,
    routes,
    routeChecks: await checksOf(routes, routeChecks),
    openAlerts: openAlerts.flat(),
    openUnknown: await listOf(ledger.openEntries(UNKNOWN_ROUTE)),
    ...pending,
  };
}

async function checksOf(routes: readonly string[], routeChecks: RouteChecks): Promise<Map<string, RouteCheck>> {
  const checks = new Map<string, RouteCheck>();
  for (const route of routes) {
    const check = await routeChecks.get(route);
    if (check) checks.set(route, check);
  }
  return checks;
}

/** Lines of both uidValidities: mail accepted before a change keeps its place in the counts. */
async function readMailbox({ mailbox, everyMinutes }: DigestMailbox, watermarks: Watermarks, ledger: Ledger, at: Date) {
  const health = await watermarks.get(mailbox);
  const since = health?.lastDigestAt ?? new Date(0);
  const lines: LedgerLine[] = [];
  const routes = new Set<string>();
  const { watermark } = health ?? {};
  for (const uidValidity of new Set([watermark?.previousUidValidity, watermark?.uidValidity])) {
    if (uidValidity === undefined) continue;
    for await (const line of ledger.linesAbove(mailbox, uidValidity, 0)) {
      routes.add(line.route);
      if (line.acceptedAt >= since && line.acceptedAt < at) lines.push(line);
    }
  }
  return { mailbox, everyMinutes, health, lines, routes };
}

async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
