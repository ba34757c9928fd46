import type { ImapFlowError } from 'imapflow';
import { MailboxFailure, type MailboxFailureKind } from '../core/mail/mailbox-failure.ts';

const KIND_OF_CODE: Readonly<Record<string, MailboxFailureKind>> = {
  ECONNREFUSED: 'connection',
  ENOTFOUND: 'connection',
  EAI_AGAIN: 'connection',
  EHOSTUNREACH: 'connection',
  ENETUNREACH: 'connection',
  CONNECT_TIMEOUT: 'timeout',
  GREETING_TIMEOUT: 'timeout',
  UPGRADE_TIMEOUT: 'timeout',
  ETIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  ETHROTTLE: 'throttled',
  NoConnection: 'closed by server',
  EConnectionClosed: 'closed by server',
  ClosedAfterConnectText: 'closed by server',
  ClosedAfterConnectTLS: 'closed by server',
  StateLogout: 'closed by server',
  ECONNRESET: 'closed by server',
  EPIPE: 'closed by server',
  NotFound: 'folder',
  NoMailboxSelected: 'folder',
  STARTTLS_INJECTION: 'tls',
  InvalidResponse: 'protocol',
  UnexpectedTag: 'protocol',
  MissingTag: 'protocol',
  ResponseProcessingFailed: 'protocol',
  MAX_IMAP_NESTING_REACHED: 'protocol',
  LineTooLarge: 'protocol',
  LiteralTooLarge: 'protocol',
  ResponseTooLarge: 'protocol',
  TooManyTokens: 'protocol',
  TooManyResponses: 'protocol',
};

/** Node's codes for a certificate that does not convince: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/;

/**
 * Names what went wrong between imapflow and a server.
 *
 * @param where host, port and folder, for the reader of the alarm
 * @returns always a `MailboxFailure`, with the first error as its cause
 */
export function mailboxFailureFrom(error: unknown, where: string): MailboxFailure {
  if (error instanceof MailboxFailure) return error;
  const { code, message, responseText, reason } = error as ImapFlowError;
  const kind = kindOf(error as ImapFlowError);
  const said = responseText || reason || message || code || 'no reason given';
  return new MailboxFailure(
    kind,
    `${where}: ${said}${code && !said.includes(code) ? ` (${code})` : ''}. ${WAY_OUT[kind]}`,
    {
      cause: error,
    },
  );
}

function kindOf(error: ImapFlowError): MailboxFailureKind {
  if (error.authenticationFailed) return 'credentials';
  if (error.tlsFailed) return 'tls';
  if (error.mailboxMissing) return 'folder';
  const code = error.code ?? '';
  const known = KIND_OF_CODE[code];
  if (known) return known;
  if (CERTIFICATE_CODE.test(code)) return 'tls';
  if (code.startsWith('ParserError')) return 'protocol';
  if (error.responseStatus) return 'refused';
  return 'protocol';
}

const WAY_OUT: Readonly<Record<MailboxFailureKind, string>> = {
  credentials: 'Renew the secret of this mailbox; the next poll reads it afresh',
  connection: 'Check host and port in the settings',
  tls: "Check the server's certificate and the mailbox's tls setting",
  timeout: 'The next poll tries again',
  'closed by server': 'The next poll tries again',
  throttled: 'The server asks for fewer requests; the next poll tries again, a longer everyMinutes helps',
  folder: 'Check the folder names in the settings',
  refused: 'The next poll tries again',
  protocol: 'Check that host and port are those of an IMAP server',
  'no uidValidity': 'Rollcall cannot account for mail on this server',
  'incomplete answer': 'The next poll tries again',
};
