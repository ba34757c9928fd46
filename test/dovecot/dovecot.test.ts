import { existsSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot.ts';

const MAILS = 500;
const FIRST_RECEIVED_AT = new Date('2026-01-05T08:00:00Z');

describeWithDovecot('a private Dovecot', () => {
  let dovecot: Dovecot;

  beforeAll(async () => {
    dovecot = await startDovecot({ users: [testUser('support'), testUser('sales@example.com')] });
  });
  afterAll(() => dovecot.stop());

  it('shows delivered mails in the order of delivery, with the time at which they were received', async () => {
    dovecot.deliver('INBOX', numberedMails(MAILS));
    const seen = await inFolder('INBOX', (client) =>
      client.fetchAll('1:*', { uid: true, envelope: true, internalDate: true }),
    );

    expect(seen.map((mail) => mail.envelope?.subject)).toEqual(numberedMails(MAILS).map((_, n) => `Mail number ${n}`));
    expect(seen.map((mail) => mail.uid)).toEqual(numberedMails(MAILS).map((_, n) => n + 1));
    expect(new Date(seen[7]?.internalDate ?? 0)).toEqual(receivedAt(7));
    expect(await dovecot.status('INBOX')).toMatchObject({ messages: MAILS, uidNext: MAILS + 1 });
  });

  it('accepts TLS from the first byte, and its certificate can be checked', async () => {
    const client = new ImapFlow({
      ...login(dovecot),
      port: dovecot.imapsPort,
      secure: true,
      tls: { ca: dovecot.certificate },
    });
    await client.connect();
    expect(client.secureConnection).toBe(true);
    await client.logout();
  });

  it('sees from outside that a reader with EXAMINE and PEEK changes no flag', async () => {
    await dovecot.createFolder('Flags');
    dovecot.deliver('Flags', [
      { raw: mailNumber(1) },
      { raw: mailNumber(2), flags: ['\\Seen', '\\Flagged'] },
      { raw: mailNumber(3), flags: [] },
    ]);
    const before = await dovecot.flagsOf('Flags');
    await inFolder('Flags', (client) => client.fetchAll('1:*', { source: true, envelope: true, bodyParts: ['text'] }));

    expect(before).toEqual(
      new Map([
        [1, []],
        [2, ['\\Flagged', '\\Seen']],
        [3, []],
      ]),
    );
    expect(await dovecot.flagsOf('Flags')).toEqual(before);
  });

  it('sees from outside that a reader without EXAMINE does', async () => {
    await dovecot.createFolder('Careless');
    dovecot.deliver('Careless', [mailNumber(1)]);
    await inFolder('Careless', (client) => client.messageFlagsAdd('1', ['\\Seen']), { readOnly: false });
    expect(await dovecot.flagsOf('Careless')).toEqual(new Map([[1, ['\\Seen']]]));
  });

  it('really changes a uidValidity, and numbers the mail anew', async () => {
    await dovecot.createFolder('Archive/2026');
    dovecot.deliver('Archive/2026', numberedMails(3));
    await dovecot.createFolder('Elsewhere');
    await dovecot.moveMail(1, 'Archive/2026', 'Elsewhere');
    const before = await inFolder('Archive/2026', subjectsByUid);
    const { from, to } = await dovecot.changeUidValidity('Archive/2026');
    const after = await inFolder('Archive/2026', subjectsByUid);

    expect(before).toEqual({ uidValidity: from, subjects: { 2: 'Mail number 1', 3: 'Mail number 2' } });
    expect(after).toEqual({ uidValidity: to, subjects: { 1: 'Mail number 1', 2: 'Mail number 2' } });
    expect(from).not.toBe(to);
  });

  it('moves a mail to another folder', async () => {
    expect(await inFolder('Elsewhere', subjectsByUid)).toMatchObject({ subjects: { 1: 'Mail number 0' } });
  });

  it('keeps the mail of one user from another', async () => {
    dovecot.deliver('INBOX', [mailNumber(1)], 'sales@example.com');
    expect(await dovecot.status('INBOX', 'sales@example.com')).toMatchObject({ messages: 1 });
    expect(await dovecot.status('INBOX')).toMatchObject({ messages: MAILS });
  });

  it('refuses a wrong password, and takes the right one after it', async () => {
    for (const _ of [1, 2, 3])
      await expect(inbox({ ...login(dovecot), auth: { user: 'support', pass: 'wrong' } })).rejects.toThrow();
    await inbox(login(dovecot));
    expect(dovecot.log()).toContain('auth failed');
  });

  it('leaves neither process nor folder behind', async () => {
    const another = await startDovecot();
    await another.stop();
    expect(existsSync(another.maildir)).toBe(false);
    await expect(inbox(login(another))).rejects.toThrow('ECONNREFUSED');
  });

  async function inFolder<T>(
    folder: string,
    visit: (client: ImapFlow) => Promise<T>,
    { readOnly = true } = {},
  ): Promise<T> {
    const client = new ImapFlow(login(dovecot));
    await client.connect();
    await client.mailboxOpen(folder, { readOnly });
    const result = await visit(client);
    await client.logout();
    return result;
  }
});

async function subjectsByUid(client: ImapFlow) {
  const mails = await client.fetchAll('1:*', { uid: true, envelope: true });
  const { uidValidity } = client.mailbox || {};
  return {
    uidValidity: String(uidValidity),
    subjects: Object.fromEntries(mails.map((mail) => [mail.uid, mail.envelope?.subject])),
  };
}

async function inbox(options: ReturnType<typeof login>): Promise<void> {
  const client = new ImapFlow(options);
  await client.connect();
  await client.logout();
}

function login({ host, imapPort, user, password }: Dovecot) {
  const auth = { user, pass: password };
  return { host, port: imapPort, secure: false, auth, tls: { rejectUnauthorized: false }, logger: false as const };
}

function testUser(user: string) {
  return { user, password: 'pass word' };
}

function numberedMails(count: number) {
  return Array.from({ length: count }, (_, n) => ({ raw: mailNumber(n), receivedAt: receivedAt(n) }));
}

function receivedAt(n: number): Date {
  return new Date(FIRST_RECEIVED_AT.getTime() + n * 60_000);
}

function mailNumber(n: number): Buffer {
  return Buffer.from(`From: ada@example.com\r\nSubject: Mail number ${n}\r\n\r\nText ${n}\r\n`);
}
