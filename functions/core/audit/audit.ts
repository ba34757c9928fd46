import type { Handed, PortList } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import { inTime } from '../poll/overdue.ts';
import { pollFailureOf, throwTogether } from '../poll/poll-failure.ts';
import { POLL_LAST_WORDS_MS } from '../poll/poll-limits.ts';
import type { Clock } from '../ports.ts';
import type { Classifier } from '../rules/classify.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { AUDIT_DAYS, OPEN_ENTRIES_RESERVE_MS } from './audit-limits.ts';
import type { AuditReport } from './audit-report.ts';
import { auditMails } from './audited-mails.ts';
import { type Configured, handOverStale } from './stale-entries.ts';
import { type AuditTally, emptyTally } from './tally.ts';

/** What an audit may call. The policy of audit-inbox derives from this list. */
export const AUDIT_INBOX_PORTS = {
  reader: ['visit'],
  watermarks: ['get', 'recordAudit'],
  ledger: ['find', 'accept', 'markDispatched', 'allOpenEntries', 'linesAbove', 'relocate'],
  routeQueues: ['send'],
  spool: ['write', 'pending'],
} as const satisfies PortList;

export type AuditServices = Handed<typeof AUDIT_INBOX_PORTS> & {
  classify: Classifier;
  /** Those of the settings: an alert of any other one has no queue. */
  routes: readonly string[];
  configured: Configured;
  clock: Clock;
  journal: Journal;
};

export type AuditOptions = {
  /** How far back; the ledger keeps what is settled for 400 days, and mail that it has forgotten is delivered again. */
  days?: number | 'all';
};

/**
 * Audits one mailbox: its mails against the ledger, up to the watermark, and the ledger's open entries against the clock.
 * What stands nowhere is accepted and handed over like new mail; what waits too long is handed over again.
 *
 * Safe beside polls and other audits: what two of them accept is accepted once, and what is handed over twice is posted
 * or carried once.
 *
 * @param remainingMs the time this invocation has left, in milliseconds
 * @throws the failure of either half, after the other half has been done
 */
export async function auditMailbox(
  polled: PolledMailbox,
  services: AuditServices,
  remainingMs: () => number,
  { days = AUDIT_DAYS }: AuditOptions = {},
): Promise<AuditReport> {
  const { watermarks, clock, journal } = services;
  const { mailbox } = polled;
  const tally = emptyTally();
  const how = () => `${mailbox}: the audit, after ${tally.accounted} mails that are accounted for`;
  const untilLastWords = <T>(work: Promise<T>) => inTime(remainingMs() - POLL_LAST_WORDS_MS, work, how);
  const untilTheOtherHalf = <T>(work: Promise<T>) =>
    inTime(remainingMs() - POLL_LAST_WORDS_MS - OPEN_ENTRIES_RESERVE_MS, work, how);
  try {
    await bothHalves(
      () => untilTheOtherHalf(auditMails(polled, days, services, { remainingMs, bounded: untilTheOtherHalf }, tally)),
      () => untilLastWords(handOverStale(mailbox, services, remainingMs, tally)),
    );
    const report = reportOf(mailbox, clock.now(), tally);
    await watermarks.recordAudit(report);
    journal({ kind: 'audit finished', report });
    return report;
  } catch (error) {
    journal({ kind: 'audit failed', mailbox, failure: pollFailureOf(error) });
    throw error;
  }
}

/** A mailbox that does not answer must not keep alerts waiting, nor a queue that does not answer keep mail missing. */
async function bothHalves(...halves: (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const half of halves) await half().catch((error: unknown) => errors.push(error));
  throwTogether(errors);
}

function reportOf(mailbox: string, at: Date, { notAccountable, listed, ...figures }: AuditTally): AuditReport {
  return { mailbox, at, inMailbox: listed - notAccountable, ...figures };
}
