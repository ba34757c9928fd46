import { type DamagedLine, parseSegment, type SpoolLine } from '../ledger/spool.ts';
import type { Ledger, Spool } from '../ports.ts';
import { CARRIED_CHARACTERS } from './digest-limits.ts';

/** What the spool holds for a digest. */
export type PendingMail = {
  /** The mails that the digest carries: each once, and none that is settled. */
  carried: readonly SpoolLine[];
  /** The segments that were read for it; they move once the digest is sent. */
  segmentKeys: readonly string[];
  /** Ids of mails in segments that wait for the next digest, since this one is full. */
  heldBack: ReadonlySet<string>;
  /** Lines that no longer read as they were written, by the segment they stand in. */
  damaged: readonly { key: string; lines: readonly DamagedLine[] }[];
};

/**
 * Reads pending segments, whole ones only, until one digest is full. A segment written meanwhile may or may not be among
 * them; only those named in `segmentKeys` may be moved.
 */
export async function readPendingMail(spool: Spool, ledger: Ledger): Promise<PendingMail> {
  const byMailId = new Map<string, SpoolLine>();
  const segmentKeys: string[] = [];
  const heldBack = new Set<string>();
  const damaged: { key: string; lines: DamagedLine[] }[] = [];
  let characters = 0;
  for await (const { key, text } of spool.pending()) {
    const segment = parseSegment(text);
    characters += text.length;
    // The first segment is taken whatever its size: a digest that carries nothing would never come to the end of it.
    if (characters > CARRIED_CHARACTERS && segmentKeys.length > 0) {
      for (const { mailId } of segment.lines) heldBack.add(mailId);
      continue;
    }
    segmentKeys.push(key);
    for (const line of segment.lines) byMailId.set(line.mailId, line);
    if (segment.damaged.length > 0) damaged.push({ key, lines: segment.damaged });
  }
  const entries = await ledger.find([...byMailId.keys()]);
  const carried = [...byMailId.values()].filter(({ mailId }) => entries.get(mailId)?.state !== 'settled');
  for (const mailId of byMailId.keys()) heldBack.delete(mailId);
  return { carried, segmentKeys, heldBack, damaged };
}
