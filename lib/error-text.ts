/** What went wrong by the person's doing, or outside of Rollcall: the message says all that is needed. */
const NOT_OURS: ReadonlySet<string> = new Set([
  'CommandError',
  'OptionError',
  'SettingsError',
  'MailboxFailure',
  'SecretMissing',
]);

/** What a person is shown of an error: the message, or with the place in the code where it is a fault of Rollcall. */
export function errorTextOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return NOT_OURS.has(error.name) ? error.message : (error.stack ?? error.message);
}
