import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lacksText } from '../../../functions/core/mail/read-mail.ts';
import { cpuMsSince, growthOf, linearGrowth } from '../../cpu-time.ts';
import { FETCHED_BYTES, RECEIVED_AT, rawMailOf, read, readSource, type Source, withBody } from './raw-mail-of.ts';
import { STRUCTURES } from './structures.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('the snippet of a mail', () => {
  it.each(STRUCTURES)('with %s', (_name, source, snippet) => {
    const mail = readSource(source);
    expect(mail.snippet).toBe(snippet);
    expect(mail.problem).toBeUndefined();
  });

  it('has at most 500 characters, of which the last says that there is more', () => {
    const { snippet } = readSource(['Subject: x', '', 'Hello world '.repeat(200)]);
    expect(snippet.length).toBeLessThanOrEqual(500);
    expect(snippet).toMatch(/^(?:Hello world )+Hello wo?r?l?d?…$|^(?:Hello world )+H?e?l?l?o?…$/);
  });

  it('ends between two graphemes', () => {
    const { snippet } = readSource(['Subject: x', '', 'a'.repeat(497) + '👨‍👩‍👧'.repeat(9)]);
    expect(snippet).toBe(`${'a'.repeat(497)}…`);
  });

  it.each(['ä', '見', '🎉'])('ends before the %s that the end of the fetched bytes cut in two', (character) => {
    for (let shift = 0; shift < 4; shift += 1) {
      const source = Buffer.from(`Subject: x\r\n\r\n${' '.repeat(FETCHED_BYTES - 30 + shift)}${character.repeat(20)}`);
      expect(readSource(source).snippet).toMatch(new RegExp(`^(?:${character})+$`, 'u'));
    }
  });

  it.each(['plain', 'html'])('is the part of a second fetch, decoded as the structure says (%s)', (type) => {
    const part = {
      section: '2',
      type: `text/${type}` as 'text/plain' | 'text/html',
      charset: 'ISO-8859-1',
      encoding: 'QUOTED-PRINTABLE',
      flow: undefined,
    };
    const raw = rawMailOf([
      'Subject: x',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: application/pdf',
    ]);
    expect(lacksText(read(raw))).toBe(true);
    const mail = read({ ...raw, text: { part, content: Buffer.from('Gr=FC=\r\n=DFe =E2=\r\n') } });
    expect(mail.snippet).toBe('Grüße â');
    expect(lacksText(mail)).toBe(false);
  });
});

