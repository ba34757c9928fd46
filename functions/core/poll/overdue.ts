import { atMost, LATE } from './at-most.ts';

/** A poll or an audit hung until its time was nearly over. What was handed over until then stays handed over. */
export class Overdue extends Error {
  override readonly name = 'Overdue';
}

/**
 * Waits for `work` for `ms` milliseconds at most.
 *
 * @param what what hung and how far it had come, such as `support/INBOX: the poll, after 500 mails`
 * @throws Overdue; what becomes of the work after that is dropped
 */
export async function inTime<T>(ms: number, work: Promise<T>, what: () => string): Promise<T> {
  const result = await atMost(ms, work);
  if (result !== LATE) return result;
  throw new Overdue(
    `${what()}, was given up because its time was nearly over. What it waited for did not answer; ` +
      'the next one goes on where this one stands.',
  );
}
