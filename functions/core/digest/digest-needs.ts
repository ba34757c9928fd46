import type { RouteCheck } from '../delivery/route-check.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { DamagedLine } from '../ledger/spool.ts';
import type { MailboxFailureKind } from '../mail/mailbox-failure.ts';
import type { MailboxHealth } from '../poll/watermark.ts';
import { type MailAccounts, missingFromSpool } from './digest-accounts.ts';
import type { DigestFacts, MailboxFacts } from './digest-facts.ts';
import { FAILING_MAILBOX_MS, STALE_ALERT_MS, unreadLimitMs } from './digest-limits.ts';
import { failureName } from './failure-name.ts';

/** Something that does not heal by itself. Told in every digest until it ends. */
export type Need =
  /** Alerts of one route that fail for one reason, oldest first; at least one. */
  | { kind: 'alerts undelivered'; route: string; reason: string; alerts: readonly LedgerEntry[] }
  /** Discord does not take posts for it, whether mail waits or not. */
  | { kind: 'route dead'; route: string; check: RouteCheck }
  | {
      kind: 'mailbox not read';
      mailbox: string;
      /** Undefined where it was never read. */
      since: Date | undefined;
      error: MailboxHealth['lastPollError'];
    }
  /** The ledger says that these are in the spool, and no readable line of it holds them. */
  | { kind: 'mail missing from the spool'; entries: readonly LedgerEntry[] }
  | { kind: 'spool damaged'; key: string; lines: readonly DamagedLine[] }
  | { kind: 'sums differ'; seen: number; unaccounted: number };

/** What a person must look at, the most urgent first. */
export function needsOf(facts: DigestFacts, accounts: MailAccounts): Need[] {
  const missing = missingFromSpool(facts);
  return [
    ...undeliveredAlerts(facts),
    ...[...facts.routeChecks].flatMap(([route, check]) =>
      check.state === 'dead' ? [{ kind: 'route dead', route, check } as const] : [],
    ),
    ...facts.mailboxes.flatMap((mailbox) => unreadMailbox(facts.at, mailbox)),
    ...(missing.length > 0 ? [{ kind: 'mail missing from the spool', entries: missing } as const] : []),
    ...facts.damaged.map(({ key, lines }) => ({ kind: 'spool damaged', key, lines }) as const),
    ...(accounts.unaccounted !== 0
      ? [{ kind: 'sums differ', seen: accounts.total.seen, unaccounted: accounts.unaccounted } as const]
      : []),
  ];
}

function undeliveredAlerts({ at, openAlerts }: DigestFacts): Need[] {
  const groups = new Map<string, Extract<Need, { kind: 'alerts undelivered' }> & { alerts: LedgerEntry[] }>();
  for (const alert of openAlerts.toSorted((one, other) => one.acceptedAt.getTime() - other.acceptedAt.getTime())) {
    if (alert.state !== 'dead' && at.getTime() - alert.acceptedAt.getTime() < STALE_ALERT_MS) continue;
    const { route, lastFailure } = alert;
    const reason = lastFailure ? failureName(lastFailure) : 'no post was tried';
    const key = JSON.stringify([route, reason]);
    const group = groups.get(key) ?? { kind: 'alerts undelivered', route, reason, alerts: [] };
    group.alerts.push(alert);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Failures of the connection come and go; all others stay until a person acts. */
const PASSING: ReadonlySet<string> = new Set<MailboxFailureKind>([
  'connection',
  'timeout',
  'closed by server',
  'bye',
  'throttled',
  'unavailable',
  'uidValidity changed',
]);

function unreadMailbox(at: Date, { mailbox, everyMinutes, health }: MailboxFacts): Need[] {
  const error = health?.lastPollError;
  const lastPollAt = health?.lastPollAt;
  const unread = !lastPollAt || at.getTime() - lastPollAt.getTime() > unreadLimitMs(everyMinutes);
  const failing = error && (!PASSING.has(error.kind) || at.getTime() - error.since.getTime() > FAILING_MAILBOX_MS);
  return unread || failing ? [{ kind: 'mailbox not read', mailbox, since: lastPollAt, error }] : [];
}