describe('the subject', () => {
  it.each<[string, string | Buffer, string]>([
    ['plain', 'Hello   there', 'Hello there'],
    ['encoded words of two charsets', '=?iso-8859-1?Q?Gr=F6=DFe?= =?UTF-8?B?4oCT?= M', 'Größe– M'],
    ['a language (RFC 2231)', '=?utf-8*de?Q?Gr=C3=B6=C3=9Fe?=', 'Größe'],
    ['a word split within a character, in Q', '=?utf-8?Q?=E2=80?=\r\n =?UTF-8?q?=93?=', '–'],
    [
      'a word split within a character, in B',
      `=?utf-8?B?${Buffer.of(0xe2, 0x80).toString('base64')}?= =?utf-8?B?kw==?=`,
      '–',
    ],
    ['a word split within a character, B then Q', '=?utf-8?B?4oA=?= =?utf-8?Q?=93?=', '–'],
    [
      'ISO-2022-JP whose escapes meet',
      '=?ISO-2022-JP?B?GyRCJW0lMBsoQg==?= =?ISO-2022-JP?B?GyRCJSQlcxsoQg==?=',
      'ログイン',
    ],
    ['raw ISO-2022-JP', latin1('\x1b$B@A5a=q\x1b(B'), '請求書'],
    ['spaces within a word', '=?utf-8?Q?two words_and more?=', 'two words and more'],
    ['words without a space between them and text', 'a=?utf-8?Q?b?=c', 'abc'],
    ['UTF-8 words labelled ISO-8859-1', '=?iso-8859-1?Q?Gr=C3=B6=C3=9Fe?=', 'Größe'],
    ['windows-1252 words labelled UTF-8', '=?utf-8?Q?=84Gr=F6=DFe=93_=96_20_=80?=', '„Größe“ – 20 €'],
    ['windows-1252 words', '=?windows-1252?Q?=8420_=80=93?=', '„20 €“'],
    ['a charset that nobody knows', '=?x-none?Q?caf=C3=A9?=', 'café'],
    ['raw UTF-8', 'Приглашение', 'Приглашение'],
    ['raw Latin-1', latin1('Gr\xF6\xDFe \x96 20 \x80'), 'Größe – 20 €'],
    ['what looks like a word and is none', '=?utf-8?X?abc?= =?=?', '=?utf-8?X?abc?= =?=?'],
    ['line breaks in a word', '=?utf-8?Q?Hello=0D=0ABcc:_x?=', 'Hello Bcc: x'],
    ['bidi overrides, controls and NUL', 'invoice\u202Efdp\u202C.\0\u0007exe', 'invoicefdp.exe'],
    ['a bare CR', 'one\rFrom: two', 'one From: two'],
  ])('with %s', (_what, subject, shown) => {
    const source = Buffer.concat([
      Buffer.from('Subject: '),
      Buffer.from(subject),
      Buffer.from('\r\nFrom: a@b.example\r\n\r\n'),
    ]);
    expect(readSource(source).subject).toBe(shown);
  });

  it('takes raw 8-bit characters by the charset of the text, where they are not UTF-8', () => {
    const header = ['Content-Type: text/plain; charset=koi8-r', 'Subject: '].join('\r\n');
    const source = Buffer.concat([
      Buffer.from(header),
      Buffer.from('8NLJx8zB28XOycU=', 'base64'),
      Buffer.from('\r\n\r\n'),
    ]);
    expect(readSource(source).subject).toBe('Приглашение');
  });

  it('has at most 300 characters, however long its header is and however it is encoded', () => {
    const word = `=?utf-8?B?${base64('見積'.repeat(7))}?=`;
    const { subject } = readSource([`Subject: ${Array(2_000).fill(word).join('\r\n ')}`, '', '']);
    expect(subject).toMatch(/^(?:見積)+見?…$/);
    expect(subject.length).toBe(300);
  });

  it('is empty where there is none', () => {
    expect(readSource(['From: a@b.example', '', 'x']).subject).toBe('');
  });
});

describe('senders and recipients', () => {
  const ADA = { name: 'Ada', address: 'ada@example.com' };
  it.each<[string, readonly string[], unknown]>([
    ['one', ['From: Ada <ada@example.com>'], [ADA]],
    [
      'several in one field',
      ['From: Ada <ada@example.com>, bob@example.com'],
      [ADA, { name: '', address: 'bob@example.com' }],
    ],
    [
      'several From fields',
      ['From: Ada <ada@example.com>', 'From: bob@example.com'],
      [ADA, { name: '', address: 'bob@example.com' }],
    ],
    ['none', ['Subject: x'], []],
    ['an empty field', ['From:'], []],
    [
      'a group',
      ['From: Board: Ada <ada@example.com>, bob@example.com;'],
      [ADA, { name: '', address: 'bob@example.com' }],
    ],
    [
      'groups within groups, sixty deep, as postal-mime does not read them',
      [`From: ${'a:'.repeat(60)} Ada <ada@example.com>;`],
      [{ name: `${'a '.repeat(59)}Ada`, address: 'ada@example.com' }],
    ],
    ['a group without members', ['From: undisclosed-recipients:;'], [{ name: 'undisclosed-recipients', address: '' }]],
    [
      'a name in encoded words',
      ['From: =?utf-8?Q?Ad=C3=A4?= =?iso-8859-1?Q?_L=F6?= <ada@example.com>'],
      [{ name: 'Adä Lö', address: 'ada@example.com' }],
    ],
    [
      'a name whose words lie about their charset',
      ['From: =?utf-8?Q?Ad=E4?= <ada@example.com>'],
      [{ name: 'Adä', address: 'ada@example.com' }],
    ],
    [
      'words in quotes, against RFC 2047',
      ['From: "=?utf-8?Q?Ad=C3=A4?=" <ada@example.com>'],
      [{ name: 'Adä', address: 'ada@example.com' }],
    ],
    [
      'a comma and brackets within a word, which are no address',
      ['From: =?utf-8?Q?Lovelace,_<x@stripe.com>_?= <ada@example.com>'],
      [{ name: 'Lovelace, <x@stripe.com>', address: 'ada@example.com' }],
    ],
    [
      'a quoted name that looks like an address',
      ['From: "a@stripe.com" <ada@example.com>'],
      [{ name: 'a@stripe.com', address: 'ada@example.com' }],
    ],
    ['a raw UTF-8 name', ['From: Галерея <ada@example.com>'], [{ name: 'Галерея', address: 'ada@example.com' }]],
    ['a name with an override', ['From: "Ada\u202E\u0000" <ada@example.com>'], [ADA]],
    ['a folded field', ['From: Ada', '\t<ada@example.com>'], [ADA]],
    [
      'an address that invisible characters make look like another',
      ['From: Ada <ada@exam\u200Bple.com>'],
      [{ name: 'Ada ada@example.com', address: '' }],
    ],
  ])('%s', (_what, header, addresses) => {
    expect(readSource([...header, '', '']).from).toEqual(addresses);
    expect(readSource([...header.map((line) => line.replace('From', 'To')), '', '']).to).toEqual(addresses);
  });
});

