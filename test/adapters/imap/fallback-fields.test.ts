import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import { type ImapServer, startImapServer } from '../../../lib/local/imap-server.ts';
import { uidsAbove } from './uids-above.ts';

const LOGIN = { user: 'support', password: 'correct-horse-battery-staple' };
const RECEIVED_AT = new Date('2026-03-02T08:15:30.000Z');

/** Emails that lack what almost every email has. */
const EMAILS: Readonly<Record<string, readonly string[]>> = {
  'without Date': ['From: ada@example.com', 'Subject: Hello', 'Message-ID: <1@example.com>', '', 'Text'],
  'with a Date that is none': ['From: ada@example.com', 'Date: yesterday', 'Subject: Hello', '', 'Text'],
  'without Message-ID': ['From: ada@example.com', 'Subject: Hello', '', 'Text'],
  'without From, To and Subject': ['Message-ID: <4@example.com>', '', 'Text'],
};

describe('an email that lacks a field, read from a server', () => {
  let server: ImapServer;
  let emails: ReadonlyMap<string, Mail>;

  beforeAll(async () => {
    server = await startImapServer({ mails: [], tls: true, ...LOGIN });
    for (const lines of Object.values(EMAILS)) server.deliver(Buffer.from(lines.join('\r\n')), RECEIVED_AT);
    const reader = imapMailReader({
      account: {
        account: 'support',
        host: server.host,
        port: server.port,
        tls: 'implicit',
        allowSelfSignedCertificate: true,
        user: LOGIN.user,
      },
      credentials: async () => ({ pass: LOGIN.password }),
      headerFields: [],
      exchangeTimeoutMs: 10_000,
    });
    const read = await reader.visit('INBOX', async (session) => {
      const all: Mail[] = [];
      for await (const { mails: page } of session.pages(await uidsAbove(session, 0), 500)) all.push(...page);
      return all;
    });
    emails = new Map(Object.keys(EMAILS).map((what, index) => [what, read[index] as Mail]));
  });

  afterAll(() => server.stop());

  it.each(['without Date', 'with a Date that is none'])('%s has the time at which the server received it', (what) => {
    expect(emails.get(what)).toMatchObject({
      date: RECEIVED_AT.toISOString(),
      receivedAt: RECEIVED_AT,
      subject: 'Hello',
      problem: undefined,
    });
  });

  it('without Message-ID has none, and an identity of its own', () => {
    expect(emails.get('without Message-ID')).toMatchObject({ messageId: undefined, problem: undefined });
    expect(new Set([...emails.values()].map(({ mailId }) => mailId)).size).toBe(emails.size);
  });

  it('without From, To and Subject is shown by its text', () => {
    expect(emails.get('without From, To and Subject')).toMatchObject({
      from: [],
      to: [],
      subject: '',
      snippet: 'Text',
      messageId: '<4@example.com>',
      problem: undefined,
    });
  });
});
