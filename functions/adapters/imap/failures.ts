import type { ImapFlowError } from 'imapflow';
import { MailboxFailure, type MailboxFailureKind } from '../../core/mail/mailbox-failure.ts';
import { redacted } from './redacted.ts';

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
  LineTooLarge: 'answer too large',
  LiteralTooLarge: 'answer too large',
  ResponseTooLarge: 'answer too large',
  TooManyTokens: 'answer too large',
  TooManyResponses: 'answer too large',
};

/**
 * What a server means by its NO or BAD: RFC 5530, section 3, and THROTTLED, which Gmail and Yahoo answer. These come
 * before anything else, because a login that is refused for them says nothing of the password.
 */
const KIND_OF_RESPONSE_CODE: Readonly<Record<string, MailboxFailureKind>> = {
  THROTTLED: 'throttled',
  LIMIT: 'throttled',
  UNAVAILABLE: 'unavailable',
  INUSE: 'unavailable',
  SERVERBUG: 'unavailable',
};

/** Response codes of commands that name a folder. */
const FOLDER_RESPONSE_CODES: ReadonlySet<string> = new Set(['NONEXISTENT', 'NOPERM']);

/**
 * Words that servers use where their codes say nothing, or the wrong thing: a login that is refused for them says nothing of
 * the password, and a folder nothing of its name.
 */
const MEANT_BY_WORDS: readonly { words: RegExp; kind: MailboxFailureKind; remedy: string }[] = [
  {
    words: /authenticated but not connected/i,
    kind: 'unavailable',
    remedy:
      'The password is right. Microsoft 365 says this where IMAP is switched off for the mailbox, its licence has ended, or ' +
      'the user may not open it: check that IMAP is enabled for it. The next poll tries again',
  },
  {
    words:
      /too many (?:simultaneous |concurrent )?(?:connections|logins|sessions)|maximum number of connections|connection limit/i,
    kind: 'throttled',
    remedy:
      'Other programs hold all connections that the server allows this account: close some of them. The next poll tries again',
  },
  {
    words:
      /server unavailable|service (?:temporarily )?unavailable|temporar(?:y|ily)|try again later|system error|internal error/i,
    kind: 'unavailable',
    remedy: 'The server has a fault of its own, mostly for minutes. The next poll tries again',
  },
];

/** imapflow has no code for it. For a password it would use LOGIN, which every server supports. */
const NO_WAY_TO_LOG_IN = 'Unsupported authentication mechanism';

/** Node's codes for a certificate that is not trusted: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/;

/**
 * Names what went wrong between imapflow and a server.
 *
 * @param where user, host and port, for the reader of the alarm
 * @param refusalMeans what a NO or BAD without a specific response code means
 * @param secrets never shown, should the server repeat them
 * @returns always a `MailboxFailure`, with the first error as its cause
 */
export function mailboxFailureFrom(
  error: unknown,
  where: string,
  refusalMeans: MailboxFailureKind = 'refused',
  secrets: readonly string[] = [],
): MailboxFailure {
  if (error instanceof MailboxFailure) return error;
  const { code, message, responseText, reason } = error as ImapFlowError;
  if (message === NO_WAY_TO_LOG_IN) {
    const offers = 'the server takes no access token, neither by XOAUTH2 nor by OAUTHBEARER';
    return new MailboxFailure('protocol', `${where}: ${offers}. Check auth in the settings`, { cause: error });
  }
  const responseCode = responseCodeOf(error as ImapFlowError);
  const words = responseText || reason || message || code || 'no reason given';
  const said = redacted(responseCode && !words.includes(responseCode) ? `[${responseCode}] ${words}` : words, secrets);
  const meant = responseCode === 'AUTHENTICATIONFAILED' ? undefined : meantByWords(error as ImapFlowError, words);
  const kind = meant?.kind ?? kindOf(error as ImapFlowError, refusalMeans);
  return new MailboxFailure(
    kind,
    `${where}: ${said}${code && !said.includes(code) ? ` (${code})` : ''}. ${meant?.remedy ?? REMEDIES[kind]}`,
    { cause: error, said },
  );
}

/** Only the server's own words count. */
function meantByWords({ responseStatus, reason }: ImapFlowError, words: string) {
  if (!responseStatus && !reason) return undefined;
  return MEANT_BY_WORDS.find(({ words: pattern }) => pattern.test(words));
}

function kindOf(error: ImapFlowError, refusalMeans: MailboxFailureKind): MailboxFailureKind {
  const responseCode = responseCodeOf(error) ?? '';
  const meant = KIND_OF_RESPONSE_CODE[responseCode];
  if (meant) return meant;
  if (error.authenticationFailed) return 'credentials';
  if (FOLDER_RESPONSE_CODES.has(responseCode)) return 'folder';
  if (error.tlsFailed) return 'tls';
  if (error.mailboxMissing) return 'folder';
  const code = error.code ?? '';
  // Before the reason: Node gives one for a certificate of another host.
  if (CERTIFICATE_CODE.test(code)) return 'tls';
  // imapflow sets a reason on the errors that follow a BYE.
  if (error.reason) return 'bye';
  const known = KIND_OF_CODE[code];
  if (known) return known;
  if (code.startsWith('ParserError')) return 'protocol';
  if (error.responseStatus) return refusalMeans;
  return 'protocol';
}

/**
 * `LIMIT` of `NO [LIMIT] too many sessions`; imapflow extracts it for some commands and leaves it in the answer for
 * others.
 */
function responseCodeOf({ serverResponseCode, response }: ImapFlowError): string | undefined {
  if (serverResponseCode) return serverResponseCode;
  if (!response || typeof response === 'string') return undefined;
  const attribute = response.attributes?.[0];
  const section = attribute && !Array.isArray(attribute) ? attribute.section?.[0] : undefined;
  return section && !Array.isArray(section) && typeof section.value === 'string'
    ? section.value.toUpperCase()
    : undefined;
}

const REMEDIES: Readonly<Record<MailboxFailureKind, string>> = {
  credentials: 'Renew the secret of this mailbox; the next poll reads it again',
  connection: 'Check host and port in the settings',
  tls: "Check the server's certificate and the mailbox's tls setting",
  timeout: 'The next poll tries again',
  'closed by server': 'The next poll tries again',
  bye: 'The next poll tries again',
  unavailable: 'The next poll tries again',
  throttled: 'The server asks for fewer requests; the next poll tries again, a longer everyMinutes helps',
  folder: 'Check the folder names in the settings',
  refused: 'The next poll tries again',
  protocol: 'Check that host and port are those of an IMAP server',
  'answer too large': 'Check that host and port are those of an IMAP server',
  'uidValidity changed': 'The next poll reads the email again',
  'no uidValidity': 'Rollcall cannot account for mail on this server',
  'incomplete answer': 'The next poll tries again',
};

/** A reading failure is returned; any other error is thrown. */
export async function failureOf(work: () => Promise<void>): Promise<MailboxFailure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof MailboxFailure) return error;
    throw error;
  }
}
