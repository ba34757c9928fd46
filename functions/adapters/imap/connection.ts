import { setImmediate } from 'node:timers/promises';
import { ImapFlow, type ImapFlowError } from 'imapflow';
import { MailboxFailure, type MailboxFailureKind } from '../../core/mail/mailbox-failure.ts';
import { mailboxFailureFrom } from './failures.ts';
import { type ImapHeard, imapLog } from './log.ts';
import { redacted } from './redacted.ts';
import { withoutId } from './without-id.ts';

export type ImapAccount = {
  host: string;
  port: number;
  tls: 'implicit' | 'starttls' | 'off';
  allowSelfSignedCertificate: boolean;
  user: string;
};

export type ImapCredentials = { pass: string } | { accessToken: string };

/** A logged-in connection, each of whose exchanges has a time limit. */
export type ImapConnection = {
  client: ImapFlow;
  /**
   * Runs one exchange with the server. imapflow has no time-out of a command, so a server that falls silent would hold
   * the poll until Lambda ends it; here the connection is closed and the failure named. A refusal, to which imapflow
   * resolves with `false`, is a failure too.
   */
  exchange<T>(
    what: string,
    run: (client: ImapFlow) => Promise<T>,
    options?: ExchangeOptions,
  ): Promise<Exclude<T, false>>;
  isOpen(): boolean;
  close(): Promise<void>;
};

/** `onNotice` receives what the server wants shown to the user (ALERT: RFC 3501, 7.1). */
type ConnectOptions = { exchangeTimeoutMs: number; onNotice?: ((text: string) => void) | undefined };

type ExchangeOptions = {
  /**
   * Fail where a line of the answer could not be read, which imapflow passes over: in an answer of uids, each line names
   * mail.
   */
  everyLineCounts?: boolean;
  /** The kind of failure if the server refuses without a reason. */
  refusalMeans?: MailboxFailureKind;
  /** A tagged NO leaves the connection usable. By default every failure closes it. */
  staysOpenIfRefused?: boolean;
};

/** imapflow also measures the silence between exchanges, which is ours: a page is being handed over. */
const SOCKET_TIMEOUT_MS = 30 * 60_000;

/**
 * The largest answers that a poll asks for, with room to spare; imapflow's own limits are gigabytes, more than a Lambda
 * has memory. A line: a SEARCH answer of three million uids, at most 11 octets each. A literal: the header fields of
 * one mail, of which servers take hundreds of kilobytes at most; its text is asked for by the kilobyte.
 */
const MAX_LINE_BYTES = 32 * 1_024 * 1_024;
const MAX_LITERAL_BYTES = 16 * 1_024 * 1_024;
const MAX_RESPONSE_BYTES = MAX_LINE_BYTES + 2 * MAX_LITERAL_BYTES;

/**
 * Connects and logs in. By LOGIN, which every server knows and which takes one turn; where a server forbids it or does not
 * know it, by SASL PLAIN or LOGIN (RFC 3501, 6.2.3, LOGINDISABLED). A refused password is not tried again.
 *
 * @throws MailboxFailure with the connection closed
 */
export async function connectImap(
  account: ImapAccount,
  credentials: ImapCredentials,
  options: ConnectOptions,
): Promise<ImapConnection> {
  if (!('pass' in credentials)) return await connectBy({}, account, credentials, options);
  try {
    return await connectBy({ loginMethod: 'LOGIN' }, account, credentials, options);
  } catch (error) {
    if (!(error instanceof MailboxFailure) || !isWithoutLogin(error.cause)) throw error;
    return await connectBy({}, account, credentials, options);
  }
}

/** imapflow has no code for LOGINDISABLED; a server answers BAD to a command that it does not know. */
function isWithoutLogin(error: unknown): boolean {
  const { message, responseStatus, executedCommand } = (error ?? {}) as ImapFlowError;
  return message === 'Login is disabled' || (responseStatus === 'BAD' && /^\S+ LOGIN\b/.test(executedCommand ?? ''));
}

