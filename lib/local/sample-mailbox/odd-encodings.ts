import { ADDRESSES, lines, type MailDraft, written } from './sample-mail.ts';

const TO_SUPPORT = `To: ${ADDRESSES.support}`;
const TO_TEAM = `To: ${ADDRESSES.team}`;

/** Email in charsets other than UTF-8, and encoded words (RFC 2047) as faulty senders split them. */
export const oddlyEncodedMails: readonly MailDraft[] = [
  written({
    name: 'customer-iso-2022-jp',
    hoursAgo: 18,
    expectedRoute: 'customer',
    shownSubject: 'Cannot log in: ログインできません',
    snippetContains: '昨日からログインできません。ご確認をお願いいたします。',
    header: [
      'From: =?ISO-2022-JP?B?GyRCRURDZhsoQiAbJEIyVjtSGyhC?= <hanako@tanaka.example>',
      TO_SUPPORT,
      // Each word ends in ASCII and begins with an escape: joined before decoding, two escapes follow each other.
      'Subject: =?ISO-2022-JP?B?Q2Fubm90IGxvZyBpbjogGyRCJW0lMCUkJXMkRyQtGyhC?=\r\n =?ISO-2022-JP?B?GyRCJF4kOyRzGyhC?=',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=ISO-2022-JP',
      'Content-Transfer-Encoding: 7bit',
    ],
    body: lines(
      '\x1b$B$$$D$b$*@$OC$K$J$C$F$*$j$^$9!#\x1b(B',
      "\x1b$B:rF|$+$i%m%0%$%s$G$-$^$;$s!#$43NG'$r$*4j$$$$$?$7$^$9!#\x1b(B",
      '',
      '\x1b$BEDCf\x1b(B \x1b$B2V;R\x1b(B',
    ),
  }),
  written({
    name: 'customer-shift-jis',
    hoursAgo: 24,
    expectedRoute: 'customer',
    shownSubject: 'Question about 見積もり',
    snippetContains: 'お見積もりの件でご連絡いたしました。',
    header: [
      'From: sato@hokuto.example',
      TO_SUPPORT,
      'Subject: =?Shift_JIS?B?UXVlc3Rpb24gYWJvdXQgjKmQz4Lggug=?=',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=Shift_JIS',
      'Content-Transfer-Encoding: 8bit',
    ],
    body: Buffer.from(
      'gqiMqZDPguCC6ILMjI+CxYKymEGXjYKigr2CtYLcgrWCvYFCDQqPXJHklaqCzIm/immC8IuzgqaCxIKtgr6Cs4KigUINCg0KipSOronvjtCWa5NsII2yk6ENCg==',
      'base64',
    ),
  }),
  written({
    name: 'customer-windows-1252',
    hoursAgo: 19,
    expectedRoute: 'customer',
    shownSubject: 'Question about Größe M',
    snippetContains: 'Größe M',
    header: [
      'From: =?windows-1252?Q?J=FCrgen_Wei=DF?= <juergen@weiss-moden.example>',
      TO_SUPPORT,
      'Subject: =?windows-1252?Q?Question_about_Gr=F6=DFe_M?=',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset="windows-1252"',
      'Content-Transfer-Encoding: quoted-printable',
    ],
    body: lines('Guten Tag,', 'kostet =84Gr=F6=DFe M=93 wirklich 20 =80?', 'J. Wei=DF'),
  }),
  written({
    name: 'customer-word-split-in-base64',
    hoursAgo: 21,
    expectedRoute: 'customer',
    shownSubject: 'Question about the size table: Größe für äußere Türen',
    header: [
      'From: Ines Kraus <ines@kraus-tueren.example>',
      TO_SUPPORT,
      // The ß is cut in two, against RFC 2047, section 5.
      'Subject: =?UTF-8?B?UXVlc3Rpb24gYWJvdXQgdGhlIHNpemUgdGFibGU6IEdyw7bD?=\r\n =?UTF-8?B?n2UgZsO8ciDDpHXDn2VyZSBUw7xyZW4=?=',
    ],
    body: lines('Is there one?'),
    snippetContains: 'Is there one?',
  }),
  written({
    name: 'newsletter-word-split-in-q',
    hoursAgo: 28,
    expectedRoute: 'unknown',
    shownSubject: 'Résumé of our spring collection – à bientôt',
    header: [
      'From: =?utf-8?q?Atelier_Ros=C3=A9?= <lettre@atelier-rose.example>',
      TO_TEAM,
      'List-Id: <lettre.atelier-rose.example>',
      // The dash is cut after its second byte.
      'Subject: =?UTF-8?Q?R=C3=A9sum=C3=A9_of_our_spring_collection_=E2=80?=\r\n =?UTF-8?Q?=93_=C3=A0_bient=C3=B4t?=',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=iso-8859-1',
      'Content-Transfer-Encoding: 8bit',
    ],
    body: Buffer.from('À bientôt dans nos magasins.\r\n', 'latin1'),
    snippetContains: 'À bientôt dans nos magasins.',
  }),
  written({
    name: 'header-in-bare-utf-8',
    hoursAgo: 29,
    expectedRoute: 'unknown',
    shownSubject: 'Приглашение на выставку',
    header: [
      'From: Галерея <info@galereya.example>',
      TO_TEAM,
      'Subject: Приглашение на выставку',
      'Content-Type: text/plain; charset=utf-8',
    ],
    body: lines('Ждём вас в пятницу.'),
    snippetContains: 'Ждём вас в пятницу.',
  }),
  written({
    name: 'charset-that-nobody-knows',
    hoursAgo: 32,
    expectedRoute: 'unknown',
    shownSubject: 'Price list',
    header: [
      'From: export@machine-parts.example',
      TO_TEAM,
      'Subject: Price list',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=x-no-such-charset',
    ],
    body: lines('M6 screws, 1000 pieces: 14.20'),
    snippetContains: 'M6 screws, 1000 pieces: 14.20',
  }),
];