describe('the date', () => {
  it.each([
    ['Mon, 2 Mar 2026 09:00:00 +0100', '2026-03-02T08:00:00.000Z'],
    ['2 Mar 26 09:00 +0100 (CET)', '2026-03-02T08:00:00.000Z'],
    ['yesterday', RECEIVED_AT.toISOString()],
    ['Mon, 2 Mar 202600 09:00:00 +0100', RECEIVED_AT.toISOString()],
    ['', RECEIVED_AT.toISOString()],
  ])('"%s" is %s', (header, date) => {
    expect(readSource([`Date: ${header}`, '', '']).date).toBe(date);
  });

  it('is 1970 where neither the mail nor the server has one', () => {
    expect(read(rawMailOf(['Subject: x', '', ''], { internalDate: new Date(Number.NaN) })).date).toBe(
      '1970-01-01T00:00:00.000Z',
    );
  });
});

describe('header fields for rules', () => {
  it('are unfolded and decoded, all of a name, in their order', () => {
    const { headers } = readSource([
      'List-Id: =?utf-8?Q?B=C3=BCro?=',
      '\t<office.example.com>',
      'X-A : 1',
      'x-a: 2',
      '',
      '',
    ]);
    expect([headers.get('list-id'), headers.get('x-a')]).toEqual([['Büro\t<office.example.com>'], ['1', '2']]);
  });

  it('keep Authentication-Results as sent', () => {
    const value = 'mx.example.com; spf=pass smtp.mailfrom="=?utf-8?Q?x;_dmarc=3Dpass?="@example.com';
    expect(readSource([`Authentication-Results: ${value}`, '', '']).headers.get('authentication-results')).toEqual([
      value,
    ]);
  });
});

describe('a mail of which the server hands out no header', () => {
  const envelope = {
    from: 'ada@example.com',
    to: 'team@\u202Eexample.com',
    subject: 'Hello\r\n\u202Ethere',
    messageId: '<1@example.com>',
  };
  const mail = read(rawMailOf(Buffer.from('\r\n\r\n'), { envelope }));

  it('has its problem, and what the server says of it', () => {
    expect(mail).toMatchObject({
      problem: 'the mail could not be read: the server handed out no header',
      from: [{ name: '', address: 'ada@example.com' }],
      to: [{ name: '', address: 'team@example.com' }],
      subject: 'Hello there',
      messageId: '<1@example.com>',
      link: 'message:<1@example.com>',
      date: RECEIVED_AT.toISOString(),
    });
  });

  it('is no other mail of its mailbox', () => {
    expect(read(rawMailOf(Buffer.from('\r\n\r\n'), { uid: 8, envelope })).mailId).not.toBe(mail.mailId);
  });

  it('is not read again for its text', () => {
    expect(lacksText(mail)).toBe(false);
  });
});

it('the text of a part names no field of it', () => {
  const body = ['--b', 'Content-Type: text/plain', '', 'Content-Transfer-Encoding: base64', '', 'Hello', '--b--', ''];
  const { snippet } = readSource(['Content-Type: multipart/mixed; boundary=b', '', ...body]);
  expect(snippet).toBe('Content-Transfer-Encoding: base64 Hello');
});

