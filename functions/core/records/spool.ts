import { createHash } from 'node:crypto';
import * as z from 'zod';

import { mailLocationSchema, mailRecordSchema } from '../mail/mail.ts';
import type { NewLedgerEntry } from './ledger-entry.ts';

/** Segments that no digest has carried yet. */
export const PENDING_PREFIX = 'unknowns/pending/';

/** Segments that a digest has carried, by day. */
export const DIGESTED_PREFIX = 'unknowns/digested/';

const SNIPPET_CHARACTERS = 500;

/** Every text in a line is cut to a few hundred or thousand characters, so no line comes near this length. */
const LINE_CHARACTERS = 100_000;

const KEY_HASH_DIGITS = 12;

const spoolLineSchema = z.object({
  mailId: z.string().min(1),
  ...mailLocationSchema.shape,
  ...mailRecordSchema.shape,
  rule: z.null(),
  reason: z.string(),
  ts: z.iso.datetime(),
});

/** One unknown email in the spool; `ts` is when it was written there, ISO 8601. */
export type SpoolLine = z.infer<typeof spoolLineSchema>;

/** A line that was damaged after it was written. */
export type DamagedLine = { lineNumber: number; text: string; reason: string };

/**
 * The segment that holds these unknown emails of one mailbox and uidValidity, one line per email.
 *
 * The key ends in a hash over the mailIds: writing the same page again overwrites the same segment. If only some of a
 * page's emails remain to be handed over after a crash, they do not overwrite the segment of the others.
 *
 * @param entries at least one
 * @param at when the segment is written
 */
export function segmentOf(
  mailbox: string,
  uidValidity: string,
  entries: readonly NewLedgerEntry[],
  at: Date,
): SpoolSegment {
  if (entries.length === 0) throw new RangeError(`A spool segment of ${mailbox} needs at least one mail.`);
  const inOrder = entries.toSorted((one, other) => one.location.uid - other.location.uid);
  const uids = inOrder.map(({ location }) => location.uid);
  const mailIds = inOrder.map(({ mailId }) => mailId);
  const hash = createHash('sha256').update(JSON.stringify(mailIds)).digest('hex').slice(0, KEY_HASH_DIGITS);
  return {
    key: `${PENDING_PREFIX}${keySafe(mailbox)}/${uidValidity}-${uids.at(0)}-${uids.at(-1)}-${hash}.jsonl`,
    text: inOrder.map((entry) => `${JSON.stringify(lineOf(entry, at))}\n`).join(''),
  };
}

/** Reads a segment. A damaged line is returned with its number and text, and never blocks the other lines. */
export function parseSegment(text: string): { lines: SpoolLine[]; damaged: DamagedLine[] } {
  const lines: SpoolLine[] = [];
  const damaged: DamagedLine[] = [];
  for (const [index, lineText] of text.split('\n').entries()) {
    if (lineText.trim() === '') continue;
    const parsed = parseLine(lineText);
    if (parsed.valid) lines.push(parsed.line);
    else damaged.push({ lineNumber: index + 1, text: lineText, reason: parsed.reason });
  }
  return { lines, damaged };
}

/** The key to which a segment moves on the day (UTC) on which a digest carried it. */
export function digestedKeyOf(pendingKey: string, day: Date): string {
  if (!pendingKey.startsWith(PENDING_PREFIX)) throw new RangeError(`${pendingKey} is not under ${PENDING_PREFIX}.`);
  const folder = day.toISOString().slice(0, 'yyyy-mm-dd'.length).replaceAll('-', '/');
  return `${DIGESTED_PREFIX}${folder}/${pendingKey.slice(PENDING_PREFIX.length)}`;
}

function parseLine(text: string): { valid: true; line: SpoolLine } | { valid: false; reason: string } {
  if (text.length > LINE_CHARACTERS) return { valid: false, reason: 'the line is longer than any that is written' };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { valid: false, reason: 'the line is not JSON' };
  }
  const parsed = spoolLineSchema.safeParse(json);
  if (parsed.success) return { valid: true, line: parsed.data };
  return { valid: false, reason: `the line does not follow its schema: ${z.prettifyError(parsed.error)}` };
}

function lineOf({ mailId, location, record, reason }: NewLedgerEntry, at: Date): SpoolLine {
  return {
    mailId,
    mailbox: location.mailbox,
    uid: location.uid,
    uidValidity: location.uidValidity,
    messageId: record.messageId,
    from: record.from,
    to: record.to,
    subject: record.subject,
    date: record.date,
    // Cut by code points: half of a surrogate pair could not be displayed.
    snippet: Array.from(record.snippet).slice(0, SNIPPET_CHARACTERS).join(''),
    rule: null,
    reason: reason ?? 'no rule matched',
    link: record.link,
    ts: at.toISOString(),
  };
}

/**
 * A mailbox name as part of an S3 key. Folder names may contain any character; S3 keys should keep to letters, digits
 * and `! - _ . * ' ( )`, and not have `.` or `..` as a part (Amazon S3 User Guide, "Naming Amazon S3 objects"). So
 * `%2F` of a URL is written as `!2F` here; different names always get different keys.
 */
function keySafe(mailbox: string): string {
  return mailbox
    .split('/')
    .map((part) => encodeURIComponent(wellFormed(part)).replaceAll('!', '%21').replaceAll('%', '!'))
    .map((part) => (part === '.' || part === '..' ? part.replaceAll('.', '!2E') : part))
    .join('/');
}

/** Half a surrogate pair becomes U+FFFD; encodeURIComponent would throw, and a name must never block a mailbox. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** One S3 object with unknown email as JSON lines. */
export type SpoolSegment = { key: string; text: string };

/** The durable file of all email that no rule matched. */
export interface Spool {
  /** Writes a pending segment; writing a page again overwrites its segment. */
  write(segment: SpoolSegment): Promise<void>;
  /** All pending segments, in no guaranteed order. */
  pending(): AsyncIterable<SpoolSegment>;
  /** Moves a pending segment to the day on which a digest carried it: copy first, then delete. */
  archive(key: string, day: Date): Promise<void>;
}
