/** Errors caused by the user or by something outside of Rollcall: the message says everything. */
const NOT_OURS: ReadonlySet<string> = new Set([
  'CommandError',
  'OptionError',
  'SettingsError',
  'MailboxFailure',
  'SecretMissing',
]);

/** The text of an error for a person: its message, or its stack trace if it is a fault in Rollcall. */
export function errorTextOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return NOT_OURS.has(error.name) ? error.message : (error.stack ?? error.message);
}
