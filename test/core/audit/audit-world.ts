import { type AuditOptions, type AuditServices, auditMailbox } from '../../../functions/core/audit/audit.ts';
import type { MailReader, MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { type PollServices, pollMailbox } from '../../../functions/core/poll/poll.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import { parseSegment } from '../../../functions/core/records/spool.ts';
import type { PolledMailbox } from '../../../functions/core/settings/polled-mailbox.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memoryLedger } from '../../fakes/memory-ledger.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { memoryRouteQueues } from '../../fakes/memory-route-queues.ts';
import { memorySpool } from '../../fakes/memory-spool.ts';
import { memoryWatermarks } from '../../fakes/memory-watermarks.ts';
import { recordingJournal } from '../../fakes/recording-journal.ts';
import { classifyBySubject, mailOf } from '../mail/mail-of.ts';

export const MAILBOX = 'support/INBOX';
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const plenty = () => 600_000;

export type AuditWorld = ReturnType<typeof auditWorld>;

export function polledAs(mailbox: string, startFrom: StartFrom = 'all'): PolledMailbox {
  const [account = '', folder = ''] = mailbox.split('/');
  return {
    mailbox,
    folder,
    formerly: [],
    account: { account, startFrom, everyMinutes: 15 } as PolledMailbox['account'],
  };
}

/** A mailbox that is polled and audited, with everything behind it in memory. */
export function auditWorld() {
  const clock = fakeClock();
  const mailbox = memoryMailbox();
  const services = {
    reader: mailbox as MailReader,
    watermarks: memoryWatermarks(),
    ledger: memoryLedger(),
    routeQueues: memoryRouteQueues(),
    spool: memorySpool(),
    classify: classifyBySubject,
    routes: ['vip', 'stripe'],
    configured: { mailboxes: [MAILBOX] },
    clock,
    journal: recordingJournal(),
  };
  return {
    ...services,
    services,
    mailbox,
    poll: (startFrom: StartFrom = 'all', changes: Partial<PollServices> = {}) =>
      pollMailbox(polledAs(MAILBOX, startFrom), { ...services, ...changes }, plenty),
    audit: (changes: Partial<AuditServices> = {}, remainingMs = plenty, options: AuditOptions = {}) =>
      auditMailbox(polledAs(MAILBOX), { ...services, ...changes }, remainingMs, options),
    /** Delivers mails whose subject is their identity, as a Message-ID is. */
    deliver(...subjects: string[]) {
      return subjects.map((subject) =>
        mailbox.deliver(
          (uid, uidValidity) => mailOf(uid, uidValidity, { subject, messageId: `<${subject}>` }),
          clock.now(),
        ),
      );
    },
    /** The server numbers the same mail anew, in the order it lies there. */
    renumber(uidValidity: string) {
      mailbox.renumber(uidValidity, ({ mailId: _mailId, location: _location, ...mail }, uid) =>
        mailOf(uid, uidValidity, mail),
      );
    },
    watermark: async () => (await services.watermarks.get(MAILBOX))?.watermark,
    /** Moves the watermark by hand, as no poll would. */
    async pushWatermark(lastUid: number) {
      const stored = (await services.watermarks.get(MAILBOX))?.watermark;
      if (!stored) throw new Error('There is no watermark to push.');
      await services.watermarks.move(stored, { ...stored, lastUid });
    },
    queued: () => services.routeQueues.all().map(({ record }) => record.subject),
    loseSegments() {
      (services.spool.objects as Map<string, string>).clear();
    },
    spooled: () => [...services.spool.objects.values()].flatMap((text) => parseSegment(text).lines),
  };
}

/** The same mailbox through a session of which a part is different; `asked` names every uid that is fetched. */
export function withSession(
  mailbox: MailReader,
  changed: (session: MailSession) => Partial<MailSession> = () => ({}),
): MailReader & { asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    visit: (folder, visit) =>
      mailbox.visit(folder, (session) =>
        visit({
          ...session,
          pages: (uids, mailsPerPage) => {
            asked.push(...uids);
            return session.pages(uids, mailsPerPage);
          },
          ...changed(session),
        }),
      ),
  };
}
