import type { RouteCheck } from '../../delivery/route-check.ts';
import { groupBy } from '../../group-by.ts';
import type { LedgerEntry } from '../../ledger/ledger-entry.ts';
import type { DamagedLine } from '../../ledger/spool.ts';
import type { MailboxFailureKind } from '../../mail/mailbox-failure.ts';
import type { PathCheck } from '../../operator/operator-path.ts';
import { type MailboxHealth, type Restart, restartsOf, type Watermark } from '../../poll/watermark.ts';
import type { UnreadableLetter } from '../../ports.ts';
import { missingFromSpool } from '../accounts.ts';
import type { DeadLetterFacts } from '../dead-letter-facts.ts';
import { type DigestFacts, type MailboxFacts, recoveredMailIds } from '../facts.ts';
import { failureName } from '../failure-name.ts';
import { AUDIT_OVERDUE_MS, FAILING_MAILBOX_MS, STALE_ALERT_MS, unreadLimitMs } from '../limits.ts';
import { isWithin } from '../window.ts';
import { type AuditDifference, auditDifference } from './audit-differs.ts';

/** Something that does not heal by itself. Told in every digest until it ends. */
export type Need =
  /** Alerts of one route that fail for one reason, oldest first; at least one. */
  | {
      kind: 'alerts undelivered';
      route: string;
      /** The settings do not have the route any more, so nothing delivers them. */
      isRetired: boolean;
      reason: string;
      alerts: readonly LedgerEntry[];
    }
  /** Discord does not take posts for it, whether mail waits or not. */
  | { kind: 'route dead'; route: string; check: RouteCheck }
  /** Whatever fails from here on, nobody is told of it but by the next digest. */
  | { kind: 'alarms unheard'; check: PathCheck }
  | {
      kind: 'mailbox not read';
      mailbox: string;
      /** Undefined where it was never read. */
      since: Date | undefined;
      error: MailboxHealth['lastPollError'];
    }
  /** A mailbox that digests have reported on begins again: its watermark was lost, or it has none from before. Reported once. */
  | { kind: 'mailbox begins again'; watermark: Watermark; restarts: readonly Restart[] }
  /** Mail that stood nowhere. It is handed over now; that it was lost is what needs a person. Told once. */
  | {
      kind: 'mail recovered';
      mailbox: string;
      count: number;
      /** The first few, as they stand now. */
      entries: readonly LedgerEntry[];
    }
  /** Messages that name no email, so that nothing but a person can remove them; at least one. */
  | { kind: 'messages unreadable'; route: string; letters: readonly UnreadableLetter[] }
  | { kind: 'dead letters not read'; route: string; reason: string }
  | {
      kind: 'audit overdue';
      mailbox: string;
      /** Undefined where it was never audited. */
      since: Date | undefined;
    }
  /** The ledger says that these are in the spool, and no readable line of it holds them. */
  | { kind: 'mail missing from the spool'; entries: readonly LedgerEntry[] }
  /** Its open mail is neither polled for nor audited any more, and nothing of it is in this digest. */
  | { kind: 'mailbox left the settings'; mailbox: string; entries: readonly LedgerEntry[] }
  | { kind: 'spool damaged'; key: string; lines: readonly DamagedLine[] }
  /** Mailbox and ledger do not agree. */
  | ({ kind: 'audit differs' } & AuditDifference);

/** What a person must look at, the most urgent first. */
export function needsOf(facts: DigestFacts): Need[] {
  const missing = missingFromSpool(facts);
  return [
    ...undeliveredAlerts(facts),
    ...facts.mailboxes
      .flatMap(auditDifference)
      .map((difference) => ({ kind: 'audit differs', ...difference }) as const),
    ...[...facts.routeChecks].flatMap(([route, check]) =>
      check.state === 'dead' ? [{ kind: 'route dead', route, check } as const] : [],
    ),
    ...facts.mailboxes.flatMap((mailbox) => unreadMailbox(facts.at, mailbox)),
    ...facts.mailboxes.flatMap((mailbox) => mailboxBeginsAgain(mailbox, facts)),
    ...(facts.alarmPath?.state === 'closed' ? [{ kind: 'alarms unheard', check: facts.alarmPath } as const] : []),
    ...facts.mailboxes.flatMap((mailbox) => recoveredMail(mailbox, facts)),
    ...(missing.length > 0 ? [{ kind: 'mail missing from the spool', entries: missing } as const] : []),
    ...facts.deadLetters.flatMap(deadLetterNeeds),
    ...retiredMailboxes(facts),
    ...facts.mailboxes.flatMap((mailbox) => overdueAudit(facts.at, mailbox)),
    ...damagedSegments(facts.damaged),
  ];
}

