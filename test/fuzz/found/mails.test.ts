import { expect, it } from 'vitest';
import type { RawMail, TextPart } from '../../../functions/core/mail/raw-mail.ts';
import { readMail } from '../../../functions/core/mail/read-mail.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';

/** What fuzzing found in the reading of mail. */

const rawMail = (header: string, text?: { part: TextPart; content: Buffer }): RawMail => ({
  uid: 7,
  internalDate: new Date('2026-03-02T05:30:00.000Z'),
  fingerprint: '1772429400/1000',
  header: Buffer.from(header, 'latin1'),
  body: new Uint8Array(),
  text,
  envelope: { from: '', to: '', subject: '', messageId: '' },
});

const read = (raw: RawMail) =>
  readMail(raw, {
    location: { mailbox: 'support/INBOX', uidValidity: '1', uid: raw.uid },
    linkTo: () => undefined,
  });

const part: TextPart = { section: '2', type: 'text/plain', charset: 'utf-8', encoding: '8bit' };

it.each(['\r\n', '\n', '\r\r\n', '\r'])(
  'a mail is the same mail with the text of its second fetch: lines end in %j',
  (end) => {
    const lines = ['Content-Type: image/png', 'From: ann@example.org', 'Message-ID: <1@example.org>', 'Subject: x', ''];
    const header = lines.join(end);
    const first = read(rawMail(header));
    const again = read(rawMail(header, { part, content: Buffer.from('Hello') }));
    expect(again).toMatchObject({ mailId: first.mailId, messageId: first.messageId, subject: first.subject });
  },
);

it('the time that bytes cost which are no text in their charset grows with their number, and no faster', () => {
  const bytes = (times: number) =>
    Buffer.concat([Buffer.from('é'), Buffer.alloc(times * 6_000, 0xff), Buffer.from('.')]);
  const readAsText = (content: Buffer) =>
    read(rawMail('From: ann@example.org\r\n\r\n', { part: { ...part, charset: 'shift_jis' }, content }));
  expect(growthOf(bytes, readAsText)).toBeLessThan(linearGrowth());
});
