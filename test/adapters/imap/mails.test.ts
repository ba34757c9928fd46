import type { FetchMessageObject, FetchQueryObject, ImapFlow } from 'imapflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImapConnection } from '../../../functions/adapters/imap/connection.ts';
import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import { fetchMails } from '../../../functions/adapters/imap/mails.ts';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import { readMail } from '../../../functions/core/mail/read-mail.ts';
import { describeWithDovecot } from '../../dovecot/describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from '../../dovecot/dovecot.ts';
import { uidsAbove } from './uids-above.ts';

const HEADER = 'From: ada@example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n';

function styledHtml(styleBytes: number, text: string): string {
  const rule = '.column { padding: 0 24px; color: #333333 }\r\n';
  const style = rule.repeat(Math.ceil(styleBytes / rule.length));
  return `<html><head><style>\r\n${style}</style></head><body><p>${text}</p></body></html>\r\n`;
}

function multipart(subtype: string, ...parts: readonly string[]): string {
  const body = parts.map((part) => `--b\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/${subtype}; boundary=b\r\n\r\n${body}--b--\r\n`;
}

const html = (content: string) => `Content-Type: text/html; charset=utf-8\r\n\r\n${content}`;
const pdf = (bytes: number) =>
  `Content-Type: application/pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n${'JVBERi0x'
    .repeat(9)
    .concat('\r\n')
    .repeat(Math.ceil(bytes / 74))}`;
const text = (content: string) => `Content-Type: text/plain; charset=utf-8\r\n\r\n${content}`;

const TEXTS_FURTHER_IN: readonly (readonly [what: string, content: string, shown: string])[] = [
  ['below a style sheet of 6 kB', html(styledHtml(6_000, 'Six')), 'Six'],
  ['below a style sheet of 20 kB', html(styledHtml(20_000, 'Twenty')), 'Twenty'],
  ['below a style sheet of 40 kB', html(styledHtml(40_000, 'Forty')), 'Forty'],
  ['below a style sheet without end', html(styledHtml(200_000, 'Never')), ''],
  ['behind an attachment', multipart('mixed', pdf(30_000), text('Behind')), 'Behind'],
  ['behind an attachment and a style sheet', multipart('mixed', pdf(30_000), html(styledHtml(12_000, 'Both'))), 'Both'],
  [
    'behind HTML that has images only',
    multipart('mixed', html(`<img alt=logo>${' '.repeat(9_000)}`), text('Behind them')),
    'Behind them',
  ],
  ['nowhere', multipart('mixed', pdf(30_000)), 'attachment: application/pdf'],
  [
    'nowhere but in images',
    multipart('mixed', html(`${styledHtml(6_000, '<img alt="Spring sale">')}`)),
    'image: Spring sale',
  ],
];

describeWithDovecot('text that lies further in than the first kilobytes, on Dovecot', () => {
  let dovecot: Dovecot;
  let mails: Mail[];
  beforeAll(async () => {
    dovecot = await startDovecot();
    dovecot.deliver(
      'INBOX',
      TEXTS_FURTHER_IN.map(([, content]) => Buffer.from(`${HEADER}MIME-Version: 1.0\r\n${content}`)),
    );
    const { host, imapsPort: port, user, password } = dovecot;
    const reader = imapMailReader({
      account: { account: 'support', host, port, tls: 'implicit', allowSelfSignedCertificate: true, user },
      credentials: async () => ({ pass: password }),
      headerFields: [],
      exchangeTimeoutMs: 10_000,
    });
    mails = await reader.visit('INBOX', async (session) => {
      const pages: Mail[] = [];
      for await (const { mails: page } of session.pages(await uidsAbove(session, 0), 500)) pages.push(...page);
      return pages;
    });
  });
  afterAll(() => dovecot.stop());

  it.each(TEXTS_FURTHER_IN.map(([what, , shown], index) => ({ what, shown, uid: index + 1 })))(
    'is found $what, as far as it is sought',
    ({ uid, shown }) => {
      const mail = mails.find(({ location }) => location.uid === uid);
      expect(mail).toMatchObject({ subject: 'Hello', snippet: shown, problem: undefined });
    },
  );
});

describe('what is asked of the server', () => {
  const query = (keys: Partial<FetchQueryObject>) => expect.objectContaining(keys);

  /** Answers every FETCH from these messages and remembers what was asked. */
  function answering(messages: (query: FetchQueryObject, command: number) => Partial<FetchMessageObject>[]) {
    const asked: { uids: string; query: FetchQueryObject }[] = [];
    const client = {
      async *fetch(uids: string, query: FetchQueryObject) {
        asked.push({ uids, query });
        yield* messages(query, asked.length);
      },
    };
    const connection: ImapConnection = {
      client: client as unknown as ImapFlow,
      exchange: async (_what, run) => (await run(client as unknown as ImapFlow)) as never,
      isOpen: () => true,
      close: async () => undefined,
    };
    const read = async (sizeOf: (uid: number) => number | undefined = () => undefined) => {
      const { mails } = await fetchMails(connection, [1, 2], {
        ...{ headerFields: ['from', 'subject'], depth: 'all', sizeOf },
        read: (raw) =>
          readMail(raw, {
            location: { mailbox: 'support/INBOX', uidValidity: '9', uid: raw.uid },
            linkTo: () => undefined,
          }),
      });
      return mails;
    };
    return { asked, read };
  }

  const answer = (
    uid: number,
    body: string,
    changes: Partial<FetchMessageObject> = {},
  ): Partial<FetchMessageObject> => ({
    uid,
    headers: Buffer.from(`${HEADER}\r\n`),
    bodyParts: new Map([['text', Buffer.from(body)]]),
    internalDate: new Date('2026-03-02T08:00:00Z'),
    ...changes,
  });

  it('is one FETCH for mails that show their text, without envelope and structure', async () => {
    const { asked, read } = answering(() => [answer(2, 'Second'), answer(1, 'First')]);
    expect((await read()).map(({ snippet }) => snippet)).toEqual(['First', 'Second']);
    expect(asked.map(({ uids }) => uids)).toEqual(['1:2']);
    expect(asked[0]?.query).not.toHaveProperty('envelope');
    expect(asked[0]?.query).not.toHaveProperty('bodyStructure');
  });

  it('is the structure of those that show none, and then only the bytes that are not known yet', async () => {
    const { asked, read } = answering((_query, command) => {
      if (command === 1) return [answer(1, 'First'), answer(2, ' '.repeat(4_096))];
      if (command === 2) return [{ uid: 2, bodyStructure: { part: '1', type: 'text/plain', size: 20_000 } }];
      return [{ uid: 2, bodyParts: new Map([['1', Buffer.from('Further in')]]) }];
    });
    expect((await read()).map(({ snippet }) => snippet)).toEqual(['First', 'Further in']);
    expect(asked.slice(1)).toEqual([
      { uids: '2', query: query({ bodyStructure: true, envelope: false }) },
      { uids: '2', query: query({ bodyParts: [{ key: '1', start: 4_096, maxLength: 12_288 }] }) },
    ]);
  });

  it("is the envelope of a mail that cannot be read, for the digest's reader", async () => {
    const { read } = answering((_query, command) =>
      command === 1
        ? [answer(1, 'First'), answer(2, '', { headers: Buffer.alloc(0) })]
        : [{ uid: 2, envelope: { subject: 'As the server reads it', from: [{ address: 'ada@example.com' }] } }],
    );
    const [, mail] = await read();
    expect(mail).toMatchObject({
      subject: 'As the server reads it',
      problem: expect.stringContaining('could not be read'),
    });
  });

  it('a change of flags in between is no mail, and takes none away', async () => {
    const { read } = answering(() => [answer(1, 'First'), { uid: 1, flags: new Set(['\\Seen']) }, answer(2, 'Second')]);
    expect((await read()).map(({ snippet }) => snippet)).toEqual(['First', 'Second']);
  });

  it('is what fits into memory at once: a header can be as long as its email', async () => {
    const { asked, read } = answering((_query, command) => [answer(command, 'Text')]);
    await read(() => 9 * 1_024 * 1_024);
    expect(asked.map(({ uids }) => uids)).toEqual(['1', '2']);
  });

  it('puts together header and text that come in two responses', async () => {
    const { headers, ...text } = answer(1, 'First');
    const { read } = answering(() => [text, { uid: 1, headers }, answer(2, 'Second')]);
    expect(await read()).toMatchObject([{ subject: 'Hello', snippet: 'First' }, { snippet: 'Second' }]);
  });

  it('a date of receipt that is none does not hold the page', async () => {
    const { read } = answering(() => [answer(1, 'First', { internalDate: 'yesterday' }), answer(2, 'Second')]);
    expect((await read())[0]?.date).toMatch(/^\d{4}-/);
  });
});
