import type { Ledger } from '../records/ledger.ts';
import type { LedgerEntry } from '../records/ledger-entry.ts';
import { type DamagedLine, parseSegment, type Spool, type SpoolLine } from '../records/spool.ts';
import { CARRIED_BYTES } from './limits.ts';

/** What the spool holds for a digest. */
export type PendingMail = {
  /** The emails that the digest carries: each once, and none that is settled. */
  carried: readonly SpoolLine[];
  /** The segments that it carries completely; they are archived once the digest is sent. */
  segmentKeys: readonly string[];
  /** Ids of emails that wait for the next digest email, since this one is full. */
  heldBack: ReadonlySet<string>;
  /** Lines of these segments that were damaged after they were written. */
  damaged: readonly { key: string; lines: readonly DamagedLine[] }[];
};

/**
 * Reads pending segments until one digest email is full. A segment that is carried in part stays; the emails already
 * carried are settled by then, so the next digest email continues after them. A segment written meanwhile may or may
 * not be included; only those in `segmentKeys` may be archived.
 */
export async function readPendingMail(
  spool: Pick<Spool, 'pending'>,
  ledger: Pick<Ledger, 'find'>,
): Promise<PendingMail> {
  const carried = new Map<string, SpoolLine>();
  const segmentKeys: string[] = [];
  const heldBack = new Set<string>();
  const damaged: { key: string; lines: DamagedLine[] }[] = [];
  let bytes = 0;
  for await (const { key, text } of spool.pending()) {
    const segment = parseSegment(text);
    // Once the email is full, the rest is only counted.
    const entries = heldBack.size > 0 ? NOTHING_KNOWN : await ledger.find(segment.lines.map(({ mailId }) => mailId));
    let isWhole = true;
    for (const line of segment.lines) {
      if (carried.has(line.mailId) || entries.get(line.mailId)?.state === 'settled') continue;
      bytes += Buffer.byteLength(jsonLineOf(line));
      if (bytes <= CARRIED_BYTES) carried.set(line.mailId, line);
      else {
        heldBack.add(line.mailId);
        isWhole = false;
      }
    }
    if (!isWhole) continue;
    segmentKeys.push(key);
    if (segment.damaged.length > 0) damaged.push({ key, lines: segment.damaged });
  }
  return { carried: [...carried.values()], segmentKeys, heldBack, damaged };
}

/** An email as a line of the spool and of the attachment. */
export function jsonLineOf(line: SpoolLine): string {
  return `${JSON.stringify(line)}\n`;
}

const NOTHING_KNOWN: ReadonlyMap<string, LedgerEntry> = new Map();
