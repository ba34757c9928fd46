import type { Ledger } from '../records/ledger.ts';
import type { Numbering } from '../records/watermark.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { MAILS_PER_PAGE } from './poll-limits.ts';

/** What the ledger knows of a mailbox that has no watermark. */
export type LedgerTraces = {
  /** The numbering under which its email was last known: the current one if the ledger has any email of it. */
  numbering: Numbering;
  /** The lowest uid that the ledger has under the current numbering; undefined if it has none. */
  lowestUid: number | undefined;
  /** Polls have certainly passed all email up to this uid, and may have passed more; undefined if that is not known. */
  passedUid: number | undefined;
  firstAcceptedAt: Date;
};

/**
 * Polls accept at most one page above the watermark. Two polls at once can list different pages, hence the factor of
 * two: everything below that many entries was passed.
 */
const PERHAPS_NOT_PASSED = 2 * MAILS_PER_PAGE;

type Place = { uid: number; isAccepted: boolean };

/** Reads what the ledger has of a mailbox, under any of its names and uidValidities; undefined if it has nothing. */
export async function tracesOf(
  { mailbox, formerly }: PolledMailbox,
  { uidValidity }: { uidValidity: string },
  ledger: Pick<Ledger, 'entriesOfMailboxes'>,
): Promise<LedgerTraces | undefined> {
  const here: Place[] = [];
  let isAcceptedElsewhere = false;
  let firstAcceptedAt: Date | undefined;
  let last: { acceptedAt: Date; numbering: Numbering } | undefined;
  for await (const { uid, state, acceptedAt, ...line } of ledger.entriesOfMailboxes([mailbox, ...formerly])) {
    if (!firstAcceptedAt || acceptedAt < firstAcceptedAt) firstAcceptedAt = acceptedAt;
    if (line.mailbox === mailbox && line.uidValidity === uidValidity) {
      here.push({ uid, isAccepted: state === 'accepted' });
      continue;
    }
    isAcceptedElsewhere ||= state === 'accepted';
    if (!last || acceptedAt > last.acceptedAt) {
      last = { acceptedAt, numbering: { mailbox: line.mailbox, uidValidity: line.uidValidity } };
    }
  }
  if (!firstAcceptedAt) return undefined;
  here.sort((one, other) => one.uid - other.uid);
  const [lowest] = here;
  if (!lowest)
    return last && { numbering: last.numbering, lowestUid: undefined, passedUid: undefined, firstAcceptedAt };
  // An email that a poll never passed under its old uid may have any uid now, even one below the known ones.
  const passedUid = isAcceptedElsewhere ? undefined : passedAmong(here);
  return { numbering: { mailbox, uidValidity }, lowestUid: lowest.uid, passedUid, firstAcceptedAt };
}

/**
 * A poll accepts all emails of a page before it hands any of them over. So if it died before it accepted an email, all
 * entries above that email are still `accepted`, and the last entry in another state is below it.
 *
 * @param here by uid; at least one
 */
function passedAmong(here: readonly Place[]): number | undefined {
  const firstAccepted = here.findIndex(({ isAccepted }) => isAccepted);
  const passed = here[(firstAccepted < 0 ? here.length : firstAccepted) - 1];
  if (!passed) return undefined;
  const beforePages = here[Math.max(0, here.length - PERHAPS_NOT_PASSED)] ?? passed;
  return Math.min(passed.uid, beforePages.uid - 1);
}
