import type { Ledger } from '../ports.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { MAILS_PER_PAGE } from './poll-limits.ts';
import type { Numbering } from './watermark.ts';

/** What the ledger remembers of a mailbox that has no watermark. */
export type LedgerTraces = {
  /** Under which its email was known last: the one of now where the ledger has any of it. */
  numbering: Numbering;
  /** Of the numbering of now; undefined where the ledger has nothing under it. */
  uids: { lowest: number; surelyPassed: number } | undefined;
  firstAcceptedAt: Date;
};

/**
 * A watermark that is lost stood below all that is not handed over, and polls take in no more than one page above it. Two
 * polls at once can list different pages, hence the second one: everything below so many entries was surely passed.
 */
const PERHAPS_NOT_PASSED = 2 * MAILS_PER_PAGE;

/** Reads what the ledger has of a mailbox, under any of its names and uidValidities; undefined where it has nothing. */
export async function tracesOf(
  { mailbox, formerly }: PolledMailbox,
  { uidValidity }: { uidValidity: string },
  ledger: Pick<Ledger, 'linesOfMailboxes'>,
): Promise<LedgerTraces | undefined> {
  const uids: number[] = [];
  let firstAcceptedAt: Date | undefined;
  let last: { acceptedAt: Date; numbering: Numbering } | undefined;
  for await (const line of ledger.linesOfMailboxes([mailbox, ...formerly])) {
    const { acceptedAt } = line;
    if (!firstAcceptedAt || acceptedAt < firstAcceptedAt) firstAcceptedAt = acceptedAt;
    if (line.mailbox === mailbox && line.uidValidity === uidValidity) uids.push(line.uid);
    else if (!last || acceptedAt > last.acceptedAt) {
      last = { acceptedAt, numbering: { mailbox: line.mailbox, uidValidity: line.uidValidity } };
    }
  }
  if (!firstAcceptedAt) return undefined;
  const [lowest] = uids.sort((one, other) => one - other);
  if (lowest === undefined) return last && { numbering: last.numbering, uids: undefined, firstAcceptedAt };
  const surelyPassed = uids[Math.max(0, uids.length - PERHAPS_NOT_PASSED)] ?? lowest;
  return { numbering: { mailbox, uidValidity }, uids: { lowest, surelyPassed }, firstAcceptedAt };
}