it('a Message-ID longer than any line may be is not shown, and identifies its mail all the same', () => {
  const [one, other] = ['a', 'b'].map((end) => readSource([`Message-ID: <${'x'.repeat(1_000)}${end}@y>`, '', '']));
  expect([one?.messageId, one?.link]).toEqual([undefined, undefined]);
  expect(one?.mailId).not.toBe(other?.mailId);
});

describe('a hostile mail', () => {
  const KB_100 = 100_000;
  const filled = (piece: string, length = KB_100) => piece.repeat(Math.ceil(length / piece.length));
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, level) => [
      `--b${level}`,
      `Content-Type: multipart/mixed; boundary=b${level + 1}`,
      '',
    ]).flat();
  const HEADERS = [
    'Subject',
    'From',
    'To',
    'Date',
    'Message-ID',
    'Content-Type',
    'Content-Transfer-Encoding',
    'List-Id',
  ];
  const PIECES = [
    ' ',
    '\t',
    'a',
    '\0',
    '\xFF',
    'é',
    '=?',
    '=?utf-8?Q?',
    '=?utf-8?B?====?= ',
    '=?a?q?=?=',
    '=?x',
    '"',
    '"\\',
    '\\',
    '(',
    ')',
    '<',
    '>',
    '<@',
    'a@',
    '@',
    ',',
    ':',
    ';',
    ':;',
    'a:',
    ';a="',
    ';a="\\"',
    '; boundary*0=',
    '=\r\n ',
    '\r\n ',
    '\r',
    '\u0301',
    '\u200D',
    '\uFFFD',
    '\x1b$B',
    '%',
    "''",
    '= ',
  ];

  it.each(HEADERS)('with 100 kB of anything in its %s is read in no time', (name) => {
    const source = (piece: string) => [`${name}: ${filled(piece)}`, 'X-Last: yes', '', 'text'];
    for (const piece of PIECES) {
      // Of the CPU: other work on the machine makes a test wait, not a reader slow.
      const begun = process.cpuUsage();
      const mail = readSource(source(piece));
      const tookMs = cpuMsSince(begun);
      expect({ piece, isSlow: tookMs > 500 }, `${tookMs} ms`).toEqual({ piece, isSlow: false });
      expect(mail.problem).toBeUndefined();
    }
  });

  it('with a header field of 1 MB takes no more memory than one of 100 kB', () => {
    const mail = readSource([`To: ${filled('a@b.example, ', 1_000_000)}`, '', '']);
    expect(mail.headers.get('to')?.[0]?.length).toBeLessThanOrEqual(KB_100);
    expect(mail.to.length).toBe(1_000);
  });

  it('with thousands of header fields of a name is read in a time that grows with their number, and no faster', () => {
    const fields = (times: number) => [...Array<string>(times * 6_000).fill('To: a@b.example'), '', ''];
    expect(growthOf(fields, readSource)).toBeLessThan(linearGrowth());
  });

  it.each<[string, Source]>([
    ['10,000 boundaries', ['Content-Type: multipart/mixed; boundary=b', '', filled('--b\r\n', 50_000)]],
    [
      '10,000 boundaries of quoted-printable parts',
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        filled('--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'),
      ],
    ],
    [
      'one boundary on every level',
      [
        'Content-Type: multipart/mixed; boundary=b',
        '',
        filled('--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'),
      ],
    ],
    ['multiparts, each in another', ['Content-Type: multipart/mixed; boundary=b0', '', ...nested(1_000)]],
    ['messages, each in another', ['Content-Type: message/rfc822', '', filled('Content-Type: message/rfc822\r\n\r\n')]],
    ['a boundary of dashes', [`Content-Type: multipart/mixed; boundary=${filled('-', 900)}`, '', filled('-')]],
    ['a boundary to be guessed', ['Content-Type: multipart/mixed', '', filled('--a ')]],
    ['blank lines', ['Content-Type: multipart/mixed; boundary=b', '', '--b', filled('\r\n')]],
    ['flowed text', ['Content-Type: text/plain; format=flowed', '', filled('> \r\n')]],
    ['spaces behind equals signs', ['Content-Transfer-Encoding: quoted-printable', '', filled('=   ')]],
    ['padding', ['Content-Transfer-Encoding: base64', '', filled('YQ==')]],
    ['marks', ['Subject: x', '', filled('\u0301')]],
    ['joiners', ['Subject: x', '', filled('👩\u200D')]],
    ['broken UTF-8', withBody(['Subject: x'], Buffer.alloc(KB_100, 0xe2))],
    ['escapes', ['Subject: x', '', filled('\x1b$B\x1b(B')]],
    ...[
      '<b>',
      '<div>',
      '</p>',
      '<p>',
      '<',
      '&',
      '<!--',
      '<![CDATA[',
      '<a ',
      '<a href="',
      '<table><tr><td>',
      '<template>',
      '<svg><b>',
      '&#',
    ].map((piece) => [`${piece} and nothing else`, ['Content-Type: text/html', '', filled(piece)]] as [string, Source]),
  ])('with 100 kB of %s is read in no time', (_what, source) => {
    // As if the poll fetched 100 kB; it fetches 4 kB, and 37 kB of a text further in.
    const whole = rawMailOf(source);
    const bytes = Buffer.isBuffer(source) ? source : Buffer.from(source.join('\r\n'));
    const body = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
    const begun = process.cpuUsage();
    const mail = read({ ...whole, body });
    expect(cpuMsSince(begun)).toBeLessThan(1_000);
    expect(mail.problem).toBeUndefined();
    expect(mail.snippet.length).toBeLessThanOrEqual(500);
  });
});

