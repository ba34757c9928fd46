import type { DigestFacts, MailboxFacts } from '../../../functions/core/digest/facts.ts';
import { failureName } from '../../../functions/core/discord/failure-name.ts';
import type { AuditReport } from '../../../functions/core/records/audit-report.ts';
import type { DeliveryFailure } from '../../../functions/core/records/delivery-failure.ts';
import type { AcceptedEntry, LedgerEntry, LedgerState } from '../../../functions/core/records/ledger-entry.ts';
import type { SpoolLine } from '../../../functions/core/records/spool.ts';
import type { TargetCheck } from '../../../functions/core/records/target-check.ts';
import type { MailboxHealth, Restart, Watermark } from '../../../functions/core/records/watermark.ts';

/** When the digests of these tests are written. */
export const NOW = new Date('2026-03-20T07:30:00.000Z');

const HOUR_MS = 60 * 60 * 1000;
export const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR_MS);

/** Facts of a quiet day: one mailbox, read ten minutes ago, nothing new. */
export function factsOf(changes: Partial<DigestFacts> = {}): DigestFacts {
  return {
    at: NOW,
    mailboxes: [mailboxFacts()],
    window: { from: hoursAgo(24.25), until: hoursAgo(0.25) },
    accepted: [],
    routes: ['vip', 'stripe'],
    routeChecks: new Map(),
    deadLetters: [],
    alarmPath: undefined,
    openAlerts: [],
    notInSpool: [],
    recovered: [],
    carried: [],
    segmentKeys: [],
    heldBack: new Set(),
    previousDigestAt: hoursAgo(24),
    damaged: [],
    failureName,
    ...changes,
  };
}

export const WATERMARK: Watermark = {
  mailbox: 'support/INBOX',
  uidValidity: '7',
  lastUid: 100,
  baselineUid: 0,
  beganAt: hoursAgo(2000),
  accountedSince: undefined,
  restart: undefined,
};

export const RESTART: Restart = {
  reason: 'renumbered',
  at: new Date('2026-03-20T01:00:00Z'),
  mailbox: 'support/INBOX',
  uidValidity: '3',
  uidNext: 9,
  arrivalDecidesBelowUid: 9,
};

/** An audit that found everything in its place, two hours ago. */
export const AUDIT: AuditReport = {
  mailbox: 'support/INBOX',
  at: hoursAgo(2),
  inMailbox: 1204,
  accounted: 1204,
  recovered: 0,
  staleAlerts: 0,
  staleUnknown: 0,
  left: 0,
  findings: [],
};

/** A mailbox that is polled and audited without trouble. */
export function mailboxFacts(changes: Partial<MailboxFacts> & { history?: Partial<MailboxHealth> } = {}): MailboxFacts {
  const { history, ...rest } = changes;
  const health = 'health' in changes ? changes.health : healthOf(history);
  return { mailbox: 'support/INBOX', everyMinutes: 15, watermark: health?.watermark, ...rest, health };
}

function healthOf(history: Partial<MailboxHealth> = {}): MailboxHealth {
  return {
    watermark: WATERMARK,
    uidNext: 101,
    lastPollAt: hoursAgo(1 / 6),
    lastCompletePollAt: hoursAgo(1 / 6),
    lastPollError: undefined,
    lastDigestAt: hoursAgo(24),
    pollsSinceDigest: 96,
    failedPollsSinceDigest: 0,
    lastAudit: AUDIT,
    ...history,
  };
}

/** So many emails of one route in one state, accepted three hours ago. */
export function acceptedEntries(
  count: number,
  route: string,
  state: LedgerState,
  changes: Partial<AcceptedEntry> = {},
): AcceptedEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    mailId: `${route}-${state}-${index}`,
    mailbox: 'support/INBOX',
    route,
    state,
    acceptedAt: hoursAgo(3),
    isRecovery: false,
    ...changes,
  }));
}

export function spoolLine(changes: Partial<SpoolLine> = {}): SpoolLine {
  return {
    mailId: 'mail-1',
    mailbox: 'support/INBOX',
    uid: 1,
    uidValidity: '7',
    messageId: '<1@example.com>',
    from: 'Ada <ada@example.com>',
    to: 'support@example.com',
    subject: 'A question',
    date: hoursAgo(3).toISOString(),
    snippet: 'Could you call me back?',
    rule: null,
    reason: 'no rule matched',
    link: 'message:%3C1%40example.com%3E',
    ts: hoursAgo(3).toISOString(),
    ...changes,
  };
}

export function entryOf(changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    mailId: 'alert-1',
    location: { mailbox: 'support/INBOX', uidValidity: '7', uid: 1 },
    route: 'vip',
    rule: 'board',
    reason: null,
    record: {
      from: 'Ada <ada@example.com>',
      to: 'support@example.com',
      subject: 'Board meeting',
      snippet: 'It moves to Thursday.',
      date: hoursAgo(5).toISOString(),
      messageId: '<1@example.com>',
      link: 'message:%3C1%40example.com%3E',
    },
    acceptedAt: hoursAgo(5),
    state: 'dispatched',
    dispatchedAt: hoursAgo(5),
    settledAt: undefined,
    attempts: 0,
    lastFailure: undefined,
    postId: undefined,
    ...changes,
  };
}

export const DEAD_ROUTE = {
  checkedAt: hoursAgo(0.5),
  state: 'dead',
  since: hoursAgo(30),
  failure: {
    kind: 'target',
    status: 403,
    code: '50001',
    text: 'Missing Access (check channel 42)',
    at: hoursAgo(30),
  },
} as const satisfies TargetCheck;

export const MISSING_ACCESS: DeliveryFailure = {
  kind: 'target',
  status: 403,
  code: '50001',
  text: 'Discord answered 403, code 50001 Missing Access. Give the bot access to the channel.',
  at: hoursAgo(2),
};
