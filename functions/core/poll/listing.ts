import type { ListedMail } from '../mail/mail-reader.ts';
import { WITHHELD } from '../mail/withheld-mail.ts';
import type { LedgerIndexEntry } from '../records/ledger-entry.ts';

/** What the server lists of a mailbox, above a uid. */
export type Listing = {
  aboveUid: number;
  mails: readonly ListedMail[];
  /** Whether the email that the ledger knows at a uid is no longer there; false below what was listed. */
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

/** Emails that the server received since then, and those of which it does not say when. */
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
  /** Listed, and the ledger does not answer for it by its place. */
  missing: readonly ListedMail[];
  /** Listed, and an entry without content stands for it: nothing of it could be read. */
  withheld: readonly ListedMail[];
  /** The lines of emails that are in the ledger and not handed over. */
  left: readonly LedgerIndexEntry[];
  /**
   * Another email is at a uid that the ledger knows: the server has renumbered its mailbox and kept UIDVALIDITY (RFC 3501,
   * 2.3.1.1, forbids that; bridges and restored backups do it).
   */
  isRenumbered: boolean;
};

/**
 * Compares a listing with the ledger's lines. Both ascend, so that one pass compares them, and no line is kept.
 *
 * @param linesSince lines from before say nothing of what is at their uids now: polls know that the server has renumbered
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

/** What one more line of the ledger says of the email that is listed at its uid. */
function knownWith(known: Known, line: LedgerIndexEntry, mail: ListedMail, linesSince: Date | undefined): Known {
  // Accepted and not handed over: it is below a watermark that was moved by hand, or is left from a poll that died.
  if (line.state === 'accepted') return known;
  const isOfNow = linesSince === undefined || line.acceptedAt >= linesSince;
  if (line.fingerprint === WITHHELD) return { ...known, isWithheld: isOfNow };
  if (!isSameEmail(line, mail)) return { ...known, isAnother: known.isAnother || isOfNow };
  return { ...known, isAnswered: known.isAnswered || isOfNow || line.fingerprint !== undefined };
}

const NOTHING_KNOWN: Known = { isAnswered: false, isAnother: false, isWithheld: false };
