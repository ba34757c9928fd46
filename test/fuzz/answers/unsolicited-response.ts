import type { Random } from '../random.ts';
import type { Command } from './correct-answers.ts';
import type { ServedMailbox } from './served-mailbox.ts';

/** A line that a server may say at any time (RFC 3501, 7), or one that it may never say. */
export function unsolicitedResponse({ tag }: Command, { mails }: ServedMailbox, random: Random): string {
  const sequence = random.between(1, mails.length + 1);
  const { uid } = random.pick(mails);
  return random.pick([
    `* ${mails.length + 1} EXISTS`,
    `* ${sequence} EXPUNGE`,
    '* 0 RECENT',
    `* ${sequence} FETCH (FLAGS (\\Seen))`,
    `* ${sequence} FETCH (UID ${uid} FLAGS (\\Seen))`,
    `* ${sequence} FETCH (FLAGS (\\Seen) UID ${uid} MODSEQ (12))`,
    `* ${sequence} FETCH (UID NIL FLAGS NIL)`,
    `* ${sequence} FETCH ()`,
    `* ${sequence} FETCH NIL`,
    `* 99999999999 FETCH (UID 99999999999)`,
    '* VANISHED 1:4294967295',
    '* VANISHED (EARLIER) 1:*',
    '* OK [ALERT] The server will be down',
    '* OK [UIDVALIDITY 1700000001] changed',
    '* OK [UIDNEXT 1] changed',
    '* OK [NIL] nothing',
    '* OK',
    '* NO out of memory',
    '* BAD what',
    '* BYE Idle for too long',
    '* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED',
    '* FLAGS NIL',
    '* LIST NIL NIL NIL',
    '* LIST (\\Noselect) "/" ""',
    '* STATUS INBOX NIL',
    '* STATUS',
    '* SEARCH',
    `* SEARCH ${uid}`,
    '* ESEARCH',
    `* ESEARCH (TAG "${tag}") UID ALL ${uid}`,
    '* ID NIL',
    '* PREAUTH welcome',
    '* ',
    '*',
    '',
    '+ ',
    '+ idling',
    'BAD "no tag at all"',
    `${tag}X OK for another command`,
    `${tag} OK too early`,
    'HTTP/1.1 400 Bad Request',
    `* ${'('.repeat(random.pick([5, 26, 5_000]))}`,
    `* 1 FETCH (UID ${uid} BODY[TEXT] {4294967295}`,
  ]);
}
