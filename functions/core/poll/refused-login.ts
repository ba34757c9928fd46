import type { Login } from '../mail/login.ts';
import { MailboxFailure } from '../mail/mailbox-failure.ts';
import type { MailboxHealth, RecordedPollFailure, RefusedLogin } from '../records/watermark.ts';
import { CLOCK_TOLERANCE_MS, type Clock, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { PollFailure } from './poll-failure.ts';

/**
 * How long polls pause a login after it was refused once, twice, and more often. Providers lock an account after too
 * many attempts, and then refuse the right password as well.
 */
const WAITS_MS = [15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS] as const;

/** How the previous poll failed; undefined if it succeeded. */
export type LastError = MailboxHealth['lastPollError'];
type Services = { login: Login; clock: Clock };

/** The poll did not log in, because the server has refused the same login before. */
class LoginLeftAlone extends MailboxFailure {
  readonly recorded: Omit<RecordedPollFailure, 'at'>;

  /** @param refused the recorded failure of the poll that last tried */
  constructor({ kind, text }: Pick<RecordedPollFailure, 'kind' | 'text'>, refusedLogin: RefusedLogin) {
    const nextTry = nextLoginAt(refusedLogin).toISOString();
    super(
      'credentials',
      `${text}. This poll did not log in, so that the provider does not lock the account: the server has refused the same ` +
        `login before, last at ${refusedLogin.at.toISOString()}. Polls try again after ${nextTry}, and at once when the ` +
        'secret is stored again or a setting of the mailbox changes',
    );
    this.recorded = { kind, text, refusedLogin };
  }
}

/** When polls try this login again. */
export function nextLoginAt({ times, at }: RefusedLogin): Date {
  const waitMs = times <= 1 ? WAITS_MS[0] : times === 2 ? WAITS_MS[1] : WAITS_MS[2];
  return new Date(at.getTime() + waitMs);
}

/** Throws if the server has refused this very login, and it is too early to try again. */
export async function leaveRefusedLoginAlone(lastError: LastError, { login, clock }: Services): Promise<void> {
  const refused = lastError?.refusedLogin;
  if (!refused) return;
  // A schedule may run a little early.
  if (clock.now().getTime() >= nextLoginAt(refused).getTime() - CLOCK_TOLERANCE_MS) return;
  if ((await login.version()) === refused.version) throw new LoginLeftAlone(lastError, refused);
}

/** The record of a failed poll; if a login was refused, also which one, and how often. */
export async function withRefusedLogin(
  error: unknown,
  failure: PollFailure,
  lastError: LastError,
  { login, clock }: Services,
): Promise<Omit<RecordedPollFailure, 'at'>> {
  if (error instanceof LoginLeftAlone) return error.recorded;
  if (failure.kind !== 'credentials') return failure;
  const version = await login.version();
  const before = lastError?.refusedLogin;
  const times = before?.version === version ? before.times + 1 : 1;
  return { ...failure, refusedLogin: { version, times, at: clock.now() } };
}
