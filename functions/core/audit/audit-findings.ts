import { cutText } from '../mail/displayed-text.ts';
import type { AuditFinding } from '../records/audit-report.ts';
import type { NewLedgerEntry } from '../records/ledger-entry.ts';

/** Enough to recognise an email; the report is in the watermark's item, which DynamoDB limits to 400 KB. */
const NAME_CHARACTERS = 200;

/** What an audit found about one email, as shown in its report. */
export function findingOf(
  kind: AuditFinding['kind'],
  outcome: AuditFinding['outcome'],
  { mailId, location, route, record }: NewLedgerEntry,
): AuditFinding {
  const { from, subject } = record;
  return {
    kind,
    mailId,
    location,
    route,
    outcome,
    from: cutText(from, NAME_CHARACTERS),
    subject: cutText(subject, NAME_CHARACTERS),
  };
}
