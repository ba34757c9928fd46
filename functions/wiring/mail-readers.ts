import { imapMailReader } from '../adapters/imap/mail-reader.ts';
import { mailboxCredentials } from '../adapters/imap/mailbox-credentials.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { MailReader } from '../core/mail/mail-reader.ts';
import { headersNeededBy } from '../core/rules/classify.ts';
import type { MailboxSettings, Settings } from '../core/settings/settings-schema.ts';
import type { Environment } from './environment.ts';
import { secretsFrom } from './secrets.ts';

/** A page of 500 emails takes a second or two; a server that needs longer than this has stopped answering. */
const EXCHANGE_TIMEOUT_MS = 60_000;

/** A reader for each account. It is kept between polls, because it holds the access token. */
export function mailReadersFrom(
  environment: Environment,
  { routes }: Settings,
): (account: MailboxSettings) => MailReader {
  const secrets = secretsFrom(environment);
  const readers = new Map<string, MailReader>();
  return (account) => {
    const kept = readers.get(account.account);
    if (kept) return kept;
    const reader = imapMailReader({
      account,
      credentials: mailboxCredentials(account, secrets, systemClock),
      headerFields: headersNeededBy(routes),
      exchangeTimeoutMs: EXCHANGE_TIMEOUT_MS,
    });
    readers.set(account.account, reader);
    return reader;
  };
}
