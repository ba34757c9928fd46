import { type FetchMessageObject, ImapFlow, type MessageStructureObject } from 'imapflow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ImapServer, startImapServer } from '../../lib/local/imap-server.ts';
import { sampleMails } from '../../lib/local/sample-mailbox/sample-mails.ts';
import { describeWithDovecot } from './describe-with-dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot.ts';

const ACCOUNT = { user: 'support', password: 'secret' };

describeWithDovecot('the embedded IMAP server beside Dovecot', () => {
  let embedded: ImapServer;
  let dovecot: Dovecot;

  beforeAll(async () => {
    const mails = await sampleMails(new Date('2026-01-07T12:00:00Z'));
    [embedded, dovecot] = await Promise.all([
      startImapServer({ mails, tls: true, ...ACCOUNT }),
      startDovecot({ users: [ACCOUNT] }),
    ]);
    dovecot.deliver('INBOX', mails);
  });
  afterAll(() => Promise.all([embedded.stop(), dovecot.stop()]));

  it('hands out the same of every sample mail', async () => {
    expect(await fetchedFrom(embedded.port)).toEqual(await fetchedFrom(dovecot.imapsPort));
  });
});

async function fetchedFrom(port: number) {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: true,
    auth: { user: ACCOUNT.user, pass: ACCOUNT.password },
    tls: { rejectUnauthorized: false },
    logger: false,
  });
  await client.connect();
  await client.mailboxOpen('INBOX', { readOnly: true });
  const mails = await client.fetchAll('1:*', {
    uid: true,
    envelope: true,
    internalDate: true,
    bodyStructure: true,
    headers: ['from', 'subject', 'date', 'message-id', 'content-type', 'list-id'],
    bodyParts: [{ key: 'TEXT', start: 0, maxLength: 4096 }],
  });
  await client.logout();
  return mails.map(whatCounts);
}

function whatCounts({ uid, envelope, internalDate, headers, bodyParts, bodyStructure }: FetchMessageObject) {
  const { date, subject, messageId } = envelope ?? {};
  return {
    uid,
    internalDate,
    ...{ date, subject, messageId },
    header: headers?.toString('latin1'),
    body: bodyParts?.get('text')?.toString('latin1'),
    texts: textPartsOf(bodyStructure),
  };
}

/**
 * Where the texts are. Line counts, default charsets and broken attachments differ between servers, but are not used.
 */
function textPartsOf(node: MessageStructureObject | undefined): unknown[] {
  if (!node) return [];
  const { part, type, encoding, size, disposition, childNodes = [] } = node;
  const own = type?.startsWith('text/') ? [{ part, type, encoding, size, disposition }] : [];
  return [...own, ...childNodes.flatMap(textPartsOf)];
}
