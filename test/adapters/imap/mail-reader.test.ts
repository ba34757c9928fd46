import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sequenceSet } from '../../../functions/adapters/imap/fetch.ts';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import type { MailSession } from '../../../functions/core/mail/mail-reader.ts';
import type { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { compileRules, headersNeededBy } from '../../../functions/core/rules/classify.ts';
import shippedSettings from '../../../functions/settings.ts';
import { type ImapServer, startImapServer } from '../../../lib/local/imap-server.ts';
import type { SampleMail } from '../../../lib/local/sample-mailbox/sample-mail.ts';
import { sampleMails } from '../../../lib/local/sample-mailbox/sample-mails.ts';
import { describeWithDovecot } from '../../dovecot/describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from '../../dovecot/dovecot.ts';
import { uidsAbove } from './uids-above.ts';

const NOW = new Date('2026-03-02T09:00:00Z');
const LOGIN = { user: 'support', password: 'correct-horse-battery-staple' };

type Access = { host: string; port: number; user: string; password: string };

function readerOf({ host, port, user, password }: Access, changes: Partial<Parameters<typeof imapMailReader>[0]> = {}) {
  return imapMailReader({
    account: { account: 'support', host, port, tls: 'implicit', allowSelfSignedCertificate: true, user },
    credentials: async () => ({ pass: password }),
    headerFields: headersNeededBy(shippedSettings.routes),
    exchangeTimeoutMs: 10_000,
    ...changes,
  });
}

async function readAll(session: MailSession, mailsPerPage = 500): Promise<Mail[]> {
  const mails: Mail[] = [];
  for await (const { mails: page } of session.pages(await uidsAbove(session, 0), mailsPerPage)) mails.push(...page);
  return mails;
}

/** What a mail reader promises, whichever server has the sample mailbox. */
function readsTheSampleMailbox(sample: () => readonly SampleMail[], access: () => Access): void {
  it('reads every mail once, in the order of uids, whatever the size of a page', async () => {
    const uids = sample().map((_, index) => index + 1);
    for (const mailsPerPage of [1, 7, 500]) {
      const mails = await readerOf(access()).visit('INBOX', (session) => readAll(session, mailsPerPage));
      expect(mails.map(({ location }) => location.uid)).toEqual(uids);
    }
  });

  it('shows subject, text and problem-free content of every mail as a person expects it', async () => {
    const mails = await readerOf(access()).visit('INBOX', (session) => readAll(session));
    for (const [index, { name, expected }] of sample().entries()) {
      const mail = mails[index] as Mail;
      expect
        .soft({ name, subject: mail.subject, problem: mail.problem })
        .toEqual({ name, subject: expected.subject, problem: undefined });
      if (expected.snippetContains)
        expect
          .soft({ name, snippet: mail.snippet })
          .toEqual({ name, snippet: expect.stringContaining(expected.snippetContains) });
      expect.soft(mail.snippet.length, name).toBeLessThanOrEqual(500);
    }
  });

  it('brings every header that the rules look at', async () => {
    const authservIdOf = () => shippedSettings.mailboxes[0]?.authservId;
    const classify = compileRules(shippedSettings.routes, { authservIdOf });
    const mails = await readerOf(access()).visit('INBOX', (session) => readAll(session));
    const routes = mails.map((mail, index) => ({ name: sample()[index]?.name, route: classify(mail).route }));
    expect(routes).toEqual(sample().map(({ name, expectedRoute }) => ({ name, route: expectedRoute })));
  });

  it('gives a mail without Message-ID an id of its own, and the same id at every reading', async () => {
    const read = () => readerOf(access()).visit('INBOX', (session) => readAll(session));
    const [first, again] = [await read(), await read()];
    expect(again.map(({ mailId }) => mailId)).toEqual(first.map(({ mailId }) => mailId));
    expect(new Set(first.map(({ mailId }) => mailId)).size).toBe(first.length);
  });

  it('names uidNext and uidValidity, and lists only what lies above a uid', async () => {
    const count = sample().length;
    await readerOf(access()).visit('INBOX', async (session) => {
      expect(await session.status()).toEqual({ uidValidity: expect.stringMatching(/^\d+$/), uidNext: count + 1 });
      expect(await uidsAbove(session, count - 2)).toEqual([count - 1, count]);
      expect(await uidsAbove(session, count)).toEqual([]);
    });
  });

  it('lists when each email was received, and what tells it from another one', async () => {
    const listed = await readerOf(access()).visit('INBOX', (session) => session.list(0));
    expect(listed).toMatchObject(
      sample().map(({ receivedAt, raw }, index) => ({
        uid: index + 1,
        receivedAt: new Date(Math.floor(receivedAt.getTime() / 1_000) * 1_000),
        fingerprint: `${Math.floor(receivedAt.getTime() / 1_000)}/${raw.length}`,
      })),
    );
    const [page] = await readerOf(access()).visit('INBOX', async (session) => {
      await session.status();
      const pages = [];
      for await (const { mails: one } of session.pages([1, 2], 500)) pages.push(one);
      return pages;
    });
    expect(page?.map(({ fingerprint }) => fingerprint)).toEqual(
      listed.slice(0, 2).map(({ fingerprint }) => fingerprint),
    );
  });

  it('a password that was renewed after it was cached is read afresh', async () => {
    const asked: boolean[] = [];
    const credentials = async ({ fresh }: { fresh: boolean }) => {
      asked.push(fresh);
      return { pass: fresh ? access().password : 'yesterdays' };
    };
    const status = await readerOf(access(), { credentials }).visit('INBOX', (session) => session.status());
    expect(status.uidNext).toBe(sample().length + 1);
    expect(asked).toEqual([false, true]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['credentials', { credentials: async () => ({ pass: 'wrong' }) }],
    ['tls', { account: { allowSelfSignedCertificate: false } }],
  ])('says %s where that is what failed, and never the password', async (kind, { account = {}, ...changes }) => {
    const { host, port, user } = access();
    const whole = {
      account: 'support',
      host,
      port,
      tls: 'implicit' as const,
      allowSelfSignedCertificate: true,
      user,
      ...(account as object),
    };
    const failure = await readerOf(access(), { ...changes, account: whole })
      .visit('INBOX', (session) => session.status())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'MailboxFailure', kind });
    expect(String(failure)).not.toContain(access().password);
  });

  it('says folder where there is none of that name', async () => {
    const failure = await readerOf(access())
      .visit('Nowhere', (session) => session.status())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'MailboxFailure', kind: 'folder' });
  });

  it('names the folders that there are, with their numbers, where there is none of that name', async () => {
    const { failure, status } = await readerOf(access()).visit('INBOX', async (session) => ({
      status: await session.status(),
      failure: await readerOf(access())
        .visit('Nowhere', (missing) => missing.status())
        .catch((error: unknown) => error as MailboxFailure),
    }));
    expect(failure).toMatchObject({ existingFolders: expect.arrayContaining([{ name: 'INBOX', ...status }]) });
    expect(String(failure)).toMatch(/There are: (?:.*, )?INBOX/);
    expect(String(failure)).not.toContain(access().password);
  });

  it('identifies the email of an account that was renamed by its first id', async () => {
    const readAs = async (changes: { account: string; formerly?: string[] }) => {
      const { host, port, user } = access();
      const server = { host, port, tls: 'implicit', allowSelfSignedCertificate: true, user } as const;
      const reader = readerOf(access(), { account: { ...server, ...changes } });
      return (await reader.visit('INBOX', (session) => readAll(session))).filter(({ messageId }) => messageId);
    };
    const idsOf = (mails: readonly Mail[]) => mails.map(({ mailId }) => mailId);
    const before = idsOf(await readAs({ account: 'support' }));
    expect(idsOf(await readAs({ account: 'help', formerly: ['support', 'desk'] }))).toEqual(before);
    expect(idsOf(await readAs({ account: 'help' }))).not.toEqual(before);
  });
}

