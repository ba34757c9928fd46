import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { type Mail, type MailRecord, recordOf } from '../mail/mail.ts';
import type { Ledger } from '../ports.ts';
import { LEDGER_CONCURRENCY, MAILS_PER_PAGE } from './poll-limits.ts';
import { isSameNumbering, type Numbering, type Restart } from './watermark.ts';

type Services = Pick<Ledger, 'find' | 'linesAbove' | 'relocate'>;

/**
 * Email without a Message-ID is identified by its place, so a server that renumbers or renames its mailbox makes all of it
 * look new. What was there when that happened is recognised by what its entry shows; each entry stands for one email.
 *
 * @param numbering of now, and the restart that says under which numbers the email was known before
 */
export function mailsWithoutMessageId(
  numbering: Numbering & { restart: Pick<Restart, 'mailbox' | 'uidValidity' | 'uidNext'> | undefined },
  ledger: Services,
) {
  const { mailbox, uidValidity, restart } = numbering;
  let entries: Promise<Map<string, LedgerEntry[]>> | undefined;

  async function entriesWithoutMessageId(before: Numbering): Promise<Map<string, LedgerEntry[]>> {
    if (isSameNumbering(before, numbering)) return new Map();
    const mailIds: string[] = [];
    for await (const line of ledger.linesAbove(before.mailbox, before.uidValidity, 0)) mailIds.push(line.mailId);
    const found = await findAll(mailIds, ledger);
    return groupBy(
      found.filter(({ record }) => record.messageId === null),
      ({ record }) => lookOf(record),
    );
  }

  /** Entries that an earlier poll or audit has relocated to these places. */
  async function entriesHere(mails: readonly Mail[]): Promise<Map<Mail, LedgerEntry>> {
    const byUid = new Map(mails.map((mail) => [mail.location.uid, mail]));
    const lowest = Math.min(...byUid.keys());
    const highest = Math.max(...byUid.keys());
    const here = new Map<string, Mail>();
    for await (const { uid, mailId } of ledger.linesAbove(mailbox, uidValidity, lowest - 1)) {
      if (uid > highest) break;
      const mail = byUid.get(uid);
      if (mail && mail.mailId !== mailId) here.set(mailId, mail);
    }
    const found = new Map<Mail, LedgerEntry>();
    for (const entry of await findAll([...here.keys()], ledger)) {
      const mail = here.get(entry.mailId);
      if (mail && lookOf(entry.record) === lookOf(recordOf(mail))) found.set(mail, entry);
    }
    return found;
  }

  return {
    /** @returns the entries of such mails, which are relocated to where the mails are now */
    async recognise(page: readonly Mail[]): Promise<ReadonlyMap<Mail, LedgerEntry>> {
      if (!restart) return new Map();
      const doubtful = page.filter(({ messageId, location }) => !messageId && location.uid < restart.uidNext);
      if (doubtful.length === 0) return new Map();
      const recognised = await entriesHere(doubtful);
      entries ??= entriesWithoutMessageId(restart);
      const byLook = await entries;
      await pMap(
        doubtful.filter((mail) => !recognised.has(mail)),
        async (mail) => {
          const entry = byLook.get(lookOf(recordOf(mail)))?.shift();
          if (!entry || !(await ledger.relocate(entry.mailId, entry.location, mail.location))) return;
          recognised.set(mail, { ...entry, location: mail.location });
        },
        { concurrency: LEDGER_CONCURRENCY },
      );
      return recognised;
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

function lookOf({ from, to, subject, date, snippet }: MailRecord): string {
  return JSON.stringify([from, to, subject, date, snippet]);
}
