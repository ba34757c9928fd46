import { bytesOf } from '../bytes.ts';
import type { Random } from '../random.ts';

/** Labels and values of header fields that have broken parsers of mail, or the people who read it. */

export const CHARSETS = [
  'utf-8',
  'us-ascii',
  'iso-8859-1',
  'iso-8859-8-i',
  'windows-1252',
  'windows-1251',
  'koi8-r',
  'iso-2022-jp',
  'shift_jis',
  'euc-jp',
  'gb18030',
  'gb2312',
  'big5',
  'euc-kr',
  'iso-2022-kr',
  'utf-7',
  'hz-gb-2312',
  'ibm850',
  'cesu-8',
  'viscii',
  'utf-16',
  'utf-16le',
  'utf-32',
  'x-user-defined',
  'replacement',
  'x-no-such',
  '',
  '"',
  'utf-8; charset=koi8-r',
  '\0',
  'constructor',
  '__proto__',
];

export const ENCODINGS = [
  'base64',
  'BASE64',
  'quoted-printable',
  '7bit',
  '8bit',
  'binary',
  'x-uuencode',
  'base64 quoted-printable',
  'base 64',
  '',
  '(comment) base64',
  '__proto__',
];

export const TYPES = [
  'text/plain',
  'text/html',
  'text/enriched',
  'html',
  'text/calendar',
  'text/calendar; method=CANCEL',
  'application/pkcs7-mime; name=smime.p7m',
  'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x',
  'multipart/mixed; boundary=x y z',
  'image/png; name="=?utf-8?q?=E2=9C=93.png?="',
  'multipart/mixed; boundary=x',
  'multipart/alternative',
  'multipart/digest; boundary="x"',
  'message/rfc822',
  'message/delivery-status',
  'message/partial; id=1; number=1',
  'application/octet-stream',
  'text',
  '/',
  ';;;',
  'text/plain; charset',
  'text/plain; charset="',
  "text/html; charset*0*=utf-8''; charset*1=x",
  'multipart/mixed; boundary=""',
  'multipart/mixed; boundary*0="a"; boundary*1="b"',
];

export const FIELDS = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Content-Disposition',
  'List-Id',
  'Authentication-Results',
];

const WORD_CONTENTS = ['4pyT', '=E2=9C=93', '////', '=', '=0D=0A', '=00', '_____', '%%%', '\x1b$B', 'gqiM', '', '4'];

const values: readonly ((random: Random) => string)[] = [
  () => '',
  () => '\0',
  (random) => 'a'.repeat(random.between(1_000, 100_000)),
  (random) => 'a '.repeat(random.between(1_000, 50_000)),
  (random) => '('.repeat(random.between(1, 30_000)),
  (random) => '"'.repeat(random.between(1, 30_001)),
  (random) => '\\'.repeat(random.between(1, 30_001)),
  (random) => '<'.repeat(random.between(1, 30_000)),
  (random) => '=?'.repeat(random.between(1, 20_000)),
  (random) => '=?utf-8?q?'.repeat(random.between(1, 5_000)),
  (random) => '=?utf-8?q?=?='.repeat(random.between(1, 5_000)),
  (random) =>
    `=?${random.pick(CHARSETS)}?${random.pick(['b', 'q', 'B', 'x'])}?${random.pick(WORD_CONTENTS)}?= `.repeat(
      random.between(1, 300),
    ),
  (random) => 'a@example.com, '.repeat(random.between(1, 5_000)),
  (random) => 'g:'.repeat(random.between(1, 10_000)),
  (random) => 'g: a@example.com; '.repeat(random.between(1, 3_000)),
  (random) => '"a b" <a@example.com> (c) '.repeat(random.between(1, 2_000)),
  (random) => ', ; : < > @ '.repeat(random.between(1, 3_000)),
  (random) => `a; ${'p=v; '.repeat(random.between(1, 8_000))}`,
  (random) =>
    `text/plain; ${Array.from({ length: random.between(1, 3_000) }, (_, at) => `n*${at}*=%${at}`).join('; ')}`,
  (random) => `multipart/mixed; boundary="${'-'.repeat(random.between(1, 5_000))}"`,
  (random) => `<${random.bytes(random.between(1, 2_000))}@example.com>`,
  (random) => bytesOf('\u202e\u2066\u200f'.repeat(random.between(1, 1_000))),
  (random) => bytesOf(`e${'\u0301'.repeat(random.between(1, 20_000))}`),
  (random) => bytesOf('\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67'.repeat(random.between(1, 500))),
  (random) => bytesOf('\ud83d\udc69\u200d'.repeat(random.between(1, 5_000))),
  (random) => `${'a'.repeat(random.between(480, 520))}${bytesOf('\ud83c\udde9\ud83c\uddea'.repeat(20))}`,
  (random) =>
    Array.from({ length: random.between(1, 3_000) }, (_, at) => `=?x-${at}?q?a?=`).join(random.pick([' ', '', ', '])),
  () => '03/02/2026 10:00',
  () => '02.03.2026, 10:00 PM',
  () => 'Fri, 99 Foo 99999999 99:99:99 +9999',
  () => 'Sat, 13 Sep 275760 00:00:01 +0000',
  () => '20 Mar 0000 00:00:00 -0000',
  (random) => `mx.example.com; ${'dmarc=pass (((('.repeat(random.between(1, 3_000))}`,
  (random) => `mx.example.com; ${'dmarc=pass header.from="'.repeat(random.between(1, 3_000))}`,
  (random) => random.bytes(random.between(1, 3_000)).replaceAll(/[\r\n]/g, ' '),
  (random) => random.pick(CHARSETS),
  (random) => random.pick(ENCODINGS),
  (random) => random.pick(TYPES),
];

/** A value for any header field, sometimes folded. */
export function hostileValue(random: Random): string {
  const value = random.pick(values)(random);
  return random.chance(0.2)
    ? value.replaceAll(' ', random.pick(['\r\n ', '\r\n\t', '\n ', '\r\n \r\n ', '\r ']))
    : value;
}
