import { type LedgerEntry, type LedgerLine, UNKNOWN_ROUTE } from '../ledger/ledger-entry.ts';
import type { DigestFacts } from './digest-facts.ts';
import { HAND_OVER_MS, STALE_UNKNOWN_MS } from './digest-limits.ts';

export type RouteCounts = {
  route: string;
  /** Mails that the ledger accepted. */
  seen: number;
  /** Alerts that Discord has taken. */
  delivered: number;
  /** Alerts on their way. */
  waiting: number;
  /** Alerts that wait for a person. */
  dead: number;
  /** Unknown mails that a digest has carried, that this one carries, or that are on their way to the spool. */
  unknown: number;
};

/** Where every mail since the last digest is. */
export type MailAccounts = {
  /** Configured routes in their order, then others that the ledger knows, then unknown mail. */
  routes: readonly RouteCounts[];
  total: RouteCounts;
  /** Mails seen that are nowhere: 0, unless something is wrong. */
  unaccounted: number;
};

/**
 * Counts the mail since the last digest. `seen` is counted apart from where mails went: unknown mail counts as accounted
 * only where the spool has it, whatever the ledger says of it.
 */
export function accountsOf(facts: DigestFacts): MailAccounts {
  const lines = facts.mailboxes.flatMap((mailbox) => mailbox.lines);
  const missing = new Set(missingFromSpool(facts).map(({ mailId }) => mailId));
  const others = new Set(lines.map(({ route }) => route).filter((route) => !facts.routes.includes(route)));
  others.delete(UNKNOWN_ROUTE);
  const routes = [...facts.routes, ...[...others].sort(), UNKNOWN_ROUTE].map((route) =>
    countsOf(
      route,
      lines.filter((line) => line.route === route),
      missing,
    ),
  );
  const total = routes.reduce((sum, counts) => ({
    route: 'total',
    seen: sum.seen + counts.seen,
    delivered: sum.delivered + counts.delivered,
    waiting: sum.waiting + counts.waiting,
    dead: sum.dead + counts.dead,
    unknown: sum.unknown + counts.unknown,
  }));
  return { routes, total, unaccounted: total.seen - total.delivered - total.waiting - total.dead - total.unknown };
}

/**
 * Open unknown mail that no segment holds. The ledger marks a mail dispatched after its segment is written, and the
 * spool is listed after the digest began, so a dispatched mail that was not found there is lost from the spool. One that
 * is only accepted belongs to a poll that died; the next poll hands it over, and if none does, it is stale.
 */
export function missingFromSpool({ at, openUnknown, carried, heldBack }: DigestFacts): LedgerEntry[] {
  const inSpool = new Set(carried.map(({ mailId }) => mailId));
  return openUnknown.filter(({ mailId, acceptedAt, dispatchedAt }) => {
    if (inSpool.has(mailId) || heldBack.has(mailId)) return false;
    return dispatchedAt
      ? at.getTime() - dispatchedAt.getTime() > HAND_OVER_MS
      : at.getTime() - acceptedAt.getTime() > STALE_UNKNOWN_MS;
  });
}

function countsOf(route: string, lines: readonly LedgerLine[], missing: ReadonlySet<string>): RouteCounts {
  const counts: RouteCounts = { route, seen: lines.length, delivered: 0, waiting: 0, dead: 0, unknown: 0 };
  for (const { mailId, state } of lines) {
    if (route === UNKNOWN_ROUTE) counts.unknown += missing.has(mailId) ? 0 : 1;
    else if (state === 'settled') counts.delivered += 1;
    else if (state === 'dead') counts.dead += 1;
    else counts.waiting += 1;
  }
  return counts;
}
