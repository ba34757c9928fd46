import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectImap, type ImapAccount } from '../../../functions/adapters/imap/connection.ts';
import { fetchMails } from '../../../functions/adapters/imap/mails.ts';
import { mailLink } from '../../../functions/core/mail/mail-link.ts';
import { readMail } from '../../../functions/core/mail/read-mail.ts';
import { type ScriptedImapServer, startScriptedImapServer } from './scripted-imap-server.ts';

const GMAIL_ID = '1278455344230334865';

let server: ScriptedImapServer;
beforeAll(async () => {
  server = await startScriptedImapServer({
    answer(command, tag) {
      if (command === 'CAPABILITY') return `* CAPABILITY IMAP4rev1 X-GM-EXT-1\r\n${tag} OK done\r\n`;
      if (!command.startsWith('UID FETCH')) return undefined;
      const header = 'Message-ID: <1@mail.example>\r\n\r\n';
      const fields = `BODY[HEADER.FIELDS (MESSAGE-ID)] {${header.length}}\r\n${header} BODY[TEXT]<0> "text"`;
      return `* 1 FETCH (UID 1 X-GM-MSGID ${GMAIL_ID} ${fields})\r\n${tag} OK done\r\n`;
    },
  });
});
afterAll(() => server.stop());

it('a server with X-GM-EXT-1 is asked for its own id of each mail, which then makes the link', async () => {
  const { host, port } = server;
  const account: ImapAccount = { host, port, tls: 'off', allowSelfSignedCertificate: false, user: 'ada' };
  const connection = await connectImap(account, { pass: 'x' }, { exchangeTimeoutMs: 5_000 });
  await connection.exchange('EXAMINE', (client) => client.mailboxOpen('INBOX', { readOnly: true }));
  const { mails } = await fetchMails(connection, [1], {
    ...{ headerFields: ['message-id'], depth: 'all', sizeOf: () => undefined },
    read: (raw) =>
      readMail(raw, {
        location: { mailbox: 'support/INBOX', uidValidity: '9', uid: raw.uid },
        linkTo: (messageId) => mailLink({ host: 'imap.gmail.com', user: 'ada@example.com' }, messageId, raw.emailId),
      }),
  });
  await connection.close();

  expect(server.commands.find((command) => command.startsWith('UID FETCH'))).toContain('X-GM-MSGID');
  expect(mails).toMatchObject([
    {
      messageId: '<1@mail.example>',
      link: `https://mail.google.com/mail/u/?authuser=ada%40example.com#all/${BigInt(GMAIL_ID).toString(16)}`,
    },
  ]);
});
