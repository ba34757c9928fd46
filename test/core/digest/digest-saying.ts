import { composeDigest } from '../../../functions/core/digest/digest.ts';
import type { DigestMail } from '../../../functions/core/digest/mailer.ts';
import { digestMailOf } from '../../../functions/core/digest/view/digest-mail.ts';
import {
  AUDIT,
  acceptedEntries,
  DEAD_ROUTE,
  entryOf,
  factsOf,
  hoursAgo,
  MISSING_ACCESS,
  mailboxFacts,
  spoolLine,
} from './digest-fixtures.ts';

/** A digest in which every field that a sender or a server can write, in each place where it is shown, holds this text. */
export function digestSaying(text: string): DigestMail {
  const fields = { from: text, to: text, subject: text, snippet: text, date: text, messageId: text, link: text };
  const dead = { state: 'dead', record: fields, lastFailure: { ...MISSING_ACCESS, text, code: text } } as const;
  const lastPollError = { kind: text, text, since: hoursAgo(30), at: hoursAgo(1) };
  const facts = factsOf({
    carried: [
      spoolLine({ ...fields, mailId: 'one', reason: 'no rule matched' }),
      spoolLine({ ...fields, mailId: 'two', reason: text }),
      spoolLine({ ...fields, mailId: 'three', from: `${text} <x@${text}>` }),
    ],
    openAlerts: [entryOf(dead), entryOf({ ...dead, location: { mailbox: text, uidValidity: text, uid: 1 } })],
    notInSpool: [entryOf({ mailId: 'lost', route: 'unknown', record: fields })],
    recovered: [entryOf({ mailId: 'vip-settled-0', record: fields })],
    routeChecks: new Map([['vip', { ...DEAD_ROUTE, failure: { ...MISSING_ACCESS, text } }]]),
    alarmPath: { ...DEAD_ROUTE, failure: { ...MISSING_ACCESS, text } },
    mailboxes: [
      mailboxFacts({
        history: {
          lastPollError,
          notice: { text, since: hoursAgo(1) },
          lastAudit: { ...AUDIT, accounted: 1203, recovered: 1 },
        },
      }),
    ],
    accepted: acceptedEntries(1, 'vip', 'settled', { isRecovery: true }),
    damaged: [{ key: text, lines: [{ lineNumber: 1, text, reason: text }] }],
  });
  return digestMailOf(composeDigest(facts), 'Europe/Berlin');
}
