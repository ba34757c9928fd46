import { type AuditOptions, type AuditServices, auditMailbox } from '../../../functions/core/audit/audit.ts';
import type { MailReader, MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { type PollServices, pollMailbox } from '../../../functions/core/poll/poll.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const plenty = () => 600_000;

export type AuditWorld = ReturnType<typeof auditWorld>;

/** A mailbox that is polled and audited, with all its services in memory. */
export function auditWorld() {
  const { services, clock, mailbox, deliver, renumber, watermark, spooled } = testWorld();
  return {
    ...services,
    services,
    clock,
    mailbox,
    renumber,
    watermark,
    spooled,
    poll: (startFrom: StartFrom = 'all', changes: Partial<PollServices> = {}) =>
      pollMailbox(polledMailbox({ startFrom }), { ...services, ...changes }, plenty),
    audit: (changes: Partial<AuditServices> = {}, remainingMs = plenty, options: AuditOptions = {}) =>
      auditMailbox(polledMailbox(), { ...services, ...changes }, remainingMs, options),
    deliver: (...subjects: string[]) => subjects.map((subject) => deliver(subject)),
    /** Moves the watermark by hand, as no poll would. */
    async pushWatermark(lastUid: number) {
      const stored = await watermark();
      if (!stored) throw new Error('There is no watermark to push.');
      await services.watermarks.move(stored, { ...stored, lastUid });
    },
    queued: () => services.routeQueues.all().map(({ record }) => record.subject),
    loseSegments() {
      (services.spool.objects as Map<string, string>).clear();
    },
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
