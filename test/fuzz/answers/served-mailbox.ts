import type { Identity } from '../../../functions/core/mail/mail.ts';
import type { Random } from '../random.ts';

/** An email as an IMAP server describes it. Each item is written as in a FETCH response, literals included. */
type ServedMail = { uid: number; items: ReadonlyMap<string, string>; identity: Identity };

export type ServedMailbox = { uidValidity: string; uidNext: number; mails: readonly ServedMail[] };

/** All of today, so that a search by date finds them. */
export const INTERNAL_DATE = '" 2-Mar-2026 05:30:00 +0000"';

type Draft = { structure: string; content: string; body: string; sections?: Readonly<Record<string, string>> };

const PLAIN = '("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 24 1 NIL NIL NIL NIL)';
const HTML = '("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 40 1 NIL NIL NIL NIL)';
const IMAGE =
  '("IMAGE" "PNG" ("NAME" "a (b).png") "<c>" NIL "BASE64" 90000 NIL ("ATTACHMENT" ("FILENAME" "a.png")) NIL NIL)';

const drafts: readonly Draft[] = [
  { structure: PLAIN, content: 'text/plain; charset=utf-8', body: 'Good morning to you all.' },
  { structure: HTML, content: 'text/html; charset=utf-8', body: '<p>Good <b>evening</b> to you</p>' },
  { structure: PLAIN, content: 'text/plain', body: '' },
  {
    structure: `(${PLAIN}${HTML} "ALTERNATIVE" ("BOUNDARY" "b") NIL NIL NIL)`,
    content: 'multipart/alternative; boundary=b',
    body: '--b\r\n\r\nIn both forms (one)\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>In both forms\r\n--b--',
  },
  {
    structure: `(${IMAGE}${PLAIN} "MIXED" ("BOUNDARY" "b") NIL NIL NIL)`,
    content: 'multipart/mixed; boundary=b',
    body: `--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(100)}`,
    sections: { '2': 'Below the picture {12}' },
  },
  {
    structure: `(${IMAGE}("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 200 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ${PLAIN} 9) "MIXED" NIL NIL NIL NIL)`,
    content: 'multipart/mixed; boundary=b',
    body: `--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(50)}`,
    sections: { '2.1': 'Forwarded' },
  },
];

/** A mailbox of some emails, with gaps between their uids; rarely one of several pages. */
export function servedMailbox(random: Random): ServedMailbox {
  const count = random.chance(0.004) ? random.between(501, 1_100) : random.between(1, 8);
  const mails: ServedMail[] = [];
  let uid = random.pick([0, 0, 8, 97, 4_294_000_000]);
  for (let index = 0; index < count; index += 1) {
    uid += random.pick([1, 1, 1, 2, 5, 90]);
    mails.push(servedMail(uid, random));
  }
  return { uidValidity: '1700000000', uidNext: uid + random.pick([1, 1, 3]), mails };
}

function servedMail(uid: number, random: Random): ServedMail {
  const { structure, content, body, sections = {} } = random.pick(drafts);
  const messageId = random.chance(0.1) ? '' : `<mail-${uid}@example.org>`;
  const [from, date, subject] = ['Ann <ann@example.org>', 'Mon, 2 Mar 2026 05:29:00 +0000', `Question about ${uid}`];
  const header = [
    `From: ${from}`,
    'To: support@example.com',
    `Subject: ${subject}`,
    `Date: ${date}`,
    ...(messageId ? [`Message-ID: ${messageId}`] : []),
    `Content-Type: ${content}`,
    '\r\n',
  ].join('\r\n');
  const ann = '(("Ann" NIL "ann" "example.org"))';
  const writtenSubject = random.chance(0.2) ? literal(subject) : `"${subject}"`;
  const items = new Map([
    ['UID', String(uid)],
    ['FLAGS', '(\\Seen $Work)'],
    ['INTERNALDATE', INTERNAL_DATE],
    ['RFC822.SIZE', String(header.length + body.length)],
    [
      'ENVELOPE',
      `("${date}" ${writtenSubject} ${ann} ${ann} NIL ((NIL NIL "support" "example.com")) NIL NIL NIL ${messageId ? `"${messageId}"` : 'NIL'})`,
    ],
    ['BODYSTRUCTURE', structure],
    ['HEADER', literal(header)],
    ['TEXT', random.chance(0.1) && !/["\\\r]/.test(body) ? `"${body}"` : literal(body)],
    ...Object.entries(sections).map(([section, text]) => [section, literal(text)] as const),
  ]);
  return { uid, items, identity: { messageId, from, date, subject, text: body, fingerprint: undefined } };
}

function literal(text: string): string {
  return `{${Buffer.byteLength(text)}}\r\n${text}`;
}
