import type { Handed, MethodLists } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import type { MailReader } from '../mail/mail-reader.ts';
import { pollFailureOf, throwTogether } from '../poll/poll-failure.ts';
import { FAILURE_RECORD_RESERVE_MS } from '../poll/poll-limits.ts';
import type { AuditReport } from '../records/audit-report.ts';
import type { Ledger } from '../records/ledger.ts';
import type { RouteQueues } from '../records/route-queues.ts';
import type { Spool } from '../records/spool.ts';
import type { Watermarks } from '../records/watermark.ts';
import type { Classifier } from '../rules/classify.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import type { Clock } from '../time.ts';
import { TimedOut, withTimeout } from '../time-out.ts';
import { AUDIT_DAYS, FINDINGS_NAMED, OPEN_ENTRIES_RESERVE_MS } from './audit-limits.ts';
import { auditMails, NO_MAILS } from './audited-mails.ts';
import { type Configured, handOverStale, NOTHING_STALE } from './stale-entries.ts';

type Ports = {
  reader: MailReader;
  watermarks: Watermarks;
  ledger: Ledger;
  routeQueues: RouteQueues;
  spool: Spool;
};

/** What an audit may call. The policy of audit-inbox derives from this list. */
export const AUDIT_INBOX_PORTS = {
  reader: ['visit'],
  watermarks: ['get', 'recordAudit'],
  ledger: ['find', 'accept', 'markDispatched', 'allOpenEntries', 'entriesAboveUid', 'relocate'],
  routeQueues: ['send'],
  spool: ['write', 'pending'],
} as const satisfies MethodLists<Ports>;

export type AuditServices = Handed<Ports, typeof AUDIT_INBOX_PORTS> & {
  classify: Classifier;
  /** Those of the settings: an alert of any other route has no queue. */
  routes: readonly string[];
  configured: Configured;
  clock: Clock;
  journal: Journal;
};

export type AuditOptions = {
  /** How many days back. The ledger keeps settled entries for 400 days; older email would be delivered again. */
  days?: number | 'all';
};

/**
 * Audits one mailbox: compares its emails, up to the watermark, with the ledger, and checks how long the ledger's open
 * entries have waited. Email that is missing in the ledger is accepted and handed over like new email; entries that
 * wait too long are handed over again.
 *
 * Safe to run during polls and other audits: email that two of them accept is accepted once, and email that is handed
 * over twice is posted or carried once.
 *
 * @param remainingMs the time this invocation has left, in milliseconds
 * @throws the failure of either half, after the other half is done
 */
export async function auditMailbox(
  polled: PolledMailbox,
  services: AuditServices,
  remainingMs: () => number,
  { days = AUDIT_DAYS }: AuditOptions = {},
): Promise<AuditReport> {
  const { watermarks, clock, journal } = services;
  const { mailbox } = polled;
  const late = new TimedOut(
    `${mailbox}: the audit timed out, because something that it waited for did not answer. The next audit looks again.`,
  );
  const untilFailureRecord = <T>(work: Promise<T>) =>
    withTimeout(remainingMs() - FAILURE_RECORD_RESERVE_MS, work, late);
  const untilTheOtherHalf = <T>(work: Promise<T>) =>
    withTimeout(remainingMs() - FAILURE_RECORD_RESERVE_MS - OPEN_ENTRIES_RESERVE_MS, work, late);
  try {
    const errors: unknown[] = [];
    const half = async <T>(work: Promise<T>, nothing: T): Promise<T> =>
      await work.catch((error: unknown) => {
        errors.push(error);
        return nothing;
      });
    // A mailbox that does not answer must not delay alerts, nor a queue that does not answer leave email missing.
    const time = { remainingMs, bounded: untilTheOtherHalf };
    const mails = await half(untilTheOtherHalf(auditMails(polled, days, services, time)), NO_MAILS);
    const stale = await half(untilFailureRecord(handOverStale(mailbox, services, remainingMs)), NOTHING_STALE);
    throwTogether(errors);
    const report: AuditReport = {
      ...{ mailbox, at: clock.now(), ...mails, ...stale },
      left: mails.left + stale.left,
      findings: [...mails.findings, ...stale.findings].slice(0, FINDINGS_NAMED),
    };
    await watermarks.recordAudit(report);
    journal({ kind: 'audit finished', report });
    return report;
  } catch (error) {
    journal({ kind: 'audit failed', mailbox, failure: pollFailureOf(error) });
    throw error;
  }
}
