import { fingerprintOf } from '../../../functions/core/mail/fingerprint.ts';
import { type Mail, mailIdOf } from '../../../functions/core/mail/mail.ts';

const RECEIVED_AT = new Date('2026-03-02T08:00:00.000Z');

/** Emails with two subjects differ in their size. */
function sizeOf(subject: string): number {
  return [...subject].reduce((size, character, index) => size + character.charCodeAt(0) * (index + 1), 1_000);
}

/** A mail for tests of core: its subject decides its route with `classifyBySubject`. */
export function mailOf(
  uid: number,
  uidValidity: string,
  changes: Partial<Mail> & { mailbox?: string; text?: string } = {},
): Mail {
  const { mailbox = 'support/INBOX', text = '', ...rest } = changes;
  const location = { mailbox, uidValidity, uid };
  const messageId = 'messageId' in changes ? changes.messageId : `<mail-${uid}@example.com>`;
  const subject = changes.subject ?? `Subject ${uid}`;
  const fingerprint = 'fingerprint' in changes ? changes.fingerprint : fingerprintOf(RECEIVED_AT, sizeOf(subject));
  const identity = {
    messageId: messageId ?? '',
    from: 'someone',
    date: 'some day',
    subject,
    text,
    fingerprint,
  };
  return {
    mailId: mailIdOf('support', location, identity),
    location,
    messageId,
    from: [{ name: '', address: 'someone@example.com' }],
    to: [],
    cc: [],
    subject,
    date: '2026-03-02T08:00:00.000Z',
    receivedAt: RECEIVED_AT,
    fingerprint,
    snippet: `Text ${uid}`,
    headers: new Map(),
    link: undefined,
    problem: undefined,
    ...rest,
  };
}

/** A mail whose subject begins with the name of a route goes there; the rest is unknown. */
export function classifyBySubject(mail: Mail) {
  const route = ['vip', 'stripe'].find((id) => mail.subject.startsWith(id));
  if (route) return { route, rule: `${route} by subject`, reason: null };
  return { route: 'unknown' as const, rule: null, reason: mail.problem ?? 'no rule matched' };
}
