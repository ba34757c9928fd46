import pMap from 'p-map';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { Mail } from '../mail/mail.ts';
import { mailsWithoutMessageId } from '../poll/mails-without-message-id.ts';
import { refuseOtherUidValidity } from '../poll/one-uid-validity.ts';
import { pagesInTime } from '../poll/pages-in-time.ts';
import { LEDGER_CONCURRENCY, MAILS_PER_PAGE } from '../poll/poll-limits.ts';
import { type TriageReport, triagePage } from '../poll/triage.ts';
import { isFromBeforeAccounting, isSameNumbering } from '../poll/watermark.ts';
import type { Ledger, MailSession } from '../ports.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import type { AuditServices } from './audit.ts';
import { MAILS_RESERVE_MS } from './audit-limits.ts';
import { type AuditedRange, rangeToAudit, uidsInRange } from './audited-range.ts';
import { type AuditTally, name } from './tally.ts';
import { uidsWithoutLine } from './uids-without-line.ts';

export type AuditTime = {
  remainingMs: () => number;
  /** Gives work up when the time is nearly over. */
  bounded: <T>(work: Promise<T>) => Promise<T>;
};

/**
 * Holds the mails of a mailbox against the ledger. Only those are fetched that the ledger does not know by their place;
 * those that it does not know by their mailId either are taken in. Fills in `tally` as it goes.
 *
 * Before the first poll has set a baseline nothing is promised, so nothing is audited.
 */
export async function auditMails(
  { mailbox, folder, formerly }: PolledMailbox,
  days: number | 'all',
  services: AuditServices,
  time: AuditTime,
  tally: AuditTally,
): Promise<void> {
  const health = await services.watermarks.get(mailbox);
  if (!health?.watermark) return;
  const { watermark, lastCompletePollAt } = health;
  await services.reader.visit(folder, async (session) => {
    const audit = async () => {
      const status = await session.status();
      const range = await rangeToAudit(watermark, lastCompletePollAt, status, session);
      const uids = await uidsInRange(range, days, session, services.clock.now());
      const unknown = await uidsWithoutLine(uids, range, services.ledger);
      Object.assign(tally, { listed: uids.length, accounted: uids.length - unknown.length, left: unknown.length });
      await takeIn(unknown, { ...range, formerly }, session, services, time, tally);
    };
    // Within the visit, so that whatever hangs ends it, which closes the connection.
    await time.bounded(audit());
  });
}

async function takeIn(
  uids: readonly number[],
  range: AuditedRange & Pick<PolledMailbox, 'formerly'>,
  session: MailSession,
  services: AuditServices,
  { remainingMs }: AuditTime,
  tally: AuditTally,
): Promise<void> {
  const { ledger } = services;
  const withoutMessageId = mailsWithoutMessageId(range, ledger);
  const pages = session.pages(uids, MAILS_PER_PAGE);
  for await (const page of pagesInTime(pages, () => remainingMs() - MAILS_RESERVE_MS)) {
    refuseOtherUidValidity(page, range);
    const accountable = page.filter((mail) => !isFromBeforeAccounting(mail, range));
    const recognised = await withoutMessageId.recognise(accountable);
    const triaged = await triagePage(accountable, { ...services, isRecovery: true }, recognised);
    await relocate(accountable, triaged, range.formerly, ledger);
    for (const entry of triaged.handedOver) name(tally, 'missing', 'handed over', entry);
    tally.recovered += triaged.handedOver.length;
    tally.accounted += accountable.length - triaged.handedOver.length;
    const asked = Math.min(MAILS_PER_PAGE, tally.left);
    tally.notAccountable += asked - accountable.length;
    tally.left -= asked;
  }
}

/** What is known from before its server renumbered or renamed the mailbox is known by its place from now on, and not fetched again. */
async function relocate(
  page: readonly Mail[],
  { known }: TriageReport,
  formerly: readonly string[],
  ledger: Pick<Ledger, 'relocate'>,
): Promise<void> {
  const byMailId = new Map<string, LedgerEntry>(known.map((entry) => [entry.mailId, entry]));
  await pMap(
    page,
    async ({ mailId, location }) => {
      const before = byMailId.get(mailId)?.location;
      if (!before || isSameNumbering(before, location)) return;
      if (before.mailbox === location.mailbox || formerly.includes(before.mailbox)) {
        await ledger.relocate(mailId, before, location);
      }
    },
    { concurrency: LEDGER_CONCURRENCY },
  );
}
