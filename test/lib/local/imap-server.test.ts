import { type FetchQueryObject, ImapFlow, type ImapFlowOptions } from 'imapflow';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ImapServer, startImapServer } from '../../../lib/local/imap-server.ts';

const RECEIVED_AT = new Date('2026-01-05T08:00:00Z');
const ACCOUNT = { user: 'support', password: 'pass word' };
const ATTACHMENT = `${'QUJD'.repeat(19)}\r\n`.repeat(20_000);

const MAILS = {
  short:
    'From: =?utf-8?q?Ad=C3=A0?= <ada@example.com>\r\nSubject: Short\r\nMessage-ID: <1@example.com>\r\n\r\nHello.\r\n',
  long: `Subject: Long\r\n\r\n${'0123456789abcdef\r\n'.repeat(600)}`,
  textLast: mixed(
    `Content-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${ATTACHMENT}`,
    'Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\nContent-Type: text/plain\r\n\r\nThe text.\r\n--inner--\r\n',
  ),
  forward: mixed(
    'Content-Type: text/plain\r\n\r\nSee below.\r\n',
    'Content-Type: message/rfc822\r\n\r\nSubject: Inner\r\n\r\nInner text.\r\n',
  ),
  fieldsTwice:
    'Subject: First\r\nSubject: Second\r\nContent-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: 8bit\r\n\r\n.\r\n',
  rawJapanese: 'Subject: \x1b$BF|K\\8l\x1b(B\r\n\r\n.\r\n',
  elevenParts: mixed(...Array.from({ length: 11 }, (_, n) => `Content-Type: text/plain\r\n\r\nPart ${n + 1}.\r\n`)),
  empty: '',
} as const;
const NAMES = Object.keys(MAILS) as (keyof typeof MAILS)[];