describe('any bytes at all', () => {
  const NEVER_SHOWN = /[\p{Cc}\p{Cs}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/u;
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
    {
      weight: 5,
      arbitrary: fc
        .constantFrom(
          'Subject: ',
          'From: ',
          'To: ',
          'Date: ',
          'Message-ID: ',
          'Content-Type: text/html; charset=',
          'shift_jis',
          'utf-8',
          'iso-2022-jp',
          'Content-Type: multipart/alternative; boundary=b',
          'Content-Type: message/rfc822',
          '--b',
          '--b--',
          '=?utf-8?Q?',
          '=?gbk?B?',
          '?=',
          '=',
          'Content-Transfer-Encoding: base64',
          'Content-Transfer-Encoding: quoted-printable',
          '; format=flowed; delsp=yes',
          '<p>',
          '</style>',
          '\r\n',
          '\r\n\r\n',
          '\r\n ',
          '\u202E',
          '\u0000',
          '\u0085',
          '👨‍👩‍👧',
          '\ud83d',
        )
        .map((text) => Buffer.from(text)),
    },
  );
  const mailBytes = fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.concat(pieces));

  it('make a mail that can be shown, twice the same', () => {
    fc.assert(
      fc.property(mailBytes, (bytes) => {
        const mail = readSource(bytes);
        const names = [...mail.from, ...mail.to].flatMap(({ name, address }) => [name, address]);
        for (const shown of [mail.snippet, mail.subject, mail.messageId ?? '', mail.problem ?? '', ...names]) {
          expect(shown).not.toMatch(NEVER_SHOWN);
        }
        expect(mail.snippet.length).toBeLessThanOrEqual(500);
        expect(mail.subject.length).toBeLessThanOrEqual(300);
        expect(new Date(mail.date).toISOString()).toBe(mail.date);
        expect(readSource(bytes)).toEqual(mail);
      }),
      { numRuns: 1_000 },
    );
  });

  it('also as the text of a second fetch', () => {
    const part = fc.record({
      section: fc.constant('2'),
      type: fc.constantFrom('text/plain' as const, 'text/html' as const),
      charset: fc.option(fc.constantFrom('utf-8', 'iso-2022-jp', 'big5', 'none', ''), { nil: undefined }),
      encoding: fc.option(fc.constantFrom('base64', 'quoted-printable', '8bit', ''), { nil: undefined }),
      flow: fc.constantFrom(undefined, 'flowed' as const, 'flowed, delsp' as const),
    });
    fc.assert(
      fc.property(mailBytes, part, (content, textPart) => {
        const { snippet } = read({ ...rawMailOf(['Subject: x', '', '']), text: { part: textPart, content } });
        expect(snippet).not.toMatch(NEVER_SHOWN);
        expect(snippet.length).toBeLessThanOrEqual(500);
      }),
      { numRuns: 500 },
    );
  });
});
