import { describe, expect, it } from 'vitest';
import { lacksText } from '../../../functions/core/mail/read-mail.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';
import { rawMailOf, read, type Source } from './raw-mail-of.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const explained = (source: Source) => read(rawMailOf(source, { isAllFetched: true })).snippet;
const event = (...lines: readonly string[]) => [
  'BEGIN:VCALENDAR',
  'BEGIN:VTIMEZONE',
  'BEGIN:STANDARD',
  'DTSTART:19961027T030000',
  'END:STANDARD',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  ...lines,
  'END:VEVENT',
  'END:VCALENDAR',
];
const calendar = (...lines: readonly string[]) => [
  'Content-Type: text/calendar; charset=utf-8',
  '',
  ...event(...lines),
];
const report = (...fields: readonly string[]) => [
  'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
  '',
  '--r',
  '',
  ' ',
  '--r',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.com',
  '',
  'Final-Recipient: rfc822; gone@example.com',
  ...fields,
  '--r--',
];

describe('an email without readable text says what it has instead', () => {
  it.each<[string, Source, string]>([
    [
      'S/MIME',
      ['Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m', '', 'MIAG'],
      'encrypted (S/MIME)',
    ],
    ['S/MIME without its type', ['Content-Type: application/x-pkcs7-mime', '', 'MIAG'], 'encrypted (S/MIME)'],
    [
      'S/MIME by its name only',
      ['Content-Type: application/octet-stream; name="smime.p7m"', '', 'MIAG'],
      'encrypted (S/MIME)',
    ],
    [
      'S/MIME that is signed, not encrypted',
      ['Content-Type: application/pkcs7-mime; smime-type=signed-data', '', 'MIAG'],
      'signed (S/MIME)',
    ],
    [
      'S/MIME that is signed by its content',
      ['Content-Type: application/pkcs7-mime', 'Content-Transfer-Encoding: base64', '', 'MIAGCSqGSIb3DQEHAqCA'],
      'signed (S/MIME)',
    ],
    [
      'PGP/MIME',
      [
        'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e',
        '',
        '--e',
        'Content-Type: application/pgp-encrypted',
        '',
        'Version: 1',
        '--e',
        'Content-Type: application/octet-stream; name=encrypted.asc',
        '',
        '-----BEGIN PGP MESSAGE-----',
      ],
      'encrypted (PGP)',
    ],
    ['PGP in a text', ['Subject: x', '', '-----BEGIN PGP MESSAGE-----', '', 'hQEMA'], 'encrypted (PGP)'],
    [
      'an invitation at a local time',
      calendar('DTSTART;TZID="Europe/Berlin: x":20260312T100000', 'SUMMARY:Quarterly review'),
      'calendar invitation: Quarterly review, Thu 12 Mar 10:00',
    ],
    [
      'an invitation in UTC, folded and escaped',
      calendar('SUMMARY;LANGUAGE=de:Größe\\, Fo', ' rm\\; und\\nFarbe \\\\', 'DTSTART:20260310T090000Z'),
      'calendar invitation: Größe, Form; und Farbe \\, Tue 10 Mar 09:00 UTC',
    ],
    [
      'an invitation for a day',
      calendar('SUMMARY:Offsite', 'DTSTART;VALUE=DATE:20260302'),
      'calendar invitation: Offsite, Mon 2 Mar',
    ],
    ['an invitation without a date', calendar('SUMMARY:Offsite', 'DTSTART:soon'), 'calendar invitation: Offsite'],
    ['an invitation without anything', calendar(), 'calendar invitation'],
    [
      'a cancellation beside a blank text',
      [
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        '',
        '',
        '--b',
        'Content-Type: text/calendar; method=CANCEL',
        'Content-Transfer-Encoding: base64',
        '',
        base64(event('SUMMARY:Offsite').join('\r\n')),
        '--b--',
      ],
      'calendar cancellation: Offsite',
    ],
    [
      'a bounce with its diagnosis',
      report('Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 User', '  unknown'),
      'delivery failed: User unknown',
    ],
    ['a bounce with its status only', report('Status: 5.1.1'), 'delivery failed: status 5.1.1'],
    ['a delay', report('Action: delayed', 'Diagnostic-Code: smtp; 421-4.4.0 Busy'), 'delivery delayed: Busy'],
    ['a bounce that says nothing', report(), 'delivery failed'],
    [
      'images in HTML',
      [
        'Content-Type: text/html',
        '',
        '<img src=a width=1 height=1 alt=pixel><img src=b><img alt=" Spring &amp; sale ">',
      ],
      'image: Spring & sale',
    ],
    ['images in HTML of which one counts readers', ['Content-Type: text/html', '', '<img width=1 height=1 alt=x>'], ''],
    ['images in HTML that say nothing', ['Content-Type: text/html', '', '<img src=b>'], 'image'],
    [
      'an image',
      ['Content-Type: image/png; name="=?utf-8?Q?Spring_sale=2Epng?="', 'Content-Disposition: inline', '', 'x'],
      'image: Spring sale.png',
    ],
    [
      'an image with a description',
      ['Content-Type: image/png; name=1.png', 'Content-Description: Spring sale', '', 'x'],
      'image: Spring sale',
    ],
    [
      'an attachment behind a blank text',
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        '',
        '',
        '--b',
        'Content-Type: application/pdf',
        "Content-Disposition: attachment; filename*=utf-8''sc%C3%A4n.pdf",
        '',
        'x',
      ],
      'attachment: scän.pdf',
    ],
    ['an attached text', ['Content-Disposition: attachment; filename=notes.txt', '', 'text'], 'attachment: notes.txt'],
    ['an attachment without a name', ['Content-Type: application/pdf', '', 'x'], 'attachment: application/pdf'],
    [
      'an attachment in HTML that has only a pixel',
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/html',
        '',
        '<img src=x width=1px>',
        '--b',
        'Content-Type: application/pdf; name=scan.pdf',
        '',
        'x',
      ],
      'attachment: scan.pdf',
    ],
    [
      'a signature only',
      [
        'Content-Type: multipart/signed; boundary=b',
        '',
        '--b',
        '',
        '',
        '--b',
        'Content-Type: application/pgp-signature; name=signature.asc',
        '',
        'x',
      ],
      '',
    ],
    ['nothing', ['Subject: x', '', ''], ''],
  ])('%s', (_what, source, snippet) => {
    expect(explained(source)).toBe(snippet);
  });

  it('not before all of its text was looked for', () => {
    const raw = rawMailOf(['Content-Type: application/pdf; name=scan.pdf', '', 'x']);
    expect([read(raw).snippet, lacksText(read(raw))]).toEqual(['', true]);
    expect(lacksText(read({ ...raw, isAllFetched: true }))).toBe(false);
  });

  it('by the HTML that was fetched last', () => {
    const part = { section: '2', type: 'text/html', charset: undefined, encoding: undefined } as const;
    const raw = rawMailOf(['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: image/png', '', 'x']);
    const text = { part, content: Buffer.from('<img alt="Spring sale">') };
    expect(read({ ...raw, text }).snippet).toBe('');
    expect(read({ ...raw, text, isAllFetched: true }).snippet).toBe('image: Spring sale');
  });

  it('and has its text where it has one', () => {
    expect(explained(['Content-Type: text/html', '', '<img alt=no>Text'])).toBe('Text');
  });

  it.each([
    ['text/calendar', 'BEGIN:VEVENT\r\n'],
    ['text/calendar', 'BEGIN:VEVENT\r\nSUMMARY;"'],
    ['text/calendar', 'SUMMARY;a="b'],
    ['message/delivery-status', '\r\n'],
    ['message/delivery-status', 'a: b\r\n\r\n'],
    ['text/html', '<img '],
    ['application/pkcs7-mime', 'MIAG'],
  ])('in a time that grows with its body, of %s', (type, piece) => {
    const bodies = (times: number) => ({
      ...rawMailOf([`Content-Type: ${type}`, '', ''], { isAllFetched: true }),
      body: Buffer.from(piece.repeat(times * 1_000)),
    });
    expect(growthOf(bodies, read)).toBeLessThan(linearGrowth());
  });
});
