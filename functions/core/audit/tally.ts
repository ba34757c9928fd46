import type { NewLedgerEntry } from '../ledger/ledger-entry.ts';
import { cutText } from '../mail/displayed-text.ts';
import { FINDINGS_NAMED } from './audit-limits.ts';
import type { AuditFinding, AuditReport } from './audit-report.ts';

/** What an audit has found so far. */
export type AuditTally = Pick<AuditReport, 'accounted' | 'recovered' | 'staleAlerts' | 'staleUnknown' | 'left'> & {
  /** Emails that the server listed. */
  listed: number;
  /** Of these, the ones that were expunged before they could be fetched, or are older than accounting is. */
  notAccountable: number;
  findings: AuditFinding[];
};

export function emptyTally(): AuditTally {
  return {
    listed: 0,
    notAccountable: 0,
    accounted: 0,
    recovered: 0,
    staleAlerts: 0,
    staleUnknown: 0,
    left: 0,
    findings: [],
  };
}

/** Enough to recognise a mail; the report stands in one item beside the watermark, which DynamoDB limits to 400 KB. */
const NAME_CHARACTERS = 200;

/** Names a finding, as long as there is room. */
export function name(
  tally: AuditTally,
  kind: AuditFinding['kind'],
  outcome: AuditFinding['outcome'],
  { mailId, location, route, record }: NewLedgerEntry,
): void {
  if (tally.findings.length >= FINDINGS_NAMED) return;
  const { from, subject } = record;
  tally.findings.push({
    kind,
    mailId,
    location,
    route,
    outcome,
    from: cutText(from, NAME_CHARACTERS),
    subject: cutText(subject, NAME_CHARACTERS),
  });
}
