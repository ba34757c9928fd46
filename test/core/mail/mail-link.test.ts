import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openableLink } from '../../../functions/core/digest/view/openable-link.ts';
import { mailLink } from '../../../functions/core/mail/mail-link.ts';

const GMAIL = { host: 'imap.gmail.com', user: 'ada+shop@example.com' };
const OUTLOOK = { host: 'outlook.office365.com', user: 'ada@example.com' };
const ELSEWHERE = { host: 'imap.example.com', user: 'ada' };

const MAILBOX = 'https://mail.google.com/mail/u/?authuser=ada%2Bshop%40example.com';

describe('a mail at Gmail, also of a Workspace domain', () => {
  it("is opened by Gmail's own id, in hexadecimal and to its last digit", () => {
    expect(mailLink(GMAIL, '<1@mail.example>', '1278455344230334865')).toBe(`${MAILBOX}#all/11bdfc5cae0c8191`);
  });

  it('needs no Message-ID for that', () => {
    expect(mailLink(GMAIL, undefined, '18446744073709551615')).toBe(`${MAILBOX}#all/ffffffffffffffff`);
  });

  it.each([undefined, '', 'M1234', '0x10', '-1', '1e3', '1'.repeat(21)])(
    'is searched by its Message-ID where the server shows no such id (%j)',
    (gmailId) => {
      expect(mailLink(GMAIL, '<a+b%c@mail.example>', gmailId)).toBe(
        `${MAILBOX}#search/rfc822msgid%3Aa%2Bb%25c%40mail.example`,
      );
    },
  );

  it.each(['imap.gmail.com', 'IMAP.GoogleMail.com', 'gmail.com'])('is at %s', (host) => {
    expect(mailLink({ ...GMAIL, host }, '<1@x>')).toContain('https://mail.google.com/');
  });

  it.each(['imap.gmail.com.evil.example', 'notgmail.com'])('is not at %s', (host) => {
    expect(mailLink({ ...GMAIL, host }, '<1@x>')).toBe('message:%3C1%40x%3E');
  });
});

describe('a mail elsewhere', () => {
  it.each([
    ['Microsoft 365, whose web pages know no Message-ID', OUTLOOK],
    ['any other server', ELSEWHERE],
  ])('is opened by whatever program knows message: links: %s', (_, account) => {
    expect(mailLink(account, '<1$a@mail.example>', 'M6d99ac3275bb4e')).toBe('message:%3C1%24a%40mail.example%3E');
  });

  it.each([
    ['  <1@x>  ', '1@x'],
    ['(by hand) <1@x> (really)', '1@x'],
    ['1@x', '1@x'],
    ['<1@x', '1@x'],
  ])('is named by what the angle brackets hold: %j', (messageId, id) => {
    expect(mailLink(ELSEWHERE, messageId)).toBe(`message:%3C${encodeURIComponent(id)}%3E`);
  });

  it.each([undefined, '', '  ', '<>', '< >'])('has no link where nothing names it: %j', (messageId) => {
    expect(mailLink(ELSEWHERE, messageId)).toBeUndefined();
    expect(mailLink(GMAIL, messageId)).toBeUndefined();
  });
});

describe('a hostile Message-ID', () => {
  it.each([
    '"><script>alert(1)</script>',
    "'onmouseover='alert(1)",
    '](https://evil.example)',
    'x@y javascript:alert(1)',
    'x\r\nLocation: https://evil.example',
    '\u202E\ud800',
  ])('stays within the link: %j', (messageId) => {
    for (const account of [GMAIL, ELSEWHERE]) {
      const link = mailLink(account, messageId) ?? '';
      expect(link).toMatch(/^(?:https:\/\/mail\.google\.com\/|message:)[\w%.:/?=#+-]*$/);
    }
  });

  it('never makes a link that a digest would refuse or rewrite, or that Discord would find too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 998 }), fc.constantFrom(GMAIL, ELSEWHERE), (id, account) => {
        const link = mailLink(account, id);
        if (link === undefined) return;
        expect(openableLink(link)).toBe(link);
        expect(link.length).toBeLessThanOrEqual(2_000);
      }),
    );
    expect(mailLink(ELSEWHERE, `<${'é'.repeat(900)}@x>`)).toBeUndefined();
  });
});
