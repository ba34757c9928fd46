/** The ways in which reading a mailbox fails; each needs a different response. */
export type MailboxFailureKind =
  /** The server refused the user or the password. */
  | 'credentials'
  /** No connection was established: refused, unreachable, unknown host. */
  | 'connection'
  /** The certificate or the TLS handshake failed, or STARTTLS was not offered. */
  | 'tls'
  /** The server stopped answering. */
  | 'timeout'
  /** The connection was closed without a message. */
  | 'closed by server'
  /** The server ended the session and said so (RFC 3501, 7.1.5). */
  | 'bye'
  /** The server asked for fewer requests. */
  | 'throttled'
  /** The server reports that a part of it is temporarily down (RFC 5530, UNAVAILABLE). */
  | 'unavailable'
  /** The folder does not exist or may not be read. */
  | 'folder'
  /** The server answered NO or BAD to a command. */
  | 'refused'
  /** What the server sent is not IMAP. */
  | 'protocol'
  /** An answer is larger than any request allows for. */
  | 'answer too large'
  /** The server reports no UIDVALIDITY, so its uids are meaningless. */
  | 'no uidValidity'
  /** The server renumbered its mail in the middle of a session. */
  | 'uidValidity changed'
  /** The server listed an email and then did not return it. */
  | 'incomplete answer';

/** A folder that the server has; its numbers are undefined if the server does not report them. */
export type ExistingFolder = { name: string; uidValidity: string | undefined; uidNext: number | undefined };

/** Reading a mailbox failed. The watermark is unchanged; the next poll tries again. */
export class MailboxFailure extends Error {
  override readonly name = 'MailboxFailure';
  readonly kind: MailboxFailureKind;
  /** What the server said, or what the connection did; the same as the text if there is nothing more. */
  readonly said: string;
  /** If a folder does not exist: the existing ones, as far as the server lists them. */
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
