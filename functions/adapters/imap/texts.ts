import { groupBy } from '../../core/group-by.ts';
import type { Mail } from '../../core/mail/mail.ts';
import type { RawMail, TextPart } from '../../core/mail/raw-mail.ts';
import { lacksText } from '../../core/mail/read-mail.ts';
import type { ImapConnection } from './connection.ts';
import { type FetchedMails, fetchInto } from './fetch.ts';

/** Text that begins further in, after an attachment or a style sheet, is fetched in steps: the first usually has it. */
const STEP_BYTES = 12_288;
const MAX_BYTES = 4 * STEP_BYTES;

/** Builds an email from what was fetched of it. */
export type Read = (raw: RawMail) => Mail;

/** An email whose text is not found yet, and what is known of the part that should have it. */
export type Textless = {
  raw: RawMail;
  part: TextPart;
  /** Parts to try if that one has no text. */
  others: readonly TextPart[];
  content: Uint8Array;
};

/**
 * Reads emails again, with text from further in. One command per step for all emails whose text has the same section
 * number; an email whose text is not found reports what it contains instead.
 */
export async function readTexts(
  connection: ImapConnection,
  textless: readonly Textless[],
  read: Read,
): Promise<Mail[]> {
  const mails: Mail[] = [];
  let waiting = textless;
  while (waiting.length > 0) {
    const further: Textless[] = [];
    for (const alike of groupBy(waiting, ({ part, content }) => `${part.section} ${content.length}`).values()) {
      for (const known of await fetchNext(connection, alike)) {
        const { mail, next } = readText(known, read);
        if (next) further.push(next);
        else mails.push(mail);
      }
    }
    waiting = further;
  }
  return mails;
}

/** The email, and what to fetch next if it has no text yet. */
function readText(known: Textless & { isWhole: boolean }, read: Read): { mail: Mail; next: Textless | undefined } {
  const mail = read({ ...known.raw, text: known });
  if (!lacksText(mail)) return { mail, next: undefined };
  // If the last part was not read to its end, text may follow, so the email gets no explanation.
  return { mail: read({ ...known.raw, text: known, isAllFetched: known.isWhole }), next: nextOf(known) };
}

/** What to read next of an email without text so far: more of the same part, or the next one. */
function nextOf(known: Textless & { isWhole: boolean }): Textless | undefined {
  if (!known.isWhole && known.content.length < MAX_BYTES) return known;
  const [part, ...others] = known.others;
  return part && { raw: known.raw, part, others, content: new Uint8Array() };
}

/** Fetches the next bytes for emails that need the same section, from the same offset. */
async function fetchNext(
  connection: ImapConnection,
  alike: readonly [Textless, ...Textless[]],
): Promise<(Textless & { isWhole: boolean })[]> {
  const [{ part, content: known }] = alike;
  const fetched: FetchedMails = new Map();
  const uids = alike.map(({ raw }) => raw.uid);
  const query = { bodyParts: [{ key: part.section, start: known.length, maxLength: STEP_BYTES }] };
  await fetchInto(fetched, connection, uids, query);
  return alike.map((one) => {
    const bytes = fetched.get(one.raw.uid)?.bodyParts?.get(part.section.toLowerCase()) || new Uint8Array();
    return { ...one, content: Buffer.concat([one.content, bytes]), isWhole: bytes.length < STEP_BYTES };
  });
}