describe('on the embedded server', () => {
  let sample: readonly SampleMail[];
  let server: ImapServer;
  beforeAll(async () => {
    sample = await sampleMails(NOW);
    server = await startImapServer({ mails: sample, tls: true, ...LOGIN });
  });
  afterAll(() => server.stop());

  readsTheSampleMailbox(
    () => sample,
    () => ({ ...server, ...LOGIN }),
  );

  it('changes no flag', () => {
    expect([...server.flags().values()].flat()).toEqual([]);
  });
});

describeWithDovecot('on Dovecot', () => {
  let sample: readonly SampleMail[];
  let dovecot: Dovecot;
  const access = () => ({
    host: dovecot.host,
    port: dovecot.imapsPort,
    user: dovecot.user,
    password: dovecot.password,
  });
  beforeAll(async () => {
    [sample, dovecot] = await Promise.all([sampleMails(NOW), startDovecot()]);
    dovecot.deliver('INBOX', sample);
  });
  afterAll(() => dovecot.stop());

  readsTheSampleMailbox(() => sample, access);

  it('changes no flag', async () => {
    expect([...(await dovecot.flagsOf('INBOX')).values()].flat()).toEqual([]);
  });
});

it('a set of uids names runs, so that a page stays a short command', () => {
  expect(sequenceSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
});
