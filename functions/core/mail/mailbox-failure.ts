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
  /** The connection broke off without a word. */
  | 'closed by server'
  /** The server ended the session and said so (RFC 3501, 7.1.5). */
  | 'bye'
  /** The server asked for fewer requests. */
  | 'throttled'
  /** The server says that a part of it is down for now (RFC 5530, UNAVAILABLE). */
  | 'unavailable'
  /** The folder does not exist or may not be read. */
  | 'folder'
  /** The server answered NO or BAD to a command. */
  | 'refused'
  /** What the server sent is not IMAP. */
  | 'protocol'
  /** An answer is larger than anything that was asked for. */
  | 'answer too large'
  /** The server reports no UIDVALIDITY, so no uid of it means anything. */
  | 'no uidValidity'
  /** The server renumbered its mail in the middle of a session. */
  | 'uidValidity changed'
  /** The server listed a mail and then did not hand it out. */
  | 'incomplete answer';

/** A folder that the server has; its numbers are undefined where the server does not tell them. */
export type ExistingFolder = { name: string; uidValidity: string | undefined; uidNext: number | undefined };

/** Reading a mailbox failed. The watermark stands where it stood; the next poll tries again. */
export class MailboxFailure extends Error {
  override readonly name = 'MailboxFailure';
  readonly kind: MailboxFailureKind;
  /** What the server said, or what the connection did; the text, where that says no more. */
  readonly said: string;
  /** Where a folder does not exist: those that do, as far as the server lists them. */
  readonly existingFolders: readonly ExistingFolder[];

  constructor(
    kind: MailboxFailureKind,
    text: string,
    {
      existingFolders = [],
      said = text,
      ...options
    }: ErrorOptions & { existingFolders?: readonly ExistingFolder[]; said?: string } = {},
  ) {
    super(text, options);
    this.kind = kind;
    this.said = said;
    this.existingFolders = existingFolders;
  }
}
