import type { FetchMessageObject, MessageEnvelopeObject } from 'imapflow';
import type { Mail } from '../../core/mail/mail.ts';
import { findTextParts, type RawMail, type StructureNode } from '../../core/mail/raw-mail.ts';
import { lacksText } from '../../core/mail/read-mail.ts';
import type { ImapConnection } from './connection.ts';
import { fetchEach } from './fetch.ts';
import { type Read, readTexts, type Textless } from './texts.ts';

/** The body's first bytes: nine of ten mails show their text in them (measured on 10,000). */
const BODY_BYTES = 4_096;

/** A mail whose first bytes do not suffice. */
type Unclear = { raw: RawMail; mail: Mail };

/**
 * Reads these mails, in the order of their uids; one that the server does not hand out is missing.
 *
 * One FETCH for all: header fields and the first kilobytes of text, never an attachment. Envelope and structure tell no
 * more of most mails, and imapflow takes three times as long over an answer that has them; they are fetched for the few
 * mails that show no text, or cannot be read.
 */
export async function fetchMails(
  connection: ImapConnection,
  uids: readonly number[],
  headerFields: readonly string[],
  read: Read,
): Promise<Mail[]> {
  const mails = new Map<number, Mail>();
  const unclear = new Map<number, Unclear>();
  const query = {
    internalDate: true,
    headers: [...headerFields],
    bodyParts: [{ key: 'TEXT', start: 0, maxLength: BODY_BYTES }],
  };
  await fetchEach(connection, uids, query, (message) => {
    // When a mail's flags change, the server says so in a FETCH of its own (RFC 3501, 7.4.2).
    if (message.headers === undefined && message.bodyParts === undefined) return;
    const raw = rawMailFrom(message);
    const mail = read(raw);
    mails.set(raw.uid, mail);
    if (lacksText(mail) || mail.problem !== undefined) unclear.set(raw.uid, { raw, mail });
  });
  for (const mail of await readFurther(connection, unclear, read)) mails.set(mail.location.uid, mail);
  return [...mails.values()].sort((a, b) => a.location.uid - b.location.uid);
}

/** Reads unclear mails again: by the server's own reading of the header, or by the text that lies further in. */
async function readFurther(
  connection: ImapConnection,
  unclear: ReadonlyMap<number, Unclear>,
  read: Read,
): Promise<Mail[]> {
  if (unclear.size === 0) return [];
  const mails: Mail[] = [];
  const textless: Textless[] = [];
  const query = { bodyStructure: true, envelope: [...unclear.values()].some(({ mail }) => !lacksText(mail)) };
  await fetchEach(connection, [...unclear.keys()], query, ({ uid, bodyStructure, envelope }) => {
    const { raw, mail } = unclear.get(uid) ?? {};
    if (!raw || !mail) return;
    if (!lacksText(mail)) {
      if (envelope) mails.push(read({ ...raw, envelope: shownEnvelope(envelope) }));
      return;
    }
    const next = bodyStructure && textlessOf(raw, bodyStructure);
    if (next) textless.push(next);
    else mails.push(read({ ...raw, isAllFetched: true }));
  });
  return [...mails, ...(await readTexts(connection, textless, read))];
}

/** Undefined where no part can have text. */
function textlessOf(raw: RawMail, structure: StructureNode): Textless | undefined {
  const [part, ...others] = findTextParts(structure, raw.body.length);
  // The body of a mail without parts is its part 1, of which the beginning is known (RFC 3501, 6.4.5).
  return part && { raw, part, others, content: structure.childNodes ? new Uint8Array() : raw.body };
}

const NO_ENVELOPE: RawMail['envelope'] = { from: '', to: '', subject: '', messageId: '' };

function rawMailFrom({ uid, emailId, headers, bodyParts, internalDate }: FetchMessageObject): RawMail {
  return {
    uid,
    emailId,
    internalDate: receivedAt(internalDate),
    // imapflow hands out `false` for NIL.
    header: headers || new Uint8Array(),
    body: bodyParts?.get('text') || new Uint8Array(),
    text: undefined,
    envelope: NO_ENVELOPE,
  };
}

/** Now, where the server names no date or none that can be read, which imapflow hands out as text. */
function receivedAt(internalDate: Date | string | undefined): Date {
  const date = new Date(internalDate ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

function shownEnvelope({ from, to, subject = '', messageId = '' }: MessageEnvelopeObject): RawMail['envelope'] {
  const addresses = (list: MessageEnvelopeObject['from']) =>
    (list ?? []).map(({ address }) => address ?? '').join(', ');
  return { from: addresses(from), to: addresses(to), subject, messageId };
}
