import type { Handed, MethodLists } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import type { Login } from '../mail/login.ts';
import type { Mail } from '../mail/mail.ts';
import type { MailReader, MailSession } from '../mail/mail-reader.ts';
import { MailboxFailure } from '../mail/mailbox-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import type { RouteQueues } from '../records/route-queues.ts';
import type { Spool } from '../records/spool.ts';
import {
  isFromBeforeAccounting,
  type RecordedPollFailure,
  type ServerNotice,
  type Watermark,
  type Watermarks,
} from '../records/watermark.ts';
import type { Classifier } from '../rules/classify.ts';
import type { PolledMailbox } from '../settings/polled-mailbox.ts';
import type { Clock } from '../time.ts';
import { TimedOut, withTimeout } from '../time-out.ts';
import { handOverLeftBehind } from './left-behind.ts';
import { mailsWithoutMessageId } from './mails-without-message-id.ts';
import { refuseOtherUidValidity } from './one-uid-validity.ts';
import { pagesUntilDeadline } from './pages-until-deadline.ts';
import { type PollFailure, pollFailureOf } from './poll-failure.ts';
import { FAILURE_RECORD_RESERVE_MS, MAILS_PER_PAGE, POLL_RESERVE_MS } from './poll-limits.ts';
import { type LastError, leaveRefusedLoginAlone, withRefusedLogin } from './refused-login.ts';
import { withProbableName } from './renamed-folder.ts';
import { triagePage } from './triage.ts';
import { type ToRead, uidsToRead } from './uids-to-read.ts';
import type { MailboxStatus } from './watermark-start.ts';

type Ports = {
  reader: MailReader;
  login: Login;
  watermarks: Watermarks;
  ledger: Ledger;
  routeQueues: RouteQueues;
  spool: Spool;
};

/** What a poll may call. The policy of poll-inbox derives from this list. */
export const POLL_INBOX_PORTS = {
  reader: ['visit'],
  login: ['version'],
  watermarks: ['get', 'create', 'move', 'recordPoll', 'recordPollFailure', 'recordRescan'],
  ledger: ['find', 'accept', 'markDispatched', 'entriesAboveUid', 'entriesOfMailboxes', 'relocate'],
  routeQueues: ['send'],
  spool: ['write'],
} as const satisfies MethodLists<Ports>;

export type PollServices = Handed<Ports, typeof POLL_INBOX_PORTS> & {
  classify: Classifier;
  /** Those of the settings: an alert of any other route has no queue. */
  routes: readonly string[];
  clock: Clock;
  journal: Journal;
};

export type PollReport = {
  mailbox: string;
  uidNext: number;
  accepted: number;
  recognised: number;
  /** Emails that there was no time for; the next poll continues with them. */
  left: number;
};

type PagesRead = Pick<PollReport, 'accepted' | 'recognised' | 'left'> & {
  /** Another poll of this mailbox was ahead, so this one stopped. */
  isOvertaken: boolean;
};

const NOTHING_READ: PagesRead = { accepted: 0, recognised: 0, left: 0, isOvertaken: false };

/**
 * Polls one mailbox: reads the email above the watermark page by page, hands each page over, and only then moves the
 * watermark past it.
 *
 * @param remainingMs the time this invocation has left, in milliseconds
 * @throws the first failure, after recording it next to the watermark; the emails concerned stay above the watermark
 */
export async function pollMailbox(
  polled: PolledMailbox,
  services: PollServices,
  remainingMs: () => number,
): Promise<PollReport> {
  const { watermarks, clock, journal, reader } = services;
  const { mailbox, folder } = polled;
  const late = new TimedOut(
    `${mailbox}: the poll timed out, because something that it waited for did not answer. The next poll continues from ` +
      'the watermark.',
  );
  const bounded = <T>(work: Promise<T>) => withTimeout(remainingMs() - FAILURE_RECORD_RESERVE_MS, work, late);
  const notices = new Set<string>();
  let lastError: LastError;
  try {
    const health = await bounded(watermarks.get(mailbox));
    lastError = health?.lastPollError;
    await bounded(leaveRefusedLoginAlone(lastError, services));
    // Two time limits: one for the work within the visit, whose end closes the connection, and one for the visit
    // itself.
    const { uidNext, ...read } = await bounded(
      reader.visit(
        folder,
        (session) => bounded(pollSession(polled, session, services, remainingMs)),
        (text) => notices.add(text),
      ),
    );
    const { isOvertaken, ...counts } = read;
    // A poll that was overtaken does not know whether the other one leaves anything.
    await watermarks.recordPoll(mailbox, {
      at: clock.now(),
      uidNext,
      isComplete: counts.left === 0 && !isOvertaken,
      notice: newNotice(notices, health?.notice, clock.now()),
    });
    const report = { mailbox, uidNext, ...counts };
    journal({ kind: 'poll finished', ...report });
    return report;
  } catch (thrown) {
    const error = await explained(thrown, polled, watermarks);
    const failure = pollFailureOf(error);
    journal({ kind: 'poll failed', mailbox, failure });
    await recordOrAdd(error, () => recordFailure({ mailbox, error, failure, lastError }, services));
    throw error;
  }
}

/** If a folder that was read before no longer exists, looks for its new name. */
async function explained(error: unknown, polled: PolledMailbox, watermarks: Pick<Watermarks, 'get'>): Promise<unknown> {
  if (!(error instanceof MailboxFailure) || error.existingFolders.length === 0) return error;
  const { watermark } = (await watermarks.get(polled.mailbox)) ?? {};
  return watermark ? withProbableName(error, polled, watermark) : error;
}

