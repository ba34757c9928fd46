import { imapMailReader } from '../../../../functions/adapters/imap/mail-reader.ts';
import { MAILS_PER_PAGE } from '../../../../functions/core/poll/poll-limits.ts';
import { headersNeededBy } from '../../../../functions/core/rules/classify.ts';
import settings from '../../../../functions/settings.ts';
import { uidsAbove } from '../../../adapters/imap/uids-above.ts';
import { perform } from './task.ts';

/** Rollcall's own reader, asked as the poll asks it. */
await perform(async ({ question, host, port, tls, user, password }, took) => {
  const reader = imapMailReader({
    account: {
      account: 'bench',
      host,
      port,
      tls: tls ? 'implicit' : 'off',
      allowSelfSignedCertificate: true,
      user,
    },
    credentials: async () => ({ pass: password }),
    headerFields: headersNeededBy(settings.routes),
    exchangeTimeoutMs: 60_000,
  });
  await reader.visit('INBOX', async (session) => {
    await session.status();
    if (question === 'empty poll') return;
    for await (const { mails: page } of session.pages(await uidsAbove(session, 0), MAILS_PER_PAGE)) {
      for (const { location, subject, snippet } of page) took({ uid: location.uid, subject, text: snippet });
    }
  });
});
