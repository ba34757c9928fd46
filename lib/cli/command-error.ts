/** The command cannot be done; the message says why and what is possible. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
