import { TimedOut, withTimeout } from '../time-out.ts';

/**
 * Yields page by page as long as there is time for another. The first page is always waited for: a poll that brings
 * nothing has to say why. A later one that does not come in time is dropped; whoever opened the connection closes it,
 * which ends the fetch under way.
 *
 * @param timeLeftMs until no further page may be begun, in milliseconds
 */
export async function* pagesUntilDeadline<Page>(
  pages: AsyncIterable<Page>,
  timeLeftMs: () => number,
): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  let next: IteratorResult<Page> | undefined = await iterator.next();
  while (next && !next.done) {
    yield next.value;
    if (timeLeftMs() <= 0) return;
    next = await nextWithin(timeLeftMs(), iterator);
  }
}

/** Undefined where it does not come in time. */
async function nextWithin<Page>(ms: number, iterator: AsyncIterator<Page>): Promise<IteratorResult<Page> | undefined> {
  const late = new TimedOut('The next page did not come in time.');
  try {
    return await withTimeout(ms, iterator.next(), late);
  } catch (error) {
    if (error === late) return undefined;
    throw error;
  }
}