/** Saves round trips: no compression (slower on a fast line, and one round trip more), no ENABLE, no ID, no IDLE. */
async function connectBy(
  method: { loginMethod?: 'LOGIN' },
  account: ImapAccount,
  credentials: ImapCredentials,
  { exchangeTimeoutMs, onNotice }: ConnectOptions,
): Promise<ImapConnection> {
  const where = `${account.user} at ${account.host}:${account.port}`;
  const log = imapLog();
  const client = new ImapFlow({
    host: account.host,
    port: account.port,
    secure: account.tls === 'implicit',
    // Otherwise imapflow stays in clear text if an attacker strips STARTTLS from the capabilities.
    doSTARTTLS: account.tls === 'starttls',
    tls: { rejectUnauthorized: !account.allowSelfSignedCertificate },
    auth: { user: account.user, ...credentials, ...method },
    logger: log.logger,
    disableCompression: true,
    disableAutoEnable: true,
    disableAutoIdle: true,
    disableIMAP4rev2: true,
    connectionTimeout: exchangeTimeoutMs,
    greetingTimeout: exchangeTimeoutMs,
    socketTimeout: SOCKET_TIMEOUT_MS,
    maxLineLength: MAX_LINE_BYTES,
    maxLiteralSize: MAX_LITERAL_BYTES,
    maxResponseSize: MAX_RESPONSE_BYTES,
    expungeHandler: ({ vanished }) => (vanished ? refuseVanished() : undefined),
  });
  withoutId(client, account.host);
  const secrets = Object.values(credentials);
  // An 'error' event without a listener ends the process. What it reports also rejects the exchange under way; between
  // exchanges it is kept, because then the next one would only say that the connection is gone.
  let firstError: unknown;
  client.on('error', (error) => {
    firstError ??= error;
  });
  client.on('alert', ({ message }) => onNotice?.(redacted(message, secrets)));
  // A server sends VANISHED only to a client that enabled QRESYNC (RFC 7162, 3.2.10). imapflow walks its uids one by
  // one, up to sixteen million of them without a pause: a promise that stays open ends the walk, and so does closing
  // its connection.
  const refuseVanished = () => {
    firstError ??= new MailboxFailure('protocol', `${where}: the server says VANISHED, which Rollcall did not ask for`);
    client.close();
    return new Promise<never>(() => undefined);
  };

  const failed = (error: unknown, asked: string, { refusalMeans, staysOpenIfRefused }: ExchangeOptions) => {
    const first = error instanceof MailboxFailure ? error : (firstError ?? error);
    const failure = mailboxFailureFrom(first, asked, refusalMeans, secrets);
    if (!staysOpenIfRefused || failure.kind !== refusalMeans) client.close();
    return failure;
  };

  const exchange: ImapConnection['exchange'] = async (what, run, options = {}) => {
    const { everyLineCounts, refusalMeans } = options;
    const asked = `${where}, ${what}`;
    let timer: NodeJS.Timeout | undefined;
    let heard: ImapHeard | undefined;
    const cut = new Promise<never>((_resolve, reject) => {
      heard = log.listen(reject);
      timer = setTimeout(() => reject(overdue(asked, exchangeTimeoutMs, heard)), exchangeTimeoutMs);
    });
    try {
      const answer = await Promise.race([run(client), cut]);
      if (answer === false)
        throw heard?.failure ?? firstError ?? new MailboxFailure(refusalMeans ?? 'refused', `${asked}: refused`);
      if (everyLineCounts && heard?.lost) {
        throw new MailboxFailure('protocol', `${asked}: the answer holds ${heard.lost}`);
      }
      return answer as Exclude<typeof answer, false>;
    } catch (error) {
      await untilReported();
      throw failed(error, asked, options);
    } finally {
      clearTimeout(timer);
    }
  };

  await exchange('the login', () => client.connect());
  const close = async () => {
    await untilReported();
    client.close();
  };
  return { client, exchange, isOpen: () => client.usable, close };
}

/**
 * What imapflow's parser cannot take, it reports on the next turn. A connection that is closed before has no listener left
 * (2.10), and the error would end the process.
 */
const untilReported = async () => await setImmediate();

function overdue(asked: string, timeoutMs: number, heard: ImapHeard | undefined): MailboxFailure {
  const missed = `${asked}: no answer within ${Math.round(timeoutMs) / 1_000} s`;
  const instead = heard?.unknownTag ? `one with the tag ${heard.unknownTag}, which answers nothing` : heard?.lost;
  return instead ? new MailboxFailure('protocol', `${missed}, but ${instead}`) : new MailboxFailure('timeout', missed);
}
