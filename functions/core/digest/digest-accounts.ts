import { groupBy } from '../group-by.ts';
import { type LedgerEntry, type LedgerLine, UNKNOWN_ROUTE } from '../ledger/ledger-entry.ts';
import type { DigestFacts } from './digest-facts.ts';
import { HAND_OVER_MS, STALE_UNKNOWN_MS } from './digest-limits.ts';

export type RouteCounts = {
  route: string;
  /** Mails that polls have passed, and those beyond them that the audit found in the mailbox. */
  seen: number;
  /** Alerts that Discord has taken. */
  delivered: number;
  /** Alerts on their way, or waiting for a person. */
  undelivered: number;
  /** Unknown mails that a digest has carried, that this one carries, or that are on their way to the spool. */
  unknown: number;
  /** Mails that the audit brought back, wherever they are by now. */
  recovered: number;
  /** Mails that neither Discord nor a digest has shown yet, whenever they came and whatever was removed from the settings. */
  open: number;
};

/** Where every mail since the last digest is. */
export type MailAccounts = {
  /** Configured routes in their order, then others that have mail, then unknown mail. */
  routes: readonly RouteCounts[];
  total: RouteCounts;
  /** Mails seen that are nowhere: 0, unless something is wrong. */
  unaccounted: number;
  /** Mails that are somewhere and were not counted as seen: 0, unless an audit died before it could report. */
  uncounted: number;
};

/**
 * Counts the mail since the last digest. What was seen is counted by the polls, beside the watermark; where it is stands
 * in the ledger; and unknown mail counts only where the spool has it, whatever the ledger says. The audit's own figures,
 * which compare the mailbox with the ledger, are told beside it.
 */
export function accountsOf(facts: DigestFacts): MailAccounts {
  const counted = countedRoutes(facts);
  const open = openByRoute(facts);
  const others = new Set([...counted.keys(), ...open.keys()]);
  for (const route of [...facts.routes, UNKNOWN_ROUTE]) others.delete(route);
  const routes = [...facts.routes, ...[...others].sort(), UNKNOWN_ROUTE].map((route) => ({
    ...(counted.get(route) ?? { route, ...NOTHING }),
    open: open.get(route) ?? 0,
  }));
  const differences = routes.map((counts) => counts.seen - placed(counts));
  return {
    routes,
    total: routes.reduce(plus, { route: 'total', ...NOTHING, open: 0 }),
    unaccounted: differences.reduce((sum, difference) => sum + Math.max(0, difference), 0),
    uncounted: differences.reduce((sum, difference) => sum + Math.max(0, -difference), 0),
  };
}

/** What the columns of `seen` add up to, where everything is right. */
export function placed({
  delivered,
  undelivered,
  unknown,
  recovered,
}: Omit<RouteCounts, 'route' | 'seen' | 'open'>): number {
  return delivered + undelivered + unknown + recovered;
}

/**
 * Open unknown mail that no segment holds. The ledger marks a mail dispatched after its segment is written, and the
 * spool is listed after the digest began, so a dispatched mail that was not found there is lost from the spool. One that
 * is only accepted belongs to a poll that died; the next poll hands it over, and if none does, it is stale.
 */
export function missingFromSpool({ at, notInSpool }: DigestFacts): LedgerEntry[] {
  return notInSpool.filter(({ acceptedAt, dispatchedAt }) =>
    dispatchedAt
      ? at.getTime() - dispatchedAt.getTime() > HAND_OVER_MS
      : at.getTime() - acceptedAt.getTime() > STALE_UNKNOWN_MS,
  );
}

/** Of unknown mail, what this digest does not carry. */
function openByRoute({ openAlerts, notInSpool, heldBack }: DigestFacts): Map<string, number> {
  const open = new Map([...groupBy(openAlerts, ({ route }) => route)].map(([route, { length }]) => [route, length]));
  return open.set(UNKNOWN_ROUTE, notInSpool.length + heldBack.size);
}

const NOTHING = { seen: 0, delivered: 0, undelivered: 0, unknown: 0, recovered: 0 };

function countedRoutes(facts: DigestFacts): Map<string, Omit<RouteCounts, 'open'>> {
  const missing = new Set(missingFromSpool(facts).map(({ mailId }) => mailId));
  const lines = groupBy(
    facts.mailboxes.flatMap((mailbox) => mailbox.lines),
    ({ route }) => route,
  );
  const recovered = groupBy(
    facts.mailboxes.flatMap((mailbox) => mailbox.recovered),
    ({ route }) => route,
  );
  const passed = new Map<string, number>();
  for (const [route, count] of facts.mailboxes.flatMap(({ seen }) => [...seen])) {
    passed.set(route, (passed.get(route) ?? 0) + count);
  }
  const routes = new Set([...passed.keys(), ...lines.keys(), ...recovered.keys()]);
  return new Map(
    [...routes].map((route) => {
      const inLedger = lines.get(route) ?? [];
      const broughtBack = recovered.get(route)?.length ?? 0;
      const seen = seenOf(passed.get(route) ?? 0, { inLedger: inLedger.length, broughtBack });
      return [route, { route, seen, ...placesOf(inLedger, missing), recovered: broughtBack }];
    }),
  );
}

/**
 * What the audit brings back is either a mail that the polls had counted before it was lost, or one that they never saw.
 * The latter adds to what was seen: so many as the ledger has more than the polls have counted.
 */
function seenOf(passed: number, { inLedger, broughtBack }: { inLedger: number; broughtBack: number }): number {
  return passed + Math.min(broughtBack, Math.max(0, inLedger + broughtBack - passed));
}

function placesOf(lines: readonly LedgerLine[], missing: ReadonlySet<string>) {
  const counts = { delivered: 0, undelivered: 0, unknown: 0 };
  for (const { mailId, route, state } of lines) {
    if (route === UNKNOWN_ROUTE) counts.unknown += missing.has(mailId) ? 0 : 1;
    else if (state === 'settled') counts.delivered += 1;
    else counts.undelivered += 1;
  }
  return counts;
}

function plus(sum: RouteCounts, counts: RouteCounts): RouteCounts {
  return {
    route: sum.route,
    seen: sum.seen + counts.seen,
    delivered: sum.delivered + counts.delivered,
    undelivered: sum.undelivered + counts.undelivered,
    unknown: sum.unknown + counts.unknown,
    recovered: sum.recovered + counts.recovered,
    open: sum.open + counts.open,
  };
}
