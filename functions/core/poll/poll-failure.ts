import { MailboxFailure } from '../mail/mailbox-failure.ts';
import { HandOverFailed } from '../records/route-queues.ts';
import { SecretMissing } from '../secrets.ts';
import { TimedOut } from '../time-out.ts';

/** A failed poll, for the digest and the alarm. */
export type PollFailure = {
  /** The kind of a mailbox failure, `hand-over`, `timed out`, `secret`, or the name of an unexpected error. */
  kind: string;
  text: string;
};

const TEXT_CHARACTERS = 500;

export function pollFailureOf(error: unknown): PollFailure {
  if (error instanceof MailboxFailure) return failure(error.kind, error);
  if (error instanceof HandOverFailed) return failure('hand-over', error);
  if (error instanceof TimedOut) return failure('timed out', error);
  if (error instanceof SecretMissing) return failure('secret', error);
  if (error instanceof AggregateError && error.errors.length > 0) return failureOfSeveral(error);
  if (error instanceof Error) return failure(error.name, error);
  return { kind: 'unexpected', text: String(error).slice(0, TEXT_CHARACTERS) };
}

/** Throws what has failed, if anything: a single error unchanged, several as one that quotes each of them once. */
export function throwTogether(errors: readonly unknown[]): void {
  if (errors.length === 1) throw errors[0];
  const texts = new Set(errors.map((error) => pollFailureOf(error).text));
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} failures: ${[...texts].join(' | ')}`);
}

/** Node's own, for a connection to several addresses, has no message. */
function failureOfSeveral({ message, errors }: AggregateError): PollFailure {
  const { kind, text } = pollFailureOf(errors[0]);
  return { kind, text: message.slice(0, TEXT_CHARACTERS) || text };
}

function failure(kind: string, { message }: Error): PollFailure {
  return { kind, text: message.slice(0, TEXT_CHARACTERS) };
}
