import { createHash } from 'node:crypto';
import PostalMime from 'postal-mime';
import { beforeAll, describe, expect, it } from 'vitest';
import { displayedText } from '../../../functions/core/mail/displayed-text.ts';
import { fingerprintOf } from '../../../functions/core/mail/fingerprint.ts';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import { readMail } from '../../../functions/core/mail/read-mail.ts';
import { compileRules } from '../../../functions/core/rules/classify.ts';
import settings from '../../../functions/settings.ts';
import type { SampleMail } from '../../../lib/local/sample-mailbox/sample-mail.ts';
import { sampleMails } from '../../../lib/local/sample-mailbox/sample-mails.ts';

const NOW = new Date('2026-01-07T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

describe('the sample mailbox', () => {
  let mails: readonly SampleMail[];

  beforeAll(async () => {
    mails = await sampleMails(NOW);
  });

  it('has some forty mails with names of their own', () => {
    expect(mails.length).toBeGreaterThanOrEqual(40);
    expect(mails.length).toBeLessThanOrEqual(50);
    expect(new Set(mails.map(({ name }) => name)).size).toBe(mails.length);
  });

  it('is the same to the byte for the same time', async () => {
    const again = await sampleMails(NOW);
    expect(again.map(({ raw }) => digestOf(raw))).toEqual(mails.map(({ raw }) => digestOf(raw)));
  });

  it('reaches back from the given time, oldest first, with room for a baseline of two days', () => {
    const times = mails.map(({ receivedAt }) => receivedAt.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time) => time < NOW.getTime() && time > NOW.getTime() - 2 * DAY_MS)).toBe(true);
  });

  it('has mail for every route of the shipped settings', () => {
    const routes = new Set(mails.map(({ expectedRoute }) => expectedRoute));
    expect(routes).toEqual(new Set([...settings.routes.map(({ id }) => id), 'unknown']));
  });

  it('is sent by the shipped settings where it says', () => {
    const classify = compileRules(settings.routes, { authservIdOf: () => undefined });
    const routes = mails.map((mail) => [mail.name, classify(readAsPollDoes(mail)).route]);
    expect(routes).toEqual(mails.map(({ name, expectedRoute }) => [name, expectedRoute]));
  });

  it('shows the subjects and texts that it says', async () => {
    for (const mail of mails) {
      const { subject = '', text = '', html = '' } = await PostalMime.parse(mail.raw);
      expect(displayedText(subject), mail.name).toBe(displayedText(mail.expected.subject));
      const shown = displayedText(`${text} ${html.replaceAll('&amp;', '&')}`);
      expect(shown, mail.name).toContain(mail.expected.snippetContains ?? '');
    }
  });

  it.each([
    ['an html-only mail', /^Content-Type: text\/html/im, /^Content-Type: (?:text\/plain|multipart)/im],
    ['multipart/alternative', /multipart\/alternative/],
    ['multipart/mixed', /multipart\/mixed/],
    ['a bounce', /multipart\/report; report-type=delivery-status/],
    ['a forwarded mail', /^Content-Type: message\/rfc822/im],
    ['a text in base64', /^Content-Transfer-Encoding: base64/im, /^Content-Type: multipart/im],
    ['quoted-printable with broken soft breaks', /quoted-printable.*=[ \t]+\r\n/s],
    ['an ISO-2022-JP body and subject', /^Subject: =\?ISO-2022-JP\?B\?.*charset=ISO-2022-JP.*\$B:rF/ims],
    ['a Shift_JIS body', /charset=Shift_JIS.*\x82\xa8\x8c\xa9/s],
    ['a windows-1252 body', /charset="windows-1252".*=80/s],
    ['a B word split within a character', /bD\?=\r\n =\?UTF-8\?B\?n2U/],
    ['a Q word split within a character', /=E2=80\?=\r\n =\?UTF-8\?Q\?=93/],
    ['an attachment of some MB before the text', /attachment; filename.{2000000,}Content-Type: text\/plain/s],
    ['an attachment after the text', /Content-Type: text\/plain.*attachment; filename=/s],
    ['a newsletter', /^List-Id: .*^List-Unsubscribe: /ims],
    ['a mention in the subject', /^Subject: .*@everyone/m],
    ['markup', /<script>/],
    ['a right-to-left override in the subject', /^Subject: .*igK5m/m],
    ['no Subject', /^/, /^Subject:/im],
    ['no Message-ID', /^/, /^Message-ID:/im],
    ['no From', /^/, /^From:/im],
    ['no Date', /^/, /^Date:/im],
    ['a multipart body that ends too early', /boundary="cut"\r\n/, /--cut--/],
  ])('has %s', (_what, present, absent?: RegExp) => {
    const withIt = mails.filter(({ raw }) => {
      const text = raw.toString('latin1');
      return present.test(text) && !absent?.test(text);
    });
    expect(withIt.length).toBeGreaterThan(0);
  });
});

function digestOf(raw: Buffer): string {
  return createHash('sha256').update(raw).digest('hex');
}

function readAsPollDoes({ raw, receivedAt }: SampleMail): Mail {
  const headerEnd = raw.indexOf('\r\n\r\n') + 2;
  const envelope = { from: '', to: '', subject: '', messageId: '' };
  return readMail(
    {
      uid: 1,
      internalDate: receivedAt,
      fingerprint: fingerprintOf(receivedAt, raw.length),
      header: raw.subarray(0, headerEnd),
      body: raw.subarray(headerEnd + 2),
      text: undefined,
      envelope,
    },
    { location: { mailbox: 'support/INBOX', uidValidity: '1', uid: 1 }, linkTo: () => undefined },
  );
}
