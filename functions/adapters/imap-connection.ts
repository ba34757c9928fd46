import { ImapFlow } from 'imapflow';
import { MailboxFailure } from '../core/mail/mailbox-failure.ts';
import { mailboxFailureFrom } from './imap-failures.ts';

export type ImapAccount = {
  host: string;
  port: number;
  tls: 'implicit' | 'starttls' | 'off';
  allowSelfSignedCertificate: boolean;
  user: string;
};

export type ImapCredentials = { pass: string } | { accessToken: string };

/** A logged-in connection, each of whose exchanges ends by a deadline. */
export type ImapConnection = {
  client: ImapFlow;
  /**
   * Runs one exchange with the server. imapflow has no time-out of a command, so a server that falls silent would hold
   * the poll until Lambda ends it; here the connection is closed and the failure named.
   */
  exchange<T>(what: string, run: (client: ImapFlow) => Promise<T>): Promise<T>;
  close(): void;
};

/**
 * Connects and logs in. Saves turns: no compression (slower on a fast line, and one turn more), no ENABLE, no IDLE.
 *
 * @throws MailboxFailure with the connection closed
 */
export async function connectImap(
  account: ImapAccount,
  credentials: ImapCredentials,
  { exchangeTimeoutMs }: { exchangeTimeoutMs: number },
): Promise<ImapConnection> {
  const where = `${account.user} at ${account.host}:${account.port}`;
  const client = new ImapFlow({
    host: account.host,
    port: account.port,
    secure: account.tls === 'implicit',
    // Left open, imapflow stays in clear text where an attacker strips STARTTLS from the capabilities.
    doSTARTTLS: account.tls === 'starttls',
    tls: { rejectUnauthorized: !account.allowSelfSignedCertificate },
    auth: { user: account.user, ...credentials, ...('pass' in credentials ? { loginMethod: 'LOGIN' } : {}) },
    logger: false,
    disableCompression: true,
    disableAutoEnable: true,
    disableAutoIdle: true,
    disableIMAP4rev2: true,
    connectionTimeout: exchangeTimeoutMs,
    greetingTimeout: exchangeTimeoutMs,
    socketTimeout: exchangeTimeoutMs,
  });
  // An 'error' event without a listener ends the process. What it reports also rejects the exchange under way; between
  // exchanges it is kept, because then the next one would only say that the connection is gone.
  let firstError: unknown;
  client.on('error', (error) => {
    firstError ??= error;
  });

  const exchange = async <T>(what: string, run: (client: ImapFlow) => Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new MailboxFailure('timeout', `${where}: no answer to ${what} within ${exchangeTimeoutMs / 1000} s`));
        client.close();
      }, exchangeTimeoutMs);
    });
    try {
      return await Promise.race([run(client), deadline]);
    } catch (error) {
      client.close();
      throw mailboxFailureFrom(error instanceof MailboxFailure ? error : (firstError ?? error), where);
    } finally {
      clearTimeout(timer);
    }
  };

  await exchange('the login', () => client.connect());
  return { client, exchange, close: () => client.close() };
}
