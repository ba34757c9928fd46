import { atMost, LATE } from './at-most.ts';

/**
 * Hands on page by page as long as there is time for another. The first page is always waited for: a poll that brings
 * nothing has to say why. A later one that does not come in time is dropped; whoever opened the connection closes it,
 * which ends the fetch under way.
 *
 * @param timeLeftMs until no further page may be begun, in milliseconds
 */
export async function* pagesInTime<Page>(pages: AsyncIterable<Page>, timeLeftMs: () => number): AsyncGenerator<Page> {
  const iterator = pages[Symbol.asyncIterator]();
  let next = await iterator.next();
  while (!next.done) {
    yield next.value;
    if (timeLeftMs() <= 0) return;
    const arrived = await atMost(timeLeftMs(), iterator.next());
    if (arrived === LATE) return;
    next = arrived;
  }
}
