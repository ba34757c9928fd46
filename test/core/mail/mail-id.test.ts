import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawMail } from '../../../functions/core/mail/raw-mail.ts';
import { rawMailOf, read, readSource } from './raw-mail-of.ts';

const FROM = 'From: "Lovelace, Ada" <ada@example.com>';
const DATE = 'Date: Mon, 2 Mar 2026 09:00:00 +0100';
const SUBJECT = 'Subject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?= of the new engine';
const MESSAGE_ID = 'Message-ID: <engine-1@example.com>';
const HEADER = [FROM, DATE, SUBJECT, MESSAGE_ID];
const idOf = (...header: readonly string[]) => readSource([...header, '', 'Text']).mailId;

describe('the same mail keeps its id', () => {
  const id = idOf(...HEADER);

  it.each<[string, readonly string[]]>([
    ['its fields are in another order', [MESSAGE_ID, SUBJECT, FROM, DATE]],
    [
      'its field names are written otherwise',
      HEADER.map((line) => line.replace(/^[^:]+/, (name) => name.toUpperCase())),
    ],
    ['a long Message-ID is folded behind its name', [FROM, DATE, SUBJECT, 'Message-ID:\r\n <engine-1@example.com>']],
    ['it is folded elsewhere', [FROM, DATE, SUBJECT.replaceAll(' of ', '\r\n of\r\n\t'), MESSAGE_ID]],
    ['a fold came where no space was', ['From: "Lovelace,\r\n Ada"\r\n <ada@example.com>', DATE, SUBJECT, MESSAGE_ID]],
    ['a server adds fields', ['Received: from a by b', 'X-UID: 7', ...HEADER]],
    ['fields end in white space', HEADER.map((line) => `${line} \t`)],
    ['lines end in LF alone', [HEADER.join('\n')]],
    ['a second Message-ID follows', [...HEADER, 'Message-ID: <relay-9@example.net>']],
  ])('where %s', (_where, header) => {
    expect(idOf(...header)).toBe(id);
  });

  it('wherever it lies in its account', () => {
    const raw = rawMailOf([...HEADER, '', 'Text']);
    expect(read({ ...raw, uid: 4711 }, 'support/Archive/2026', '99').mailId).toBe(id);
    expect(read(raw, 'sales/INBOX').mailId).not.toBe(id);
  });

  it('with the text of a second fetch, further text, or line ends and NUL bytes that a server changes', () => {
    const raw = rawMailOf([...HEADER, '', '']);
    const part = { section: '2', type: 'text/plain', charset: undefined, encoding: undefined } as const;
    expect(read({ ...raw, text: { part, content: Buffer.from('Text') } }).mailId).toBe(read(raw).mailId);
    const withText = (text: string) => readSource([...HEADER, '', text]).mailId;
    expect(withText(`${'x'.repeat(4_096)} and more`)).toBe(withText(`${'x'.repeat(4_096)} and less`));
    expect(withText('Te\0xt\n')).toBe(id);
  });

  it('with raw 8-bit characters, where a server keeps NUL bytes, drops them, or puts 0x80 in their place', () => {
    const withByte = (byte: string) =>
      readSource(Buffer.from([FROM, `Subject: Gr\xF6\xDFe ${byte}of`, MESSAGE_ID, '', ''].join('\r\n'), 'latin1'))
        .mailId;
    expect(withByte('\0')).toBe(withByte(''));
    expect(withByte('\x80')).toBe(withByte(''));
    expect(withByte('\x81')).not.toBe(withByte(''));
  });

  it('however its header is folded', () => {
    const fold = fc.constantFrom(' ', '\r\n ', '\r\n\t', '\n  ', '\r\n \r\n ');
    fc.assert(
      fc.property(fc.array(fold, { minLength: 12, maxLength: 12 }), (folds) => {
        const next = [...folds];
        const folded = HEADER.map((line) => line.replaceAll(' ', () => next.pop() ?? ' '));
        expect(idOf(...folded)).toBe(id);
      }),
    );
  });
});

describe('two mails have two ids', () => {
  it.each<[string, readonly string[]]>([
    ['sender', ['From: mallory@example.net', DATE, SUBJECT, MESSAGE_ID]],
    ['date', [FROM, 'Date: Mon, 2 Mar 2026 09:00:01 +0100', SUBJECT, MESSAGE_ID]],
    ['subject', [FROM, DATE, `${SUBJECT}s`, MESSAGE_ID]],
    ['a byte of their raw 8-bit subject', [FROM, DATE, 'Subject: Gr\u00f6\u00dfe', MESSAGE_ID]],
  ])('though they share a Message-ID: they differ in their %s', (_what, header) => {
    expect(idOf(...header)).not.toBe(idOf(...HEADER));
  });

  it('though their subjects, in an unknown 8-bit charset, cannot be told apart when shown', () => {
    const withByte = (byte: number) =>
      readSource(
        Buffer.concat([
          Buffer.from(`${MESSAGE_ID}\r\nSubject: \u00e4\u00f6\u00fc`),
          Buffer.of(byte),
          Buffer.from('\r\n\r\n'),
        ]),
      );
    expect(withByte(0xfe).subject).toBe(withByte(0xff).subject);
    expect(withByte(0xfe).mailId).not.toBe(withByte(0xff).mailId);
  });

  it('though they share all of it and say another text, as alarm panels and shops with one Message-ID do', () => {
    const withText = (text: string) => readSource([...HEADER, '', text]).mailId;
    expect(withText('Door 1 is open')).not.toBe(withText('Door 2 is open'));
  });

  it.each<[string, Partial<RawMail>]>([
    ['another arrival', { fingerprint: '1772438460/100' }],
    ['another size', { fingerprint: '1772438400/101' }],
    ['another text', { body: Buffer.from('Door 2 is open') }],
  ])('without Message-ID, at one place that the server gives to another email: %s', (_what, changes) => {
    const first = rawMailOf([FROM, SUBJECT, '', 'Door 1 is open'], { fingerprint: '1772438400/100' });
    expect(read({ ...first, ...changes }).mailId).not.toBe(read(first).mailId);
  });

  it.each([
    [[]],
    [['Message-ID:']],
    [['Message-ID: \t']],
    [['Message-ID: <>']],
    [['Message-ID: < >']],
    [['Message-ID: <> (alarm panel)']],
  ])('without Message-ID (%j): by where they lie', (messageId) => {
    const raw = rawMailOf([FROM, DATE, SUBJECT, ...messageId, '', 'Text']);
    const ids = [
      read(raw),
      read({ ...raw, uid: 8 }),
      read(raw, 'support/Archive'),
      read(raw, 'support/INBOX', '2'),
    ].map(({ mailId }) => mailId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(read(raw)).toMatchObject({ mailId: ids[0], messageId: undefined, link: undefined });
  });

  it('with fields that run into one another', () => {
    expect(idOf('Message-ID: <a>', 'From: bc')).not.toBe(idOf('Message-ID: <a>b', 'From: c'));
  });
});
