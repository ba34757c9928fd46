import type { MailReader, MailSession } from '../mail/mail-reader.ts';
import { compare, type Listing, listingOf } from '../poll/listing.ts';
import { mailsWithoutMessageId } from '../poll/mails-without-message-id.ts';
import { refuseOtherUidValidity } from '../poll/one-uid-validity.ts';
import { pagesUntilDeadline } from '../poll/pages-until-deadline.ts';
import { MAILS_PER_PAGE } from '../poll/poll-limits.ts';
import { type TriageServices, triagePage } from '../poll/triage.ts';
import type { AuditReport } from '../records/audit-report.ts';
import type { Ledger } from '../records/ledger.ts';
import { isFromBeforeAccounting, type Watermarks } from '../records/watermark.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { findingOf } from './audit-findings.ts';
import { FINDINGS_NAMED, MAILS_RESERVE_MS } from './audit-limits.ts';
import { type AuditedRange, mailsInRange, rangeToAudit, renumberedRange } from './audited-range.ts';

export type AuditTime = {
  remainingMs: () => number;
  /** Stops the work when the time is nearly over. */
  bounded: <T>(work: Promise<T>) => Promise<T>;
};

export type MailServices = TriageServices & {
  reader: Pick<MailReader, 'visit'>;
  watermarks: Pick<Watermarks, 'get'>;
  ledger: Pick<Ledger, 'entriesAboveUid'>;
};

/** The result of comparing a mailbox with the ledger. */
export type MailsAudited = Pick<AuditReport, 'inMailbox' | 'accounted' | 'recovered' | 'left' | 'findings'>;

export const NO_MAILS: MailsAudited = { inMailbox: 0, accounted: 0, recovered: 0, left: 0, findings: [] };

/**
 * Compares the emails of a mailbox with the ledger. Fetches only those whose location is not in the ledger; of these,
 * it accepts those whose mailId is not in the ledger either.
 *
 * Before the first poll has set a baseline nothing is accounted for, so nothing is audited.
 */
export async function auditMails(
  { mailbox, folder, formerly }: PolledMailbox,
  days: number | 'all',
  services: MailServices,
  time: AuditTime,
): Promise<MailsAudited> {
  const health = await services.watermarks.get(mailbox);
  if (!health?.watermark) return NO_MAILS;
  const { watermark, lastCompletePollAt } = health;
  return await services.reader.visit(folder, async (session) => {
    const audit = async (): Promise<MailsAudited> => {
      const status = await session.status();
      const listing = listingOf(await session.list(0), 0);
      const now = services.clock.now();
      const compareIn = async (range: AuditedRange) => {
        const mails = mailsInRange(listing.mails, range, days, now);
        const lines = services.ledger.entriesAboveUid(mailbox, range.uidValidity, (mails[0]?.uid ?? 1) - 1);
        return { range, mails, ...(await compare({ mails }, lines, range.linesSince)) };
      };
      const asStored = await compareIn(rangeToAudit(watermark, lastCompletePollAt, status, listing.mails));
      const { range, mails, missing, withheld } = asStored.isRenumbered
        ? await compareIn(renumberedRange(watermark, status, now))
        : asStored;
      // Email that the server did not return is tried again; it may have been repaired.
      const unread = [...missing, ...withheld];
      const uids = unread.map(({ uid }) => uid).sort((one, other) => one - other);
      const { notAccountable, ...fetched } = await takeIn(
        uids,
        { ...range, formerly, session, listing },
        services,
        time,
      );
      return {
        ...fetched,
        inMailbox: mails.length - notAccountable,
        accounted: mails.length - unread.length + fetched.accounted,
      };
    };
    // The time limit is within the visit, so that a timeout ends the visit, which closes the connection.
    return await time.bounded(audit());
  });
}

type Fetched = Omit<MailsAudited, 'inMailbox'> & {
  /** Emails that were expunged before they could be fetched, or that are older than accounting. */
  notAccountable: number;
};

async function takeIn(
  uids: readonly number[],
  {
    session,
    formerly,
    listing,
    ...range
  }: AuditedRange & Pick<PolledMailbox, 'formerly'> & { session: MailSession; listing: Listing },
  services: MailServices,
  { remainingMs }: AuditTime,
): Promise<Fetched> {
  const { ledger } = services;
  const { isGone } = listing;
  const withoutMessageId = mailsWithoutMessageId({ ...range, isGone }, ledger);
  let fetched: Fetched = { accounted: 0, recovered: 0, notAccountable: 0, left: uids.length, findings: [] };
  const pages = session.pages(uids, MAILS_PER_PAGE);
  for await (const page of pagesUntilDeadline(pages, () => remainingMs() - MAILS_RESERVE_MS)) {
    refuseOtherUidValidity(page.mails, range);
    const accountable = page.mails.filter((mail) => !isFromBeforeAccounting(mail, range));
    const recognised = await withoutMessageId.recognise(accountable);
    const { handedOver } = await triagePage(
      accountable,
      { ...services, isRecovery: true },
      { recognised, formerly, isGone },
    );
    const asked = page.uids.length;
    const findings = handedOver.map((entry) => findingOf('missing', 'sent', entry));
    fetched = {
      accounted: fetched.accounted + accountable.length - handedOver.length,
      recovered: fetched.recovered + handedOver.length,
      notAccountable: fetched.notAccountable + asked - accountable.length,
      left: fetched.left - asked,
      findings: [...fetched.findings, ...findings].slice(0, FINDINGS_NAMED),
    };
  }
  return fetched;
}
