import type { FetchMessageObject, MessageEnvelopeObject } from 'imapflow';
import { cutDisplayedText } from '../../core/mail/displayed-text.ts';
import { fingerprintOf } from '../../core/mail/fingerprint.ts';
import type { Mail } from '../../core/mail/mail.ts';
import type { MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import { findTextParts, type RawMail, type StructureNode } from '../../core/mail/raw-mail.ts';
import { lacksText } from '../../core/mail/read-mail.ts';
import type { ImapConnection } from './connection.ts';
import { failureOf } from './failures.ts';
import { dateOf, type FetchedMails, fetchInto } from './fetch.ts';
import { type Read, readTexts, type Textless } from './texts.ts';

/** The first bytes of the body: nine of ten emails show their text in them (measured on 10,000). */
const BODY_BYTES = 4_096;

/**
 * How much is asked for: `all`; no text further in; no text at all. A server can fail over any part of a single email,
 * and what can be read of it is worth more than nothing.
 */
export type Depth = 'all' | 'beginning' | 'header';

/** What could be read, by uid, and why the rest could not be. */
export type Reading = { mails: Mail[]; failure: MailboxFailure | undefined };

export type FetchOptions = {
  headerFields: readonly string[];
  depth: Depth;
  /** RFC822.SIZE in bytes, as far as it is known. */
  sizeOf: (uid: number) => number | undefined;
  read: Read;
};

/** An email whose first bytes are not enough. */
type Unclear = { raw: RawMail; mail: Mail };

/**
 * Reads these emails; one that the server does not return is missing.
 *
 * One FETCH for as many as fit into memory: header fields and the first kilobytes of text, never an attachment. Envelope
 * and structure add nothing for most emails, and imapflow needs three times as long for an answer with them; they are
 * fetched for the few emails that show no text, or cannot be read.
 */
export async function fetchMails(
  connection: ImapConnection,
  uids: readonly number[],
  options: FetchOptions,
): Promise<Reading> {
  const mails: Mail[] = [];
  for (const together of withinMemory(uids, options.sizeOf)) {
    const reading = await fetchTogether(connection, together, options);
    mails.push(...reading.mails);
    if (reading.failure) return { mails, failure: reading.failure };
  }
  return { mails, failure: undefined };
}

/** A header can be as long as its email, and servers accept megabytes of it. */
const BYTES_AT_ONCE = 16 * 1_024 * 1_024;

function* withinMemory(uids: readonly number[], sizeOf: FetchOptions['sizeOf']): Generator<number[]> {
  let together: number[] = [];
  let bytes = 0;
  for (const uid of uids) {
    const size = sizeOf(uid) ?? 0;
    if (together.length > 0 && bytes + size > BYTES_AT_ONCE) {
      yield together;
      together = [];
      bytes = 0;
    }
    together.push(uid);
    bytes += size;
  }
  if (together.length > 0) yield together;
}

async function fetchTogether(
  connection: ImapConnection,
  uids: readonly number[],
  { headerFields, depth, read }: FetchOptions,
): Promise<Reading> {
  const fetched: FetchedMails = new Map();
  const query = {
    internalDate: true,
    size: true,
    headers: [...headerFields],
    ...(depth !== 'header' && { bodyParts: [{ key: 'TEXT', start: 0, maxLength: BODY_BYTES }] }),
  };
  const failure = await failureOf(() => fetchInto(fetched, connection, uids, query));
  const mails = new Map<number, Mail>();
  const unclear = new Map<number, Unclear>();
  for (const message of fetched.values()) {
    // When an email's flags change, the server sends a FETCH response of its own (RFC 3501, 7.4.2).
    if (message.headers === undefined && message.bodyParts === undefined) continue;
    const raw = rawMailFrom(message);
    const mail = read(raw);
    mails.set(raw.uid, mail);
    if (lacksText(mail) || mail.problem !== undefined) unclear.set(raw.uid, { raw, mail });
  }
  const isReadFurther = !failure && depth === 'all' && unclear.size > 0;
  const further = isReadFurther ? await readUnclear(connection, unclear, read) : { mails: [], failure };
  // Each is requested again on its own, so that only the email that caused the failure loses its text.
  if (isReadFurther && further.failure) for (const uid of unclear.keys()) mails.delete(uid);
  for (const mail of further.mails) mails.set(mail.location.uid, mail);
  return { mails: [...mails.values()].sort((a, b) => a.location.uid - b.location.uid), failure: further.failure };
}

/** Those unclear emails that show more now, and why the others do not. */
async function readUnclear(
  connection: ImapConnection,
  unclear: ReadonlyMap<number, Unclear>,
  read: Read,
): Promise<Reading> {
  const further = new Map<number, Mail>();
  const failure = await failureOf(() => readFurther(connection, unclear, read, further));
  return { mails: [...further.values()], failure };
}

/** The email as far as it could be read. */
export function withoutText(mail: Mail, { said }: MailboxFailure): Mail {
  if (!lacksText(mail)) return mail;
  return { ...mail, snippet: `(The server does not hand out the text: ${cutDisplayedText(said, WORDS_CHARACTERS)})` };
}

const WORDS_CHARACTERS = 200;

/**
 * Reads unclear emails again: by the server's own reading of the header, or by the text further in.
 *
 * @param further is filled with those that show more now
 */
async function readFurther(
  connection: ImapConnection,
  unclear: ReadonlyMap<number, Unclear>,
  read: Read,
  further: Map<number, Mail>,
): Promise<void> {
  const textless: Textless[] = [];
  const fetched: FetchedMails = new Map();
  const query = { bodyStructure: true, envelope: [...unclear.values()].some(({ mail }) => !lacksText(mail)) };
  await fetchInto(fetched, connection, [...unclear.keys()], query);
  for (const { uid, bodyStructure, envelope } of fetched.values()) {
    const { raw, mail } = unclear.get(uid) ?? {};
    if (!raw || !mail) continue;
    if (!lacksText(mail)) {
      if (envelope) further.set(uid, read({ ...raw, envelope: shownEnvelope(envelope) }));
      continue;
    }
    const next = bodyStructure && textlessOf(raw, bodyStructure);
    if (next) textless.push(next);
    else further.set(uid, read({ ...raw, isAllFetched: true }));
  }
  for (const mail of await readTexts(connection, textless, read)) further.set(mail.location.uid, mail);
}

/** Undefined if no part can have text. */
function textlessOf(raw: RawMail, structure: StructureNode): Textless | undefined {
  const [part, ...others] = findTextParts(structure, raw.body.length);
  // The body of an email without parts is its part 1, whose beginning is known (RFC 3501, 6.4.5).
  return part && { raw, part, others, content: structure.childNodes ? new Uint8Array() : raw.body };
}

const NO_ENVELOPE: RawMail['envelope'] = { from: '', to: '', subject: '', messageId: '' };

function rawMailFrom({ uid, emailId, headers, bodyParts, internalDate, size }: FetchMessageObject): RawMail {
  return {
    uid,
    emailId,
    internalDate: receivedAt(internalDate),
    fingerprint: fingerprintOf(dateOf(internalDate), size),
    // imapflow returns `false` for NIL.
    header: headers || new Uint8Array(),
    body: bodyParts?.get('text') || new Uint8Array(),
    text: undefined,
    envelope: NO_ENVELOPE,
  };
}

/** The current time if the server gives no readable date. */
function receivedAt(internalDate: Date | string | undefined): Date {
  return dateOf(internalDate) ?? new Date();
}

function shownEnvelope({ from, to, subject = '', messageId = '' }: MessageEnvelopeObject): RawMail['envelope'] {
  const addresses = (list: MessageEnvelopeObject['from']) =>
    (list ?? []).map(({ address }) => address ?? '').join(', ');
  return { from: addresses(from), to: addresses(to), subject, messageId };
}
