import type { Ledger } from '../records/ledger.ts';
import type { LedgerIndexEntry } from '../records/ledger-entry.ts';
import type { Watermark } from '../records/watermark.ts';
import { type HandOverServices, handOver } from './triage.ts';

/**
 * What an earlier poll accepted above the watermark and failed to send on. By now it may have been expunged, so that no
 * page brings it again.
 */
export async function leftBehind(
  { mailbox, uidValidity, lastUid }: Watermark,
  ledger: Pick<Ledger, 'entriesAboveUid'>,
): Promise<LedgerIndexEntry[]> {
  const lines: LedgerIndexEntry[] = [];
  for await (const line of ledger.entriesAboveUid(mailbox, uidValidity, lastUid)) {
    if (line.state === 'accepted') lines.push(line);
  }
  return lines;
}

/** Hands over what the earlier poll did not, unless a page has brought it again: the watermark is about to pass it. */
export async function handOverLeftBehind(
  lines: readonly LedgerIndexEntry[],
  services: HandOverServices & { ledger: Pick<Ledger, 'find'> },
): Promise<void> {
  if (lines.length === 0) return;
  const entries = [...(await services.ledger.find(lines.map(({ mailId }) => mailId))).values()];
  await handOver(
    entries.filter(({ state }) => state === 'accepted'),
    services,
  );
}
