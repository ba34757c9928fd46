import type { Mail } from '../mail/mail.ts';
import type { MailReader, MailSession, Watermarks } from '../ports.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import { pollFailureOf } from './poll-failure.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from './poll-limits.ts';
import { type TriageServices, triagePage } from './triage.ts';
import type { Watermark } from './watermark.ts';
import { currentWatermark } from './watermark-start.ts';

export type PollServices = TriageServices & { reader: MailReader; watermarks: Watermarks };

export type PollReport = {
  mailbox: string;
  uidNext: number;
  accepted: number;
  recognised: number;
  /** Mails that time did not suffice for; the next poll goes on with them. */
  left: number;
};

type Progress = Pick<PollReport, 'accepted' | 'recognised' | 'left'>;

/**
 * Polls one mailbox: reads what lies above the watermark, page by page, hands each page over, and moves the watermark
 * behind it, never ahead of it.
 *
 * @param remainingMs the time this invocation has left, in milliseconds
 * @throws the first failure, after it is recorded beside the watermark; the mails in question stay above the watermark
 */
export async function pollMailbox(
  polled: PolledMailbox,
  services: PollServices,
  remainingMs: () => number,
): Promise<PollReport> {
  const { watermarks, clock, journal, reader } = services;
  const { mailbox, folder } = polled;
  try {
    const report = await reader.visit(folder, (session) => pollSession(polled, session, services, remainingMs));
    await watermarks.recordPoll(mailbox, { at: clock.now(), uidNext: report.uidNext });
    journal({ kind: 'poll finished', ...report });
    return report;
  } catch (error) {
    const failure = pollFailureOf(error);
    journal({ kind: 'poll failed', mailbox, failure });
    await recordOrAdd(error, () => watermarks.recordPollFailure(mailbox, { at: clock.now(), ...failure }));
    throw error;
  }
}

async function pollSession(
  polled: PolledMailbox,
  session: MailSession,
  services: PollServices,
  remainingMs: () => number,
): Promise<PollReport> {
  const { mailbox } = polled;
  const status = await session.status();
  const watermark = await currentWatermark({ mailbox, startFrom: polled.account.startFrom }, status, session, services);
  const nothingNew = status.uidNext <= watermark.lastUid + 1;
  const progress = nothingNew
    ? { accepted: 0, recognised: 0, left: 0 }
    : await handOverPages(watermark, session, services, remainingMs);
  return { mailbox, uidNext: status.uidNext, ...progress };
}

async function handOverPages(
  start: Watermark,
  session: MailSession,
  services: PollServices,
  remainingMs: () => number,
): Promise<Progress> {
  const uids = await session.uidsAbove(start.lastUid);
  const progress = { accepted: 0, recognised: 0, left: uids.length };
  let watermark = start;
  for await (const page of session.pages(uids, MAILS_PER_PAGE)) {
    const handedOver = await triagePage(page, services);
    progress.accepted += handedOver.accepted;
    progress.recognised += handedOver.recognised;
    const next = { ...watermark, lastUid: lastUidOf(page, watermark) };
    if ((await services.watermarks.move(watermark, next)) === 'overtaken') {
      // Another poll of this mailbox is further on. What it passed is handed over, so there is nothing to do twice.
      services.journal({ kind: 'poll overtaken', mailbox: watermark.mailbox });
      return { ...progress, left: 0 };
    }
    watermark = next;
    progress.left = uids.filter((uid) => uid > next.lastUid).length;
    if (remainingMs() < POLL_RESERVE_MS) break;
  }
  return progress;
}

/** A page can be empty: all its mails were expunged since they were listed. */
function lastUidOf(page: readonly Mail[], watermark: Watermark): number {
  return page.at(-1)?.location.uid ?? watermark.lastUid;
}

/** The record of a failure must not hide the failure: where both fail, both are thrown. */
async function recordOrAdd(error: unknown, record: () => Promise<void>): Promise<void> {
  try {
    await record();
  } catch (recordError) {
    throw new AggregateError([error, recordError], 'The poll failed, and so did the record of its failure.');
  }
}
