import type { Ledger } from '../records/ledger.ts';
import type { LedgerIndexEntry } from '../records/ledger-entry.ts';
import { type HandOverServices, handOver } from './triage.ts';

/** Hands over what an earlier poll did not, unless a page contains it again: the watermark is about to pass it. */
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
