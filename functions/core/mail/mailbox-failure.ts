/** The ways in which reading a mailbox fails; each asks something else of whoever is told. */
export type MailboxFailureKind =
  /** The server refused the user or the password. */
  | 'credentials'
  /** No connection came about: refused, unreachable, unknown host. */
  | 'connection'
  /** The certificate or the TLS handshake failed, or STARTTLS was not offered. */
  | 'tls'
  /** The server stopped answering. */
  | 'timeout'
  /** The server ended the connection, with or without BYE. */
  | 'closed by server'
  /** The server asked for fewer requests. */
  | 'throttled'
  /** The folder does not exist or may not be read. */
  | 'folder'
  /** The server answered NO or BAD to a command. */
  | 'refused'
  /** What the server sent is not IMAP. */
  | 'protocol'
  /** The server reports no UIDVALIDITY, so no uid of it means anything. */
  | 'no uidValidity'
  /** The server listed a mail and then did not hand it out. */
  | 'incomplete answer';

/** Reading a mailbox failed. The watermark stands where it stood; the next poll tries again. */
export class MailboxFailure extends Error {
  override readonly name = 'MailboxFailure';
  readonly kind: MailboxFailureKind;

  constructor(kind: MailboxFailureKind, text: string, options?: ErrorOptions) {
    super(text, options);
    this.kind = kind;
  }
}