describe.each([
  { kind: 'with implicit TLS', tls: true },
  { kind: 'in clear text with STARTTLS', tls: false },
])('the embedded IMAP server, $kind', ({ tls }) => {
  let server: ImapServer;
  const clients: ImapFlow[] = [];

  beforeAll(async () => {
    const mails = NAMES.map((name) => ({ raw: Buffer.from(MAILS[name], 'latin1'), receivedAt: RECEIVED_AT }));
    server = await startImapServer({ mails, tls, ...ACCOUNT });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => server.stop());

  it('logs in over TLS, and refuses a wrong password', async () => {
    expect((await connected()).secureConnection).toBe(true);
    await expect(connected({ auth: { user: ACCOUNT.user, pass: 'wrong' } })).rejects.toThrow();
  });

  it('answers STATUS', async () => {
    const status = await (await connected()).status('INBOX', { messages: true, uidNext: true, uidValidity: true });
    expect(status).toMatchObject({ messages: NAMES.length, uidNext: NAMES.length + 1, uidValidity: 1n });
  });

  it('searches by uid, and names the last mail for a range beyond it', async () => {
    const inbox = await examined();
    expect(await inbox.search({ uid: '3:*' }, { uid: true })).toEqual(NAMES.slice(2).map((_, n) => n + 3));
    expect(await inbox.search({ uid: '1000:*' }, { uid: true })).toEqual([NAMES.length]);
  });

  it('searches by the day of receipt', async () => {
    const inbox = await examined();
    expect(await inbox.search({ since: new Date('2026-01-05') }, { uid: true })).toHaveLength(NAMES.length);
    expect(await inbox.search({ since: new Date('2026-01-06') }, { uid: true })).toEqual([]);
  });

  it('hands out a page: envelope, structure, header fields, date and the first kilobytes of every mail', async () => {
    const page = await fetched('1:*', {
      envelope: true,
      bodyStructure: true,
      internalDate: true,
      headers: ['subject', 'message-id'],
      bodyParts: [{ key: 'TEXT', start: 0, maxLength: 4096 }],
    });
    const texts = page.map((mail) => mail.bodyParts?.get('text')?.toString('latin1'));

    expect(texts).toEqual(NAMES.map((name) => bodyOf(MAILS[name]).slice(0, 4096)));
    expect(page[0]?.headers?.toString()).toBe('Subject: Short\r\nMessage-ID: <1@example.com>\r\n\r\n');
    expect(page[0]?.envelope).toMatchObject({
      messageId: '<1@example.com>',
      from: [{ name: 'Adà', address: 'ada@example.com' }],
    });
    expect(page.map((mail) => new Date(mail.internalDate ?? 0))).toEqual(NAMES.map(() => RECEIVED_AT));
    expect(page[2]?.bodyStructure?.childNodes?.map((part) => part.type)).toEqual([
      'application/pdf',
      'multipart/alternative',
    ]);
  });

  it.each([
    { what: 'the text behind an attachment', name: 'textLast', section: '2.1', content: 'The text.' },
    { what: 'a forwarded mail', name: 'forward', section: '2', content: 'Subject: Inner\r\n\r\nInner text.\r\n' },
    { what: "a forwarded mail's text", name: 'forward', section: '2.1', content: 'Inner text.\r\n' },
    { what: 'the only part', name: 'short', section: '1', content: 'Hello.\r\n' },
    { what: 'a part of two digits', name: 'elevenParts', section: '11', content: 'Part 11.\r\n' },
  ] as const)('hands out $what', async ({ name, section, content }) => {
    const [mail] = await fetched(uidOf(name), { bodyParts: [{ key: section, start: 0, maxLength: 4096 }] });
    expect(mail?.bodyParts?.get(section)?.toString().trimEnd()).toBe(content.trimEnd());
  });

  it('takes the last of fields that stand twice, as Dovecot does', async () => {
    const [mail] = await fetched(uidOf('fieldsTwice'), { envelope: true, bodyStructure: true });
    expect(mail).toMatchObject({ envelope: { subject: 'Second' }, bodyStructure: { encoding: '8bit' } });
  });

  it('hands out control characters of a header as they are', async () => {
    const [mail] = await fetched(uidOf('rawJapanese'), { envelope: true });
    expect(mail?.envelope?.subject).toBe('\x1b$BF|K\\8l\x1b(B');
  });

  it('changes no flag for a reader with EXAMINE and PEEK', async () => {
    await fetched('1:*', { source: true, bodyParts: ['TEXT'] });
    expect([...server.flags().values()].flat()).toEqual([]);
  });

  it('takes in mail while it runs, by a call and by APPEND, with any line ends', async () => {
    const uid = server.deliver(Buffer.from('Subject: By a call\n\nOne line.\n'));
    const appended = await (await connected()).append('INBOX', 'Subject: By APPEND\n\nOne line.\n');
    const newMails = await fetched(`${uid}:*`, { envelope: true, source: true });

    expect(appended).toMatchObject({ uid: uid + 1, uidValidity: 1n });
    expect(newMails.map((mail) => mail.envelope?.subject)).toEqual(['By a call', 'By APPEND']);
    expect(newMails[1]?.source?.toString()).toBe('Subject: By APPEND\r\n\r\nOne line.\r\n');
  });

  it('shows another uidValidity when told to', async () => {
    server.setUidValidity(77);
    expect(await (await connected()).status('INBOX', { uidValidity: true })).toMatchObject({ uidValidity: 77n });
  });

  it('ends while someone is logged in', async () => {
    const another = await startImapServer({ mails: [], tls, ...ACCOUNT });
    const client = await connected({ port: another.port });
    const closed = new Promise((resolve) => client.once('close', resolve));
    await another.stop();
    await closed;
    await expect(connected({ port: another.port })).rejects.toThrow('ECONNREFUSED');
  });

  async function connected(options: Partial<ImapFlowOptions> = {}): Promise<ImapFlow> {
    const client = new ImapFlow({
      host: server.host,
      port: server.port,
      secure: tls,
      ...(tls ? {} : { doSTARTTLS: true }),
      auth: { user: ACCOUNT.user, pass: ACCOUNT.password },
      tls: { rejectUnauthorized: false },
      logger: false,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  }

  async function examined(): Promise<ImapFlow> {
    const client = await connected();
    await client.mailboxOpen('INBOX', { readOnly: true });
    return client;
  }

  async function fetched(range: string, query: FetchQueryObject) {
    return await (await examined()).fetchAll(range, { ...query, uid: true }, { uid: true });
  }
});

function uidOf(name: keyof typeof MAILS): string {
  return String(NAMES.indexOf(name) + 1);
}

function bodyOf(raw: string): string {
  return raw.split('\r\n\r\n').slice(1).join('\r\n\r\n');
}

function mixed(...parts: string[]): string {
  const content = parts.map((part) => `--outer\r\n${part}`).join('');
  return `Subject: Parts\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n${content}--outer--\r\n`;
}
