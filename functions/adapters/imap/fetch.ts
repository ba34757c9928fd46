import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import type { ImapConnection } from './connection.ts';

/**
 * Answers that are worked on at once. The server writes the next ones meanwhile, and no page lies in memory as it was
 * sent; one at a time would cost a quarter more, because the processor's cache then changes between IMAP and mail.
 */
const ANSWERS_AT_ONCE = 100;

/**
 * One FETCH for all these mails.
 *
 * @param take may issue no command, which would wait for the FETCH that it is called in
 */
export async function fetchEach(
  connection: ImapConnection,
  uids: readonly number[],
  query: FetchQueryObject,
  take: (message: FetchMessageObject) => void,
): Promise<void> {
  const asked = new Set(uids);
  await connection.exchange('FETCH', async (client) => {
    let waiting: FetchMessageObject[] = [];
    for await (const message of client.fetch(sequenceSet(uids), { ...query, uid: true }, { uid: true })) {
      // Servers may add messages nobody asked for: unsolicited FETCH responses (RFC 3501, 7.4.2).
      if (asked.has(message.uid)) waiting.push(message);
      if (waiting.length < ANSWERS_AT_ONCE) continue;
      waiting.forEach(take);
      waiting = [];
    }
    waiting.forEach(take);
  });
}

/** The uid of every mail of the folder, ascending. */
export async function fetchUids(connection: ImapConnection): Promise<number[]> {
  return await connection.exchange('FETCH', async (client) => {
    const uids = new Set<number>();
    for await (const { uid } of client.fetch('1:*', { uid: true })) uids.add(uid);
    return [...uids].sort((a, b) => a - b);
  });
}

/** `1:3,7` for 1, 2, 3, 7: runs keep a page of 500 uids well below the 8,000 octets a command line may have (RFC 7162, 4). */
export function sequenceSet(uids: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const uid of uids) {
    const run = runs.at(-1);
    if (run && uid === run.last + 1) run.last = uid;
    else runs.push({ first: uid, last: uid });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(',');
}
