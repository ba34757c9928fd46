import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { fingerprintOf } from '../../core/mail/fingerprint.ts';
import type { ListedMail } from '../../core/mail/mail-reader.ts';
import type { ImapConnection } from './connection.ts';

/** The combined FETCH responses about one email (RFC 3501, 7.4.2, lets a server send several). */
export type FetchedMails = Map<number, FetchMessageObject>;

/**
 * One FETCH for all these emails. What arrives is only kept, and worked on afterwards: the server's time-out must not run
 * while our own processor is busy.
 *
 * @param fetched is filled as answers arrive, so that it holds what came before a failure
 */
export async function fetchInto(
  fetched: FetchedMails,
  connection: ImapConnection,
  uids: readonly number[],
  query: FetchQueryObject,
): Promise<void> {
  const asked = new Set(uids);
  await connection.exchange(
    'FETCH',
    async (client) => {
      for await (const message of client.fetch(sequenceSet(uids), { ...query, uid: true }, { uid: true })) {
        // Servers may add messages that were not requested: unsolicited FETCH responses (RFC 3501, 7.4.2).
        if (asked.has(message.uid)) fetched.set(message.uid, together(fetched.get(message.uid), message));
      }
    },
    { refusalMeans: 'refused', staysOpenIfRefused: true },
  );
}

function together(known: FetchMessageObject | undefined, message: FetchMessageObject): FetchMessageObject {
  if (!known) return message;
  const parts = [...(known.bodyParts ?? []), ...(message.bodyParts ?? [])];
  return { ...known, ...message, ...(parts.length > 0 && { bodyParts: new Map(parts) }) };
}

/**
 * What a listing requests, the most first. For the size, a server may have to read the email, and fails if it cannot;
 * it always knows the uids.
 */
export const LISTINGS = [{ internalDate: true, size: true }, { internalDate: true }, {}] as const;

/** `uidBySequenceNumber`: of the requested emails. */
export type FetchedListing = { mails: ListedMail[]; uidBySequenceNumber: ReadonlyMap<number, number> };

/**
 * Lists the email from a uid on, and always the last one, also where its uid is lower (RFC 3501, 6.4.8). FETCH and not
 * SEARCH: servers cap the answers of SEARCH, and a damaged index leaves email out of them.
 */
export async function fetchListing(
  connection: ImapConnection,
  fromUid: number,
  items: (typeof LISTINGS)[number],
): Promise<FetchedListing> {
  const query = { uid: true, ...items };
  return await connection.exchange(
    'FETCH',
    async (client) => {
      const listed = new Map<number, ListedMail>();
      const uidBySequenceNumber = new Map<number, number>();
      for await (const { seq, uid, internalDate, size } of client.fetch(`${fromUid}:*`, query, { uid: true })) {
        if (!uid) continue;
        // A lower uid is that of the last email, if it is the only one, or of an unsolicited response.
        if (uid >= fromUid) uidBySequenceNumber.set(seq, uid);
        const known = listed.get(uid);
        const receivedAt = dateOf(internalDate) ?? known?.receivedAt;
        const bytes = size ?? known?.size;
        listed.set(uid, { uid, receivedAt, size: bytes, fingerprint: fingerprintOf(receivedAt, bytes) });
      }
      return { mails: [...listed.values()].sort((one, other) => one.uid - other.uid), uidBySequenceNumber };
    },
    { everyLineCounts: true, refusalMeans: 'refused', staysOpenIfRefused: true },
  );
}

/** An earlier date comes from a broken clock or a broken answer. */
const BEFORE_IMAP = new Date('1986-01-01T00:00:00Z');

/** imapflow returns an invalid date as text. */
export function dateOf(internalDate: Date | string | undefined): Date | undefined {
  const isPlausible = internalDate instanceof Date && internalDate.getTime() > BEFORE_IMAP.getTime();
  return isPlausible ? internalDate : undefined;
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
