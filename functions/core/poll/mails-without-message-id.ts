import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import { type Mail, type MailRecord, recordOf } from '../mail/mail.ts';
import { LEDGER_CONCURRENCY, type Ledger } from '../records/ledger.ts';
import type { LedgerEntry } from '../records/ledger-entry.ts';
import { isSameNumbering, type Numbering, type Restart } from '../records/watermark.ts';
import type { Listing } from './listing.ts';
import { MAILS_PER_PAGE } from './poll-limits.ts';

type Services = Pick<Ledger, 'find' | 'entriesAboveUid' | 'relocate'>;

/**
 * Email without a Message-ID is identified by its location, so all of it looks new when a server renumbers or renames
 * its mailbox. Email that was there at that time is recognised by comparing it with its entry; each entry matches one
 * email.
 *
 * @param numbering the current one. The restart has the numbering under which the email was known before; earlier
 *   restarts are needed too, since email that no poll reads again keeps their numbering until an audit relocates it.
 */
export function mailsWithoutMessageId(
  numbering: Numbering & {
    restart: Pick<Restart, 'mailbox' | 'uidValidity' | 'uidNext'> | undefined;
    earlierRestarts?: readonly Numbering[] | undefined;
    /** Whether an email is no longer at the location that the ledger has under the current numbering. */
    isGone: Listing['isGone'];
  },
  ledger: Services,
) {
  const { mailbox, uidValidity, restart, earlierRestarts = [], isGone } = numbering;
  let entries: Promise<Map<string, LedgerEntry[]>> | undefined;

  async function entriesWithoutMessageId(before: readonly Numbering[]): Promise<Map<string, LedgerEntry[]>> {
    const mailIds: string[] = [];
    // An audit that ran before the poll has relocated email to the current numbering, under the former name.
    const sinceRelocated = before.map((former) => ({ mailbox: former.mailbox, uidValidity }));
    for (const other of distinct([...before, ...sinceRelocated])) {
      // A server that reuses its uids keeps UIDVALIDITY.
      const isOfNow = isSameNumbering(other, numbering);
      for await (const line of ledger.entriesAboveUid(other.mailbox, other.uidValidity, 0)) {
        if (!isOfNow || isGone(line)) mailIds.push(line.mailId);
      }
    }
    const found = await findAll(mailIds, ledger);
    return groupBy(
      found.filter(({ record }) => record.messageId === null),
      ({ record }) => contentOf(record),
    );
  }

  async function mailIdsAt(uids: ReadonlySet<number>): Promise<string[]> {
    const mailIds: string[] = [];
    const highest = Math.max(...uids);
    for await (const { uid, mailId } of ledger.entriesAboveUid(mailbox, uidValidity, Math.min(...uids) - 1)) {
      if (uid > highest) break;
      if (uids.has(uid)) mailIds.push(mailId);
    }
    return mailIds;
  }

  /**
   * Entries that another poll or audit has relocated to these locations; `perhaps` are ids that the index may not show
   * yet.
   */
  async function entriesHere(mails: readonly Mail[], perhaps: readonly string[] = []): Promise<Map<Mail, LedgerEntry>> {
    if (mails.length === 0) return new Map();
    const byUid = new Map(mails.map((mail) => [mail.location.uid, mail]));
    const mailIds = [...new Set([...(await mailIdsAt(new Set(byUid.keys()))), ...perhaps])];
    const here = (await findAll(mailIds, ledger)).filter(({ location }) => isSameNumbering(location, numbering));
    return new Map(
      here.flatMap((entry) => {
        const mail = byUid.get(entry.location.uid);
        const isIt = mail && mail.mailId !== entry.mailId && contentOf(entry.record) === contentOf(recordOf(mail));
        return isIt ? [[mail, entry] as const] : [];
      }),
    );
  }

  /** @returns the entries that it recognised, and those that another poll or audit has relocated meanwhile */
  async function relocateAlike(mails: readonly Mail[], byContent: ReadonlyMap<string, LedgerEntry[]>) {
    const recognised = new Map<Mail, LedgerEntry>();
    const elsewhere: string[] = [];
    await pMap(
      mails,
      async (mail) => {
        const entry = byContent.get(contentOf(recordOf(mail)))?.shift();
        if (!entry) return;
        if (await ledger.relocate(entry.mailId, entry.location, mail)) {
          recognised.set(mail, { ...entry, location: mail.location });
        } else elsewhere.push(entry.mailId);
      },
      { concurrency: LEDGER_CONCURRENCY },
    );
    return { recognised, elsewhere };
  }

  return {
    /** @returns the entries of such emails, relocated to the emails' current locations */
    async recognise(page: readonly Mail[]): Promise<ReadonlyMap<Mail, LedgerEntry>> {
      if (!restart) return new Map();
      const candidates = page.filter(({ messageId, location }) => !messageId && location.uid < restart.uidNext);
      if (candidates.length === 0) return new Map();
      const here = await entriesHere(candidates);
      entries ??= entriesWithoutMessageId([restart, ...earlierRestarts]);
      const { recognised, elsewhere } = await relocateAlike(
        candidates.filter((mail) => !here.has(mail)),
        await entries,
      );
      // A concurrent poll may have just recognised one of these, which is then not new.
      const unknown = candidates.filter((mail) => !here.has(mail) && !recognised.has(mail));
      return new Map([...here, ...recognised, ...(await entriesHere(unknown, elsewhere))]);
    },
  };
}

async function findAll(mailIds: readonly string[], ledger: Services): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  for (let from = 0; from < mailIds.length; from += MAILS_PER_PAGE) {
    found.push(...(await ledger.find(mailIds.slice(from, from + MAILS_PER_PAGE))).values());
  }
  return found;
}

function contentOf({ from, to, subject, date, snippet }: MailRecord): string {
  return JSON.stringify([from, to, subject, date, snippet]);
}

function distinct(numberings: readonly Numbering[]): Numbering[] {
  return numberings.filter(
    (numbering, index) => numberings.findIndex((one) => isSameNumbering(one, numbering)) === index,
  );
}
