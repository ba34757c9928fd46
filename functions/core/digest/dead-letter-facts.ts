import type { DeadLetters, UnreadableLetter } from '../records/dead-letters.ts';
import { TimedOut, withTimeout } from '../time-out.ts';
import { LETTERS_TIMEOUT_MS } from './limits.ts';

/** The messages of a route's dead-letter queue that cannot be redriven, or why they are not known. */
export type DeadLetterFacts =
  | { route: string; kind: 'read'; unreadable: readonly UnreadableLetter[] }
  | { route: string; kind: 'not read'; reason: string };

/**
 * Reads the dead-letter queue of each route. A queue that does not answer becomes part of the digest: the digest must
 * be sent.
 */
export async function readDeadLetters(
  routes: readonly string[],
  deadLetters: Pick<DeadLetters, 'unreadable'>,
): Promise<DeadLetterFacts[]> {
  return await Promise.all(routes.map((route) => lettersOf(route, deadLetters)));
}

async function lettersOf(route: string, deadLetters: Pick<DeadLetters, 'unreadable'>): Promise<DeadLetterFacts> {
  try {
    const late = new TimedOut(`SQS did not answer within ${LETTERS_TIMEOUT_MS / 1000} s`);
    return {
      route,
      kind: 'read',
      unreadable: await withTimeout(LETTERS_TIMEOUT_MS, deadLetters.unreadable(route), late),
    };
  } catch (error) {
    return { route, kind: 'not read', reason: error instanceof Error ? error.message : String(error) };
  }
}
