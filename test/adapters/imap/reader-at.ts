import { imapMailReader } from '../../../functions/adapters/imap/mail-reader.ts';
import { HANG_MS } from '../../hang-limit.ts';

/** A reader of the account `support` on a server without TLS, which asks for no header fields but its own. */
export function readerAt(
  { host, port }: { host: string; port: number },
  { user = 'support', pass = 'secret', exchangeTimeoutMs = HANG_MS } = {},
) {
  return imapMailReader({
    account: { account: 'support', host, port, tls: 'off', allowSelfSignedCertificate: true, user },
    credentials: async () => ({ pass }),
    headerFields: [],
    exchangeTimeoutMs,
  });
}
