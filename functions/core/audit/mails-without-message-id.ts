import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { type Mail, type MailRecord, recordOf } from '../mail/mail.ts';
import { LEDGER_CONCURRENCY, MAILS_PER_PAGE } from '../poll/poll-limits.ts';
import type { Ledger } from '../ports.ts';
import type { AuditedRange } from './audited-range.ts';

/**
 * Mail without a Message-ID is identified by its place, so a server that numbers its mailbox anew makes all of it look
 * unknown. Up to where the poll reads anew, the audit tells it by what its entry shows; each entry stands for one mail.
 */
export function mailsWithoutMessageId(
  { mailbox, uidValidity, previousUidValidity, baselineUid }: AuditedRange,
  ledger: Pick<Ledger, 'find' | 'linesAbove' | 'relocate'>,
) {
  let entries: Promise<Map<string, LedgerEntry[]>> | undefined;

  async function readEntries(): Promise<Map<string, LedgerEntry[]>> {
    if (previousUidValidity === undefined || previousUidValidity === uidValidity) return new Map();
    const mailIds: string[] = [];
    for await (const line of ledger.linesAbove(mailbox, previousUidValidity, 0)) mailIds.push(line.mailId);
    const nameless: LedgerEntry[] = [];
    for (let from = 0; from < mailIds.length; from += MAILS_PER_PAGE) {
      const found = await ledger.find(mailIds.slice(from, from + MAILS_PER_PAGE));
      for (const entry of found.values()) if (entry.record.messageId === null) nameless.push(entry);
    }
    return groupBy(nameless, ({ record }) => lookOf(record));
  }

  return {
    /** Finds the entries of such mails and has them lie where the mails lie now. @returns the mails that have one */
    async recognise(page: readonly Mail[]): Promise<ReadonlySet<Mail>> {
      const doubtful = page.filter(({ messageId, location }) => messageId === undefined && location.uid <= baselineUid);
      const recognised = new Set<Mail>();
      if (doubtful.length === 0) return recognised;
      entries ??= readEntries();
      const byLook = await entries;
      await pMap(
        doubtful,
        async (mail) => {
          const entry = byLook.get(lookOf(recordOf(mail)))?.shift();
          if (entry && (await ledger.relocate(entry.mailId, mail.location))) recognised.add(mail);
        },
        { concurrency: LEDGER_CONCURRENCY },
      );
      return recognised;
    },
  };
}

function lookOf({ from, to, subject, date, snippet }: MailRecord): string {
  return JSON.stringify([from, to, subject, date, snippet]);
}
