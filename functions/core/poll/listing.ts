import type { ListedMail } from '../mail/mail-reader.ts';
import { WITHHELD } from '../mail/withheld-mail.ts';
import type { LedgerIndexEntry } from '../records/ledger-entry.ts';

/** What the server lists of a mailbox above a uid. */
export type Listing = {
  aboveUid: number;
  mails: readonly ListedMail[];
  /** Whether the email that the ledger knows at a uid is no longer there; false for uids below the listing. */
  isGone(entry: { uid: number; fingerprint?: string | undefined }): boolean;
};

export function listingOf(mails: readonly ListedMail[], aboveUid: number): Listing {
  const byUid = new Map(mails.map((mail) => [mail.uid, mail]));
  return {
    aboveUid,
    mails,
    isGone(entry) {
      if (entry.uid <= aboveUid) return false;
      const there = byUid.get(entry.uid);
      return there === undefined || !isSameEmail(entry, there);
    },
  };
}

/** Emails that the server received since then, and those whose time of receipt it does not report. */
export function receivedSince(mails: readonly ListedMail[], since: Date | undefined): readonly ListedMail[] {
  return since ? mails.filter(({ receivedAt }) => receivedAt === undefined || receivedAt >= since) : mails;
}

/** Whether both are one email, by their fingerprints. What cannot be compared counts as the same. */
export function isSameEmail(
  one: { fingerprint?: string | undefined },
  other: { fingerprint?: string | undefined },
): boolean {
  return one.fingerprint === undefined || other.fingerprint === undefined || one.fingerprint === other.fingerprint;
}

/** What the ledger knows of the uids of a listing. */
export type Compared = {
  /** Listed, and the ledger has no valid entry for its location. */
  missing: readonly ListedMail[];
  /** Listed, and represented by an entry without content, because the email could not be read. */
  withheld: readonly ListedMail[];
  /** The index entries of emails that are in the ledger and not handed over. */
  left: readonly LedgerIndexEntry[];
  /**
   * A uid that the ledger knows now has another email: the server has renumbered its mailbox and kept UIDVALIDITY,
   * which RFC 3501, 2.3.1.1, forbids, but bridges and restored backups do.
   */
  isRenumbered: boolean;
};

/**
 * Compares a listing with the ledger's index. Both are in ascending order, so one pass compares them, and no entry is
 * kept in memory.
 *
 * @param linesSince older index entries are ignored: polls know that the server has renumbered since then
 */
export async function compare(
  { mails }: Pick<Listing, 'mails'>,
  lines: AsyncIterable<LedgerIndexEntry>,
  linesSince: Date | undefined,
): Promise<Compared> {
  const missing: ListedMail[] = [];
  const withheld: ListedMail[] = [];
  const left: LedgerIndexEntry[] = [];
  let isRenumbered = false;
  let next = 0;
  let known: Known = NOTHING_KNOWN;
  const finish = (mail: ListedMail) => {
    if (!known.isAnswered) (known.isWithheld ? withheld : missing).push(mail);
    isRenumbered ||= known.isAnother && !known.isAnswered;
    known = NOTHING_KNOWN;
    next += 1;
  };
  for await (const line of lines) {
    if (line.state === 'accepted') left.push(line);
    for (let mail = mails[next]; mail !== undefined && mail.uid < line.uid; mail = mails[next]) finish(mail);
    const mail = mails[next];
    if (mail?.uid === line.uid) known = knownWith(known, line, mail, linesSince);
  }
  for (let mail = mails[next]; mail !== undefined; mail = mails[next]) finish(mail);
  return { missing, withheld, left, isRenumbered };
}

type Known = { isAnswered: boolean; isAnother: boolean; isWithheld: boolean };

/** What one more index entry says of the email that is listed at its uid. */
function knownWith(known: Known, line: LedgerIndexEntry, mail: ListedMail, linesSince: Date | undefined): Known {
  // Accepted and not handed over: it is below a watermark that was moved by hand, or a poll died.
  if (line.state === 'accepted') return known;
  const isOfNow = linesSince === undefined || line.acceptedAt >= linesSince;
  if (line.fingerprint === WITHHELD) return { ...known, isWithheld: isOfNow };
  if (!isSameEmail(line, mail)) return { ...known, isAnother: known.isAnother || isOfNow };
  return { ...known, isAnswered: known.isAnswered || isOfNow || line.fingerprint !== undefined };
}

const NOTHING_KNOWN: Known = { isAnswered: false, isAnother: false, isWithheld: false };
