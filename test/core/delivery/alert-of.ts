import { type MailRecord, mailIdOf } from '../../../functions/core/mail/mail.ts';
import type { QueueMessage } from '../../../functions/core/records/alert.ts';

/** An alert of the route `vip`, as its queue holds it. */
export function alertOf(uid: number, record: Partial<MailRecord> = {}): QueueMessage {
  const location = { mailbox: 'support/INBOX', uidValidity: '1000', uid };
  return {
    version: 1,
    mailId: mailIdOf('support', location, {
      ...{ messageId: '', from: '', date: '', subject: '', text: '' },
      fingerprint: undefined,
    }),
    route: 'vip',
    rule: 'board',
    acceptedAt: '2026-03-02T08:15:00.000Z',
    location,
    record: {
      from: 'Ada <ada@example.com>',
      to: 'support@example.com',
      subject: `Subject ${uid}`,
      snippet: `Text ${uid}`,
      date: '2026-03-02T08:00:00.000Z',
      messageId: `<mail-${uid}@example.com>`,
      link: null,
      ...record,
    },
  };
}
