import type { Ledger } from '../records/ledger.ts';
import type { Numbering } from '../records/watermark.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { MAILS_PER_PAGE } from './poll-limits.ts';

/** What the ledger remembers of a mailbox that has no watermark. */
export type LedgerTraces = {
  /** Under which its email was known last: the one of now where the ledger has any of it. */
  numbering: Numbering;
  /** The lowest uid that the ledger has under the numbering of now; undefined where it has none. */
  lowestUid: number | undefined;
  /** Polls have surely passed all email up to this uid, and may have passed more; undefined where that is not known. */
  passedUid: number | undefined;
  firstAcceptedAt: Date;
};

/**
 * Polls accept no more than one page above the watermark. Two polls at once can list different pages, hence the second
 * one: everything below so many entries was passed.
 */
const PERHAPS_NOT_PASSED = 2 * MAILS_PER_PAGE;

type Place = { uid: number; isAccepted: boolean };

/** Reads what the ledger has of a mailbox, under any of its names and uidValidities; undefined where it has nothing. */
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
  // An email that a poll never passed under its old uid has any uid now, also one below those that are known here.
  const passedUid = isAcceptedElsewhere ? undefined : passedAmong(here);
  return { numbering: { mailbox, uidValidity }, lowestUid: lowest.uid, passedUid, firstAcceptedAt };
}

/**
 * A poll accepts all emails of a page before it hands any of them over. So one that it had not accepted yet when it died
 * has, above it, only entries that are still `accepted`, and below it the last one that is not.
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
