import { TimedOut, withTimeout } from '../time-out.ts';

/**
 * Yields pages as long as there is time for another. It always waits for the first page: a poll without any page must
 * report why. A later page that is late is dropped; the caller closes the connection, which ends the fetch.
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

/** Undefined if the page does not arrive in time. */
async function nextWithin<Page>(ms: number, iterator: AsyncIterator<Page>): Promise<IteratorResult<Page> | undefined> {
  const late = new TimedOut('The next page did not come in time.');
  try {
    return await withTimeout(ms, iterator.next(), late);
  } catch (error) {
    if (error === late) return undefined;
    throw error;
  }
}
