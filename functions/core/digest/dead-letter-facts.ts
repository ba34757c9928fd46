import type { DeadLetters, UnreadableLetter } from '../records/dead-letters.ts';
import { TimedOut, withTimeout } from '../time-out.ts';
import { LETTERS_TIMEOUT_MS } from './limits.ts';

/** What of a route's dead-letter queue no redrive can take, or why that is not known. */
export type DeadLetterFacts =
  | { route: string; kind: 'read'; unreadable: readonly UnreadableLetter[] }
  | { route: string; kind: 'not read'; reason: string };

/** Looks into the dead-letter queue of each route. One that does not answer is a fact as well: the digest must come. */
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
