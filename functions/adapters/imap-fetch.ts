import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import type { Mail } from '../core/mail/mail.ts';
import { findTextPart, type RawMail, type TextPart } from '../core/mail/raw-mail.ts';
import { lacksText } from '../core/mail/read-mail.ts';
import type { ImapConnection } from './imap-connection.ts';

/** The body's first bytes: nine of ten mails show their text in them (measured on 10,000). */
const BODY_BYTES = 4_096;

/** For text that begins further in: past an attachment, or below a style sheet in the HTML. */
const TEXT_PART_BYTES = 32_768;

/** One FETCH for a page: envelope, structure, header fields and the first kilobytes of text, never an attachment. */
export async function fetchPage(
  connection: ImapConnection,
  uids: readonly number[],
  headerFields: readonly string[],
): Promise<FetchMessageObject[]> {
  return await fetchAll(connection, uids, {
    uid: true,
    internalDate: true,
    envelope: true,
    bodyStructure: true,
    headers: [...headerFields],
    bodyParts: [{ key: 'TEXT', start: 0, maxLength: BODY_BYTES }],
  });
}

/**
 * Reads the mails of a page. Those without text in their first kilobytes, and with a text part further in, are read
 * again after a second fetch: one command for all mails whose text has the same section number.
 */
export async function fetchMissingTexts(
  connection: ImapConnection,
  messages: readonly FetchMessageObject[],
  read: (raw: RawMail) => Promise<Mail>,
): Promise<Mail[]> {
  const mails = new Map<number, Mail>();
  const bySection = new Map<string, { raw: RawMail; part: TextPart }[]>();
  for (const message of messages) {
    const raw = rawMailFrom(message);
    const mail = await read(raw);
    mails.set(raw.uid, mail);
    const part = lacksText(mail) && message.bodyStructure ? findTextPart(message.bodyStructure) : undefined;
    if (part) bySection.set(part.section, [...(bySection.get(part.section) ?? []), { raw, part }]);
  }
  for (const [section, wanted] of bySection) {
    const contents = await fetchSection(
      connection,
      section,
      wanted.map(({ raw }) => raw.uid),
    );
    for (const { raw, part } of wanted) {
      const content = contents.get(raw.uid);
      if (content) mails.set(raw.uid, await read({ ...raw, text: { part, content } }));
    }
  }
  return [...mails.values()].sort((a, b) => a.location.uid - b.location.uid);
}

async function fetchSection(
  connection: ImapConnection,
  section: string,
  uids: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const messages = await fetchAll(connection, uids, {
    uid: true,
    bodyParts: [{ key: section, start: 0, maxLength: TEXT_PART_BYTES }],
  });
  return new Map(messages.map(({ uid, bodyParts }) => [uid, bodyParts?.get(section) ?? new Uint8Array()]));
}

async function fetchAll(
  connection: ImapConnection,
  uids: readonly number[],
  query: FetchQueryObject,
): Promise<FetchMessageObject[]> {
  const messages = await connection.exchange('FETCH', (client) =>
    client.fetchAll(sequenceSet(uids), query, { uid: true }),
  );
  // Servers may add messages nobody asked for: unsolicited FETCH responses (RFC 3501, 7.4.2).
  const asked = new Set(uids);
  return messages.filter(({ uid }) => asked.has(uid));
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

function rawMailFrom(message: FetchMessageObject): RawMail {
  const { envelope, uid, headers, bodyParts, internalDate } = message;
  const addresses = (list: readonly { address?: string | undefined }[] | undefined) =>
    (list ?? []).map(({ address }) => address ?? '').join(', ');
  return {
    uid,
    internalDate: internalDate ? new Date(internalDate) : new Date(),
    header: headers ?? new Uint8Array(),
    body: bodyParts?.get('text') ?? new Uint8Array(),
    text: undefined,
    envelope: {
      from: addresses(envelope?.from),
      to: addresses(envelope?.to),
      subject: envelope?.subject ?? '',
      messageId: envelope?.messageId ?? '',
    },
  };
}
