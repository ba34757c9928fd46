import { groupBy } from '../group-by.ts';
import { type AcceptedEntry, COPY_ROUTE, type LedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import type { DigestFacts } from './facts.ts';
import { HAND_OVER_MS, STALE_UNKNOWN_MS } from './limits.ts';

export type RouteCounts = {
  route: string;
  /** Emails accepted within the digest's window: the sum of those delivered, undelivered and unknown. */
  received: number;
  /** Alerts that were posted. */
  delivered: number;
  /** Alerts that are on their way or wait for a person, and unknown emails that the spool has lost. */
  undelivered: number;
  /** Unknown emails that a digest has carried, that this one carries, or that are on their way to the spool. */
  unknown: number;
  /** Of those received, the ones that an audit found. */
  recovered: number;
  /** Emails that no post or digest has shown yet, of any age, including those of removed routes and mailboxes. */
  open: number;
};

/** The figures of a route in display order. */
export const COUNT_COLUMNS = ['received', 'delivered', 'undelivered', 'unknown', 'recovered', 'open'] as const;

/** Where every email of the digest's window is. */
export type MailCounts = {
  /** Configured routes in their order, then others that have email, then unknown email. */
  routes: readonly RouteCounts[];
  total: RouteCounts;
  /** Copies of known emails received within the window; they are not posted or shown again. */
  copies: number;
};

/**
 * Counts the emails of the digest's window in the ledger by route and state. The audit proves that the ledger has all
 * of them: it compares the mailbox with the ledger, and its figures are shown next to these.
 */
export function mailCountsOf(facts: DigestFacts): MailCounts {
  const missing = new Set(missingFromSpool(facts).map(({ mailId }) => mailId));
  const accepted = groupBy(facts.accepted, ({ route }) => route);
  const copies = accepted.get(COPY_ROUTE)?.length ?? 0;
  accepted.delete(COPY_ROUTE);
  const open = openByRoute(facts);
  const others = new Set([...accepted.keys(), ...open.keys()]);
  for (const route of [...facts.routes, UNKNOWN_ROUTE]) others.delete(route);
  const routes = [...facts.routes, ...[...others].sort(), UNKNOWN_ROUTE].map((route) => ({
    route,
    ...countsOf(accepted.get(route) ?? [], missing),
    open: open.get(route) ?? 0,
  }));
  return { routes, total: routes.reduce(plus, { route: 'total', ...countsOf([], missing), open: 0 }), copies };
}

/**
 * Open unknown email that is in no segment. The ledger marks an email as dispatched after its segment is written, and
 * the spool is listed after the digest began, so a dispatched email that is not in the spool is lost from it. An email
 * that is only accepted belongs to a poll that died; the next poll hands it over, or it becomes stale.
 */
export function missingFromSpool({ at, notInSpool }: DigestFacts): LedgerEntry[] {
  return notInSpool.filter(({ acceptedAt, dispatchedAt }) =>
    dispatchedAt
      ? at.getTime() - dispatchedAt.getTime() > HAND_OVER_MS
      : at.getTime() - acceptedAt.getTime() > STALE_UNKNOWN_MS,
  );
}

/** For unknown email, what this digest does not carry. */
function openByRoute({ openAlerts, notInSpool, heldBack }: DigestFacts): Map<string, number> {
  const open = new Map([...groupBy(openAlerts, ({ route }) => route)].map(([route, { length }]) => [route, length]));
  return open.set(UNKNOWN_ROUTE, notInSpool.length + heldBack.size);
}

function countsOf(
  accepted: readonly AcceptedEntry[],
  missing: ReadonlySet<string>,
): Omit<RouteCounts, 'route' | 'open'> {
  const counts = { received: accepted.length, delivered: 0, undelivered: 0, unknown: 0, recovered: 0 };
  for (const { mailId, route, state, isRecovery } of accepted) {
    if (isRecovery) counts.recovered += 1;
    if (missing.has(mailId)) counts.undelivered += 1;
    else if (route === UNKNOWN_ROUTE) counts.unknown += 1;
    else if (state === 'settled') counts.delivered += 1;
    else counts.undelivered += 1;
  }
  return counts;
}

function plus(sum: RouteCounts, counts: RouteCounts): RouteCounts {
  return {
    route: sum.route,
    received: sum.received + counts.received,
    delivered: sum.delivered + counts.delivered,
    undelivered: sum.undelivered + counts.undelivered,
    unknown: sum.unknown + counts.unknown,
    recovered: sum.recovered + counts.recovered,
    open: sum.open + counts.open,
  };
}
