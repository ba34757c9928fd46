import type { Mail } from '../../core/mail/mail.ts';
import type { MailPage } from '../../core/mail/mail-reader.ts';
import type { MailboxFailure, MailboxFailureKind } from '../../core/mail/mailbox-failure.ts';
import { type Depth, type Reading, withoutText } from './mails.ts';

/** How the emails of a folder are read, on a connection that works. */
export type Attempts = {
  /**
   * What can be read of these emails, up to the first failure. A uid that is still listed and not returned is one.
   *
   * @param again the emails failed before: a new connection is opened where the last one ended, and nothing is waited
   *   for long
   */
  attempt(uids: readonly number[], depth: Depth, again: boolean): Promise<Reading>;
  /** Other emails of the folder, the most likely readable ones first. */
  others(uid: number): Promise<readonly number[]>;
  /** The placeholder for an email of which nothing can be read. */
  withheld(uid: number, failure: MailboxFailure): Promise<Mail>;
};

/** Failures that can be due to one email. All others are due to the server, the account or the folder. */
export const OF_ONE_EMAIL: ReadonlySet<MailboxFailureKind> = new Set<MailboxFailureKind>([
  'refused',
  'bye',
  'closed by server',
  'timeout',
  'unavailable',
  'protocol',
  'answer too large',
  'incomplete answer',
]);

/** Other emails that are tried before the server is considered down. */
const CONTROLS = 3;

/**
 * Reads emails in pages. Where a page fails, it is narrowed until the emails that it fails of stand alone, and everything
 * else is handed over.
 *
 * @throws MailboxFailure where nothing can be read
 */
export async function* pagesOf(
  uids: readonly number[],
  mailsPerPage: number,
  attempts: Attempts,
): AsyncGenerator<MailPage> {
  const begin = (from: number) => {
    if (from >= uids.length) return undefined;
    const asked = uids.slice(from, from + mailsPerPage);
    const reading = attempts.attempt(asked, 'all', false);
    // The failure is reported when the page is requested. Until then nothing listens, and Node would end the process.
    reading.catch(() => undefined);
    return { asked, reading };
  };
  let ahead = begin(0);
  for (let from = 0; ahead; from += mailsPerPage) {
    const { asked, reading } = ahead;
    const { mails, failure } = await reading;
    if (failure) {
      yield* narrowed(asked, { mails, failure }, attempts, failure);
      ahead = begin(from + mailsPerPage);
    } else {
      // One page is fetched while the caller processes the previous one; at most two are in memory.
      ahead = begin(from + mailsPerPage);
      yield { uids: asked, mails };
    }
  }
}

/**
 * What was read before the failure, and the rest in smaller pieces.
 *
 * @param first the failure of the whole page, which is thrown where nothing can be read
 */
async function* narrowed(
  uids: readonly number[],
  { mails, failure }: { mails: readonly Mail[]; failure: MailboxFailure },
  attempts: Attempts,
  first: MailboxFailure,
): AsyncGenerator<MailPage> {
  if (!OF_ONE_EMAIL.has(failure.kind)) throw failure;
  const [only, ...more] = uids;
  if (only === undefined) return;
  if (more.length === 0) {
    yield { uids, mails: await readAlone(only, attempts, first) };
    return;
  }
  const read = new Set(mails.map(({ location }) => location.uid));
  const suspect = uids.findIndex((uid) => !read.has(uid));
  if (suspect < 0) {
    yield { uids, mails };
    return;
  }
  // Servers answer in order, so the first missing email is the most likely cause. If none was answered, there is no
  // clue.
  const cut = suspect > 0 ? suspect + 1 : Math.ceil(uids.length / 2);
  if (suspect > 0) yield { uids: uids.slice(0, suspect), mails: mails.slice(0, suspect) };
  for (const piece of [uids.slice(suspect, cut), uids.slice(cut)]) {
    const reading = await attempts.attempt(piece, 'all', true);
    if (reading.failure) yield* narrowed(piece, { mails: reading.mails, failure: reading.failure }, attempts, first);
    else if (piece.length > 0) yield { uids: piece, mails: reading.mails };
  }
}

/**
 * One email of which an attempt has failed. What is optional costs no more than itself. If nothing of it can be read,
 * other emails show whether the server reads anything at all.
 */
async function readAlone(uid: number, attempts: Attempts, first: MailboxFailure): Promise<readonly Mail[]> {
  const whole = await attempts.attempt([uid], 'all', true);
  const reason = whole.failure;
  if (!reason) return whole.mails;
  for (const depth of ['beginning', 'header'] as const) {
    const { mails, failure } = await attempts.attempt([uid], depth, true);
    if (!failure) return mails.map((mail) => withoutText(mail, reason));
    if (!OF_ONE_EMAIL.has(failure.kind)) throw failure;
  }
  for (const other of (await attempts.others(uid)).slice(0, CONTROLS)) {
    const { mails, failure } = await attempts.attempt([other], 'beginning', true);
    // An email that was expunged meanwhile gets no answer, which proves nothing.
    if (!failure && mails.length > 0) return [await attempts.withheld(uid, reason)];
  }
  throw first;
}
