import { groupBy } from '../../core/group-by.ts';
import type { Mail } from '../../core/mail/mail.ts';
import type { RawMail, TextPart } from '../../core/mail/raw-mail.ts';
import { lacksText } from '../../core/mail/read-mail.ts';
import type { ImapConnection } from './connection.ts';
import { type FetchedMails, fetchInto } from './fetch.ts';

/** Text that begins further in, past an attachment or below a style sheet, is looked for in steps: most show in the first. */
const STEP_BYTES = 12_288;
const MAX_BYTES = 4 * STEP_BYTES;

/** Makes a mail of what was fetched of it. */
export type Read = (raw: RawMail) => Mail;

/** A mail whose text is not found yet, and what is known of the part that should hold it. */
export type Textless = { raw: RawMail; part: TextPart; content: Uint8Array };

/**
 * Reads mails again by the text that lies further in. One command a step for all mails whose text has the same section
 * number; a mail whose text is not found stays as it was read before.
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
      for (const { isWhole, ...known } of await fetchNext(connection, alike)) {
        const mail = read({ ...known.raw, text: { part: known.part, content: known.content } });
        if (!lacksText(mail)) mails.push(mail);
        else if (!isWhole && known.content.length < MAX_BYTES) further.push(known);
      }
    }
    waiting = further;
  }
  return mails;
}

/** The next bytes of mails that need them of the same section, from the same byte on. */
async function fetchNext(
  connection: ImapConnection,
  alike: readonly [Textless, ...Textless[]],
): Promise<(Textless & { isWhole: boolean })[]> {
  const [{ part, content: known }] = alike;
  const fetched: FetchedMails = new Map();
  const uids = alike.map(({ raw }) => raw.uid);
  const query = { bodyParts: [{ key: part.section, start: known.length, maxLength: STEP_BYTES }] };
  await fetchInto(fetched, connection, uids, query);
  return alike.map(({ raw, part, content }) => {
    const bytes = fetched.get(raw.uid)?.bodyParts?.get(part.section.toLowerCase()) || new Uint8Array();
    return { raw, part, content: Buffer.concat([content, bytes]), isWhole: bytes.length < STEP_BYTES };
  });
}
