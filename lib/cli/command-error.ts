/** The command cannot be executed; the message says why and what is possible. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