async function pollSession(
  polled: PolledMailbox,
  session: MailSession,
  services: PollServices,
  remainingMs: () => number,
): Promise<PagesRead & { uidNext: number }> {
  const status = await session.status();
  const toRead = await uidsToRead({ polled, status, session }, services);
  const { watermark, ...read } =
    toRead.uids.length > 0
      ? await handOverPages({ ...toRead, formerly: polled.formerly }, session, services, remainingMs)
      : { ...NOTHING_READ, watermark: toRead.watermark };
  if (read.left === 0 && !read.isOvertaken) await passExpunged(watermark, status, services);
  return { ...read, uidNext: status.uidNext };
}

/**
 * Email that arrived and was expunged between two polls leaves UIDNEXT ahead of the last email. The watermark follows,
 * so that STATUS alone shows the next poll that nothing is new.
 */
async function passExpunged(
  watermark: Watermark,
  { uidNext }: MailboxStatus,
  { watermarks, journal }: Pick<PollServices, 'watermarks' | 'journal'>,
): Promise<void> {
  const { mailbox, lastUid } = watermark;
  if (uidNext <= lastUid + 1) return;
  const moved = await watermarks.move(watermark, { ...watermark, lastUid: uidNext - 1 });
  if (moved === 'moved') journal({ kind: 'email came and went', mailbox, fromUid: lastUid + 1, toUid: uidNext - 1 });
}

async function handOverPages(
  { watermark: start, uids, left, listing, formerly }: ToRead & Pick<PolledMailbox, 'formerly'>,
  session: MailSession,
  { watermarks, journal, ...services }: PollServices,
  remainingMs: () => number,
): Promise<PagesRead & { watermark: Watermark }> {
  let watermark = start;
  let read: PagesRead = { ...NOTHING_READ, left: uids.length };
  const { isGone } = listing;
  const withoutMessageId = mailsWithoutMessageId({ ...start, isGone }, services.ledger);
  const pages = session.pages(uids, MAILS_PER_PAGE);
  for await (const page of pagesUntilDeadline(pages, () => remainingMs() - POLL_RESERVE_MS)) {
    refuseOtherUidValidity(page.mails, watermark);
    if (page.mails.length < page.uids.length) await refuseRenumbered(session, watermark);
    const accountable = page.mails.filter((mail) => !isFromBeforeAccounting(mail, watermark));
    const recognised = await withoutMessageId.recognise(accountable);
    const known = { recognised, formerly, isGone };
    const handedOver = await triagePage(accountable, { journal, ...services }, known);
    const lastUid = lastUidOf(page.mails, watermark);
    const passed = left.filter(({ uid }) => uid > watermark.lastUid && uid <= lastUid);
    await handOverLeftBehind(passed, { journal, ...services });
    const next = { ...watermark, lastUid };
    const isOvertaken = (await watermarks.move(watermark, next)) === 'overtaken';
    read = {
      accepted: read.accepted + handedOver.accepted,
      recognised: read.recognised + handedOver.recognised,
      left: isOvertaken ? 0 : read.left - page.uids.length,
      isOvertaken,
    };
    if (isOvertaken) {
      // Another poll of this mailbox is ahead. It has handed over whatever it passed, so nothing is left to do.
      journal({ kind: 'poll overtaken', mailbox: watermark.mailbox });
      return { ...read, watermark };
    }
    watermark = next;
  }
  return { ...read, watermark };
}

/**
 * Email that is missing after it was listed was expunged, or the mailbox was renumbered and has it under other uids.
 */
async function refuseRenumbered(session: MailSession, { mailbox, uidValidity }: Watermark): Promise<void> {
  const { uidValidity: now } = await session.status();
  if (now === uidValidity) return;
  throw new MailboxFailure(
    'uidValidity changed',
    `${mailbox}: UIDVALIDITY was ${uidValidity} when the email was listed and is ${now}. The next poll reads it again`,
  );
}

/** A page can be empty if all its emails were expunged after they were listed. It can also be below the watermark. */
function lastUidOf(page: readonly Mail[], watermark: Watermark): number {
  return Math.max(page.at(-1)?.location.uid ?? 0, watermark.lastUid);
}

/** What the server wants shown, unless it is not new: many servers repeat it on every connection. */
function newNotice(
  notices: ReadonlySet<string>,
  known: ServerNotice | undefined,
  since: Date,
): ServerNotice | undefined {
  const text = [...notices].join(' | ');
  return text === '' || text === known?.text ? undefined : { text, since };
}

/** Next to the watermark. If a refused login cannot be identified, the failure is recorded all the same. */
async function recordFailure(
  {
    mailbox,
    error,
    failure,
    lastError,
  }: { mailbox: string; error: unknown; failure: PollFailure; lastError: LastError },
  services: Pick<PollServices, 'watermarks' | 'login' | 'clock'>,
): Promise<void> {
  let recorded: Omit<RecordedPollFailure, 'at'> = failure;
  try {
    recorded = await withRefusedLogin(error, failure, lastError, services);
  } finally {
    await services.watermarks.recordPollFailure(mailbox, { at: services.clock.now(), ...recorded });
  }
}

/** If recording a failure fails too, both errors are thrown, so that neither hides the other. */
async function recordOrAdd(error: unknown, record: () => Promise<void>): Promise<void> {
  try {
    await record();
  } catch (recordError) {
    throw new AggregateError([error, recordError], 'The poll failed, and so did the record of its failure.');
  }
}
