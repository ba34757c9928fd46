import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { fingerprintOf } from '../../core/mail/fingerprint.ts';
import type { ListedMail } from '../../core/mail/mail-reader.ts';
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

/**
 * Lists the email from a uid on, and always the last one, also where its uid is lower (RFC 3501, 6.4.8). FETCH and not
 * SEARCH: servers cap the answers of SEARCH, and a damaged index leaves email out of them.
 */
export async function fetchListing(connection: ImapConnection, fromUid: number): Promise<ListedMail[]> {
  const query = { uid: true, internalDate: true, size: true };
  return await connection.exchange(
    'FETCH',
    async (client) => {
      const listed = new Map<number, ListedMail>();
      for await (const { uid, internalDate, size } of client.fetch(`${fromUid}:*`, query, { uid: true })) {
        if (!uid) continue;
        const known = listed.get(uid);
        const receivedAt = dateOf(internalDate) ?? known?.receivedAt;
        listed.set(uid, { uid, receivedAt, fingerprint: fingerprintOf(receivedAt, size) ?? known?.fingerprint });
      }
      return [...listed.values()].sort((one, other) => one.uid - other.uid);
    },
    { everyLineCounts: true },
  );
}

/** imapflow hands out as text what is no date. */
export function dateOf(internalDate: Date | string | undefined): Date | undefined {
  return internalDate instanceof Date && !Number.isNaN(internalDate.getTime()) ? internalDate : undefined;
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
