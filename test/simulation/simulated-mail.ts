import { fingerprintOf } from '../../functions/core/mail/fingerprint.ts';
import { accountOf, type Mail, mailIdOf } from '../../functions/core/mail/mail.ts';
import type { PlannedMail } from './plan.ts';
import { AUTHSERV_ID, type MailboxName } from './simulated-settings.ts';

/** A stay of a mail under one number, in milliseconds since the start; `toMs` is infinite while it lasts. */
export type Stay = {
  mailbox: MailboxName;
  uidValidity: string;
  uid: number;
  mailId: string;
  fromMs: number;
  toMs: number;
  /** When it came into this mailbox, under whatever number. */
  sinceMs: number;
  /** What the server calls its arrival there: the same for a moved mail, and new for a copy. */
  receivedAtMs: number;
};

/** What the server knows of a mail: its truth, whatever anyone wrote down of it. */
export type SimulatedMail = PlannedMail & {
  /** Of its Date. */
  sentAtMs: number;
  /** In its From: a twin has that of the first email. */
  fromToken: number;
  /** By which its readers know it: nobody can tell it from a twin with the same text. */
  seenAs: number;
  stays: Stay[];
};

/** What it reads is under the name that the folder was visited by. */
export function mailUnder(mailbox: string, mail: Mail): Mail {
  const location = { ...mail.location, mailbox };
  const { messageId = '', from, date, subject, snippet, fingerprint } = mail;
  const identity = { messageId, from: from[0]?.address ?? '', date, subject, text: snippet, fingerprint };
  return { ...mail, location, mailId: mailIdOf(accountOf(mailbox), location, identity) };
}

/** An email as it is read at its place. */
export function mailOf(mail: SimulatedMail, startMs: number, receivedAtMs: number, location: Mail['location']): Mail {
  const { token, fromToken, route, isForged = false, subject, snippet, messageId, senderName, sentAtMs } = mail;
  const domain = `${isForged ? 'vip' : route}.example`;
  const address = `m${fromToken}@${domain}`;
  const date = new Date(startMs + sentAtMs).toISOString();
  const receivedAt = new Date(startMs + receivedAtMs);
  const fingerprint = fingerprintOf(receivedAt, 1_000 + token);
  const verdict = `${AUTHSERV_ID}; dmarc=${isForged ? 'fail' : 'pass'} header.from=${domain}`;
  return {
    mailId: mailIdOf(accountOf(location.mailbox), location, {
      messageId: messageId ?? '',
      from: address,
      date,
      subject,
      text: snippet,
      fingerprint,
    }),
    location,
    messageId,
    from: [{ name: senderName, address }],
    to: [{ name: '', address: 'support@example.com' }],
    cc: [],
    subject,
    date,
    receivedAt,
    fingerprint,
    snippet,
    headers: new Map([['authentication-results', [verdict]]]),
    link: messageId === undefined ? undefined : `https://mail.example.com/${encodeURIComponent(messageId)}`,
    problem: undefined,
  };
}
