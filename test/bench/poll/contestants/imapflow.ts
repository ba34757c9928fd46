import { ImapFlow } from 'imapflow';
import { simpleParser } from 'mailparser';
import { perform } from './task.ts';

/**
 * imapflow as its documentation shows it: for a backlog with `source: true` and mailparser's simpleParser a mail, in
 * one FETCH and without COMPRESS, which would only slow it down here; for an empty poll with its default options.
 */
await perform(async ({ question, host, port, tls, user, password }, took) => {
  const client = new ImapFlow({
    host,
    port,
    secure: tls,
    ...(tls ? {} : { doSTARTTLS: false }),
    tls: { rejectUnauthorized: false },
    auth: { user, pass: password },
    logger: false,
    disableCompression: question === 'backlog',
  });
  await client.connect();
  if (question === 'empty poll') {
    await client.status('INBOX', { uidNext: true, uidValidity: true });
  } else {
    await client.mailboxOpen('INBOX', { readOnly: true });
    for await (const { uid, source } of client.fetch('1:*', { source: true }, { uid: true })) {
      const { subject = '', text = '' } = await simpleParser(source ?? '');
      took({ uid, subject, text: text.slice(0, 500) });
    }
  }
  await client.logout();
});
