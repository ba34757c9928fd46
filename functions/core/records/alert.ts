import * as z from 'zod';
import { mailLocationSchema, mailRecordSchema } from '../mail/mail.ts';
import type { LedgerEntry, NewLedgerEntry } from './ledger-entry.ts';

const VERSION = 1;

const queueMessageSchema = z.strictObject({
  version: z.literal(VERSION),
  mailId: z.string().min(1),
  route: z.string().min(1),
  rule: z.string().nullable(),
  acceptedAt: z.iso.datetime(),
  location: z.strictObject(mailLocationSchema.shape),
  record: z.strictObject(mailRecordSchema.shape),
});

/** One alert on its way: everything that a post needs, and that the ledger needs to recreate a lost entry. */
export type QueueMessage = z.infer<typeof queueMessageSchema>;

export function queueMessageOf(entry: NewLedgerEntry | LedgerEntry): QueueMessage {
  const { mailId, route, rule, location, record } = entry;
  return { version: VERSION, mailId, route, rule, location, record, acceptedAt: entry.acceptedAt.toISOString() };
}

export type ParsedQueueMessage = { valid: true; message: QueueMessage } | { valid: false; reason: string };

/** Reads a queue message's body. An invalid one becomes a dead letter with the reason, never a crash. */
export function parseQueueMessage(body: string): ParsedQueueMessage {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { valid: false, reason: 'the message is not JSON' };
  }
  const parsed = queueMessageSchema.safeParse(json);
  if (parsed.success) return { valid: true, message: parsed.data };
  return { valid: false, reason: `the message does not follow its schema: ${z.prettifyError(parsed.error)}` };
}
