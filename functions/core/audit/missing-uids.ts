import type { Ledger } from '../records/ledger.ts';
import type { LedgerIndexEntry } from '../records/ledger-entry.ts';
import type { AuditedRange } from './audited-range.ts';

/**
 * The uids that the ledger does not answer for by their place. Both lists ascend, so that one pass holds them against
 * each other, and no line is kept.
 *
 * @param uids ascending
 */
export async function missingUids(
  uids: readonly number[],
  { mailbox, uidValidity, linesSince }: AuditedRange,
  ledger: Pick<Ledger, 'entriesAboveUid'>,
): Promise<number[]> {
  const [first] = uids;
  if (first === undefined) return [];
  const without: number[] = [];
  let next = 0;
  for await (const line of ledger.entriesAboveUid(mailbox, uidValidity, first - 1)) {
    for (let uid = uids[next]; uid !== undefined && uid < line.uid; uid = uids[next]) {
      without.push(uid);
      next += 1;
    }
    if (next === uids.length) break;
    if (uids[next] === line.uid && answersFor(line, linesSince)) next += 1;
  }
  return without.concat(uids.slice(next));
}

/** A mail that was accepted and is still not handed over stands below a watermark that somebody has moved. */
function answersFor({ state, acceptedAt }: LedgerIndexEntry, linesSince: Date | undefined): boolean {
  return state !== 'accepted' && (linesSince === undefined || acceptedAt >= linesSince);
}
