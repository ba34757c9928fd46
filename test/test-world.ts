import type { Digest } from '../functions/core/digest/digest.ts';
import { digestMailOf } from '../functions/core/digest/view/digest-mail.ts';
import { failureName } from '../functions/core/discord/failure-name.ts';
import type { Login } from '../functions/core/mail/login.ts';
import type { Mail } from '../functions/core/mail/mail.ts';
import type { MailReader } from '../functions/core/mail/mail-reader.ts';
import type { StartFrom } from '../functions/core/poll/watermark-start.ts';
import { parseSegment } from '../functions/core/records/spool.ts';
import type { PolledMailbox } from '../functions/core/settings/polled-mailbox.ts';
import { classifyBySubject, mailOf } from './core/mail/mail-of.ts';
import { fakeClock } from './fakes/fake-clock.ts';
import { memoryAlertQueue } from './fakes/memory-alert-queue.ts';
import { memoryDeadLetters } from './fakes/memory-dead-letters.ts';
import { memoryDigestRuns } from './fakes/memory-digest-runs.ts';
import { memoryLedger } from './fakes/memory-ledger.ts';
import { memoryMailbox } from './fakes/memory-mailbox.ts';
import { memoryMailer } from './fakes/memory-mailer.ts';
import { memoryPauses } from './fakes/memory-pauses.ts';
import { memoryRouteQueues } from './fakes/memory-route-queues.ts';
import { memorySpool } from './fakes/memory-spool.ts';
import { memoryTargetChecks } from './fakes/memory-target-checks.ts';
import { memoryWatermarks } from './fakes/memory-watermarks.ts';
import { openPaths } from './fakes/open-paths.ts';
import { recordingJournal } from './fakes/recording-journal.ts';

/** The mailbox of a test world. */
export const MAILBOX = 'support/INBOX';

/** A mailbox as its settings have it: the account, and the folder that is polled. */
export function polledMailbox({
  mailbox = MAILBOX,
  startFrom = 'all',
  formerly = [],
}: {
  mailbox?: string;
  startFrom?: StartFrom;
  formerly?: readonly string[];
} = {}): PolledMailbox {
  const [account = '', folder = ''] = mailbox.split('/');
  const settings: Partial<PolledMailbox['account']> = {
    account,
    startFrom,
    everyMinutes: 15,
    folders: [{ name: folder, formerly: [] }],
  };
  return { mailbox, folder, formerly: [...formerly], account: settings as PolledMailbox['account'] };
}

/**
 * Rollcall in memory, on one clock that stands still: every service that a use case is handed, for the routes `vip` and
 * `stripe`. The subject of an email decides its route. A suite replaces what it is about, and adds what it needs.
 */
export function testWorld({ now, timeZone = 'UTC' }: { now?: Date; timeZone?: string } = {}) {
  const clock = fakeClock(now);
  const mailbox = memoryMailbox();
  const services = {
    reader: mailbox as MailReader,
    login: { version: async () => 'the first password' } as Login,
    watermarks: memoryWatermarks(),
    ledger: memoryLedger(),
    routeQueues: memoryRouteQueues(),
    queue: memoryAlertQueue(),
    deadLetters: memoryDeadLetters(),
    spool: memorySpool(),
    pauses: memoryPauses(),
    targetChecks: memoryTargetChecks(),
    operatorPaths: openPaths,
    digestRuns: memoryDigestRuns(),
    mailer: memoryMailer(),
    failureName,
    format: (digest: Digest) => digestMailOf(digest, timeZone),
    classify: classifyBySubject,
    routes: ['vip', 'stripe'],
    configured: { mailboxes: [MAILBOX] },
    clock,
    journal: recordingJournal(),
    random: () => 0,
  };
  return {
    services,
    clock,
    mailbox,
    /** An email comes in, whose subject also is its identity, as a Message-ID is. */
    deliver: (subject: string, receivedAt = clock.now(), changes: Partial<Mail> = {}) =>
      mailbox.deliver(
        (uid, uidValidity) => mailOf(uid, uidValidity, { subject, messageId: `<${subject}>`, ...changes }),
        receivedAt,
      ),
    /** The server gives the same emails new numbers, in their order. */
    renumber: (uidValidity: string) =>
      mailbox.renumber(uidValidity, ({ mailId: _mailId, location: _location, ...mail }, uid) =>
        mailOf(uid, uidValidity, mail),
      ),
    watermark: async (of = MAILBOX) => (await services.watermarks.get(of))?.watermark,
    /** The subjects of what was sent to a route's queue. */
    queued: (route: string) => services.routeQueues.sent(route).map(({ record }) => record.subject),
    /** The lines of every segment in the spool. */
    spooled: () => [...services.spool.objects.values()].flatMap((text) => parseSegment(text).lines),
  };
}