export function damagedSegments(damaged: DigestFacts['damaged']): Need[] {
  return damaged.map(({ key, lines }) => ({ kind: 'spool damaged', key, lines }));
}

function undeliveredAlerts({ at, openAlerts, routes }: DigestFacts): Need[] {
  const waitTooLong = openAlerts.filter(
    ({ state, acceptedAt, route }) =>
      state === 'dead' || at.getTime() - acceptedAt.getTime() >= STALE_ALERT_MS || !routes.includes(route),
  );
  const groups = groupBy(waitTooLong, (alert) => JSON.stringify([alert.route, reasonOf(alert)]));
  return [...groups.values()].map((alerts) => {
    const [oldest] = alerts;
    const { route } = oldest;
    return { kind: 'alerts undelivered', route, isRetired: !routes.includes(route), reason: reasonOf(oldest), alerts };
  });
}

function reasonOf({ lastFailure }: LedgerEntry): string {
  return lastFailure ? failureName(lastFailure) : 'no post was tried';
}

/** In a first digest of all, a new mailbox is what the reader expects; it is in the health section. */
function mailboxBeginsAgain({ watermark }: MailboxFacts, { previousDigestAt, window }: DigestFacts): Need[] {
  if (!watermark) return [];
  const restarts = restartsOf(watermark).filter(({ at }) => isWithin(at, window));
  const isNew = previousDigestAt !== undefined && isWithin(watermark.beganAt, window);
  const isLost = restarts.some(({ reason }) => reason === 'watermark lost');
  return isNew || isLost ? [{ kind: 'mailbox begins again', watermark, restarts }] : [];
}

function recoveredMail(facts: MailboxFacts, { window, accepted, recovered }: DigestFacts): Need[] {
  const { mailbox, health } = facts;
  const mailIds = recoveredMailIds(facts, { window, accepted });
  const { lastAudit } = health ?? {};
  // The report counts what it cannot name, and the ledger knows what an earlier report named.
  const reported = lastAudit && isWithin(lastAudit.at, window) ? lastAudit.recovered : 0;
  const count = Math.max(reported, mailIds.size);
  if (count === 0) return [];
  return [{ kind: 'mail recovered', mailbox, count, entries: recovered.filter(({ mailId }) => mailIds.has(mailId)) }];
}

function deadLetterNeeds(facts: DeadLetterFacts): Need[] {
  const { route } = facts;
  if (facts.kind === 'not read') return [{ kind: 'dead letters not read', route, reason: facts.reason }];
  return facts.unreadable.length > 0 ? [{ kind: 'messages unreadable', route, letters: facts.unreadable }] : [];
}

function overdueAudit(at: Date, { mailbox, health, watermark }: MailboxFacts): Need[] {
  const since = health?.lastAudit?.at;
  const isDueSince = since ?? watermark?.beganAt;
  if (!isDueSince || at.getTime() - isDueSince.getTime() <= AUDIT_OVERDUE_MS) return [];
  return [{ kind: 'audit overdue', mailbox, since }];
}

function retiredMailboxes(facts: DigestFacts): Need[] {
  const configured = new Set(facts.mailboxes.flatMap(({ mailbox, formerly = [] }) => [mailbox, ...formerly]));
  const retired = [...facts.openAlerts, ...facts.notInSpool].filter(
    ({ location }) => !configured.has(location.mailbox),
  );
  return [...groupBy(retired, ({ location }) => location.mailbox)].map(([mailbox, entries]) => ({
    kind: 'mailbox left the settings',
    mailbox,
    entries,
  }));
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
