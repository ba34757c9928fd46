import type { Mail } from '../../../functions/core/mail/mail.ts';
import type { RawMail } from '../../../functions/core/mail/raw-mail.ts';
import { readMail } from '../../../functions/core/mail/read-mail.ts';

/** What the poll fetches of a body at first. */
export const FETCHED_BYTES = 4_096;

export const RECEIVED_AT = new Date('2026-03-02T08:00:00Z');

/** A source as a server hands it out: lines of text (characters as UTF-8), or bytes. */
export type Source = readonly string[] | Buffer;

/** A mail as the poll's first fetch brings it. */
export function rawMailOf(source: Source, changes: Partial<RawMail> = {}): RawMail {
  const bytes = Buffer.isBuffer(source) ? source : Buffer.from(source.join('\r\n'));
  const blankLine = bytes.indexOf('\r\n\r\n');
  const end = blankLine < 0 ? bytes.length : blankLine + 4;
  return {
    uid: 7,
    internalDate: RECEIVED_AT,
    fingerprint: `${RECEIVED_AT.getTime() / 1_000}/${bytes.length}`,
    header: bytes.subarray(0, end),
    body: bytes.subarray(end, end + FETCHED_BYTES),
    text: undefined,
    envelope: { from: '', to: '', subject: '', messageId: '' },
    ...changes,
  };
}

export function read(raw: RawMail, mailbox = 'support/INBOX', uidValidity = '1'): Mail {
  const location = { mailbox, uidValidity, uid: raw.uid };
  return readMail(raw, { location, linkTo: (messageId) => messageId && `message:${messageId}` });
}

export function readSource(source: Source): Mail {
  return read(rawMailOf(source));
}

/** Header fields, a blank line, and a body of these bytes. */
export function withBody(header: readonly string[], body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([...header, '', ''].join('\r\n')), body]);
}
