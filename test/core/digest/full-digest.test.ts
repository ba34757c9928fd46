import MailComposer from 'nodemailer/lib/mail-composer';
import { describe, expect, it } from 'vitest';
import { CARRIED_BYTES, MAILS_PER_RUN } from '../../../functions/core/digest/limits.ts';
import type { DigestMail, Mailer } from '../../../functions/core/digest/mailer.ts';
import type { NewLedgerEntry } from '../../../functions/core/records/ledger-entry.ts';
import { type Spool, segmentOf } from '../../../functions/core/records/spool.ts';
import { faultyPort } from '../../fakes/faulty-port.ts';
import { MAILBOX } from '../../test-world.ts';
import { hoursAgo } from './digest-fixtures.ts';
import { digestWorld, newEntry } from './digest-world.ts';

/** SES takes 40 MB a message after base64, through its API v2 (Service quotas in Amazon SES). */
const SES_BYTES = 40_000_000;

/** Postfix's default of message_size_limit: what many a receiver takes. SES slows down what is above 10 MB. */
const RECEIVER_BYTES = 10_000_000;

/** The longest record that reading a mail leaves, in characters of three bytes. */
const LONGEST_RECORD = {
  from: `${'語'.repeat(480)}@例え.example`,
  to: '語'.repeat(500),
  subject: '語'.repeat(300),
  snippet: '語'.repeat(500),
  date: hoursAgo(3).toISOString(),
  messageId: `<${'x'.repeat(990)}@x>`,
  link: `message:${'%3C'.repeat(600)}`,
};

const longest = (uid: number): NewLedgerEntry => ({ ...newEntry(uid), record: LONGEST_RECORD });

/** A world with segments of this many emails, each as long as possible, in the ledger and in the spool. */
async function worldOf(mailsPerSegment: readonly number[]) {
  const world = await digestWorld([]);
  let uid = 0;
  for (const mails of mailsPerSegment) {
    const entries = Array.from({ length: mails }, () => {
      uid += 1;
      return longest(uid);
    });
    for (const entry of entries) {
      await world.ledger.accept(entry);
      await world.ledger.markDispatched(entry.mailId, hoursAgo(3));
    }
    await world.spool.write(segmentOf(MAILBOX, '7', entries, hoursAgo(3)));
  }
  return world;
}

const linesIn = ({ attachments }: DigestMail) => (attachments[0]?.content ?? '').split('\n').filter(Boolean);

async function messageBytes({ subject, text, html, attachments }: DigestMail): Promise<number> {
  const files = attachments.map(({ fileName: filename, content, contentType }) => ({ filename, content, contentType }));
  const options = { subject, text, html, attachments: files, textEncoding: 'base64' as const };
  return (await new MailComposer(options).compile().build()).length;
}

describe('more unknown mail than one e-mail can hold', () => {
  it('comes in several e-mails of one run, all of it, each mail once', async () => {
    const { send, mailer, settled, pending, digested, journal } = await worldOf([500, 500, 500, 500]);
    const report = await send();
    expect(mailer.sent.length).toBeGreaterThan(1);
    const ids = mailer.sent.flatMap(linesIn).map((line) => JSON.parse(line).mailId);
    expect(ids).toHaveLength(2000);
    expect(new Set(ids).size).toBe(2000);
    expect(new Set(report.mailIds)).toEqual(new Set(ids));
    expect(settled()).toHaveLength(2000);
    expect(pending()).toEqual([]);
    expect(digested()).toHaveLength(4);
    expect(journal.of('digest sent').flatMap(({ mailIds }) => mailIds)).toHaveLength(2000);
  });

  it('is told in each as what it is: the first says that more follows, the others that they go on', async () => {
    const { send, mailer } = await worldOf([500, 500, 500]);
    await send();
    const [first, second] = mailer.sent;
    expect(first?.text).toMatch(/[\d,]+ more emails did not fit and will be in the next digest email\./);
    expect(first?.text).toContain('HEALTH');
    expect(second?.subject).toMatch(/^Rollcall: [\d,]+ more unknown$/);
    for (const part of ['EMAILS RECEIVED', 'HEALTH', 'NEEDS ATTENTION']) expect(second?.text).not.toContain(part);
  });

  it('keeps every message, encoded, below what SES takes and below what it and receivers are quick with', async () => {
    const { send, mailer } = await worldOf([500, 500, 500]);
    await send();
    const [fullest] = mailer.sent;
    expect(Buffer.byteLength(fullest?.attachments[0]?.content ?? '')).toBeGreaterThan(0.99 * CARRIED_BYTES);
    for (const mail of mailer.sent) {
      const bytes = await messageBytes(mail);
      expect(bytes).toBeLessThan(SES_BYTES);
      expect(bytes).toBeLessThan(RECEIVER_BYTES);
    }
  });

  it.each([1, 2])('loses nothing where the run dies after e-mail %i', async (mails) => {
    const { send, mailer, settled, pending } = await worldOf([500, 500, 500]);
    let sent = 0;
    const dying = faultyPort<Mailer>(mailer, () => {
      sent += 1;
      return sent === mails ? 'after' : 'none';
    });
    await expect(send({ mailer: dying })).rejects.toThrow();
    await send();
    const ids = new Set(mailer.sent.flatMap(linesIn).map((line) => JSON.parse(line).mailId));
    expect(ids.size).toBe(1500);
    expect(settled()).toHaveLength(1500);
    expect(pending()).toEqual([]);
  });

  it('moves no segment of which a part is still to be carried', async () => {
    const { send, spool, mailer } = await worldOf([500, 500, 500]);
    const moved: { sent: number; key: string }[] = [];
    const watched: Spool = {
      ...spool,
      archive: async (key, day) => {
        moved.push({ sent: mailer.sent.length, key });
        await spool.archive(key, day);
      },
    };
    const inSegment = new Map(
      [...spool.objects].map(([key, text]) => [
        key,
        text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line).mailId),
      ]),
    );
    await send({ spool: watched });
    expect(moved).toHaveLength(3);
    for (const { sent, key } of moved) {
      const told = new Set(
        mailer.sent
          .slice(0, sent)
          .flatMap(linesIn)
          .map((line) => JSON.parse(line).mailId),
      );
      expect(inSegment.get(key)?.every((mailId) => told.has(mailId))).toBe(true);
    }
  });

  it('ends with the run where mail comes faster than it is sent; the next run goes on', async () => {
    const { send, spool, mailer } = await worldOf([1]);
    let uid = 1000;
    const flooded: Mailer = {
      async send(mail) {
        const receipt = await mailer.send(mail);
        for (const _ of [1, 2, 3]) {
          const entries = Array.from({ length: 500 }, (_, index) => longest(uid + index));
          uid += entries.length;
          await spool.write(segmentOf(MAILBOX, '7', entries, hoursAgo(1)));
        }
        return receipt;
      },
    };
    await send();
    expect(mailer.sent).toHaveLength(1);
    await flooded.send(mailer.sent[0] as DigestMail);
    await send({ mailer: flooded });
    expect(mailer.sent).toHaveLength(2 + MAILS_PER_RUN);
  });
});
