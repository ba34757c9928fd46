import type { LedgerLine } from '../ledger/ledger-entry.ts';
import type { Ledger } from '../ports.ts';
import { handOver, type TriageServices } from './triage.ts';
import type { Watermark } from './watermark.ts';

/**
 * What the ledger has above the watermark: an earlier poll took it in, and failed before it passed it. By now it may have
 * been expunged, so that no page brings it again. What is older than the baseline was counted when polls began again there.
 */
export async function leftBehind(
  { mailbox, uidValidity, lastUid, baselineAt }: Watermark,
  ledger: Pick<Ledger, 'linesAbove'>,
): Promise<LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for await (const line of ledger.linesAbove(mailbox, uidValidity, lastUid)) {
    if (line.acceptedAt >= baselineAt) lines.push(line);
  }
  return lines;
}

/** Hands over what the earlier poll did not: the watermark is about to pass it. */
export async function handOverLeftBehind(
  lines: readonly LedgerLine[],
  services: Omit<TriageServices, 'classify'>,
): Promise<void> {
  const accepted = lines.filter(({ state }) => state === 'accepted').map(({ mailId }) => mailId);
  if (accepted.length === 0) return;
  const entries = [...(await services.ledger.find(accepted)).values()];
  await handOver(
    entries.filter(({ state }) => state === 'accepted'),
    services,
  );
}
