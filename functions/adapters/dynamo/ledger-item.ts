import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { mailLocationSchema, mailRecordSchema } from '../../core/mail/mail.ts';
import { type DeliveryFailure, deliveryFailureSchema } from '../../core/records/delivery-failure.ts';
import {
  type AcceptedEntry,
  LEDGER_STATES,
  type LedgerEntry,
  type LedgerIndexEntry,
  type NewLedgerEntry,
} from '../../core/records/ledger-entry.ts';
import { storedTime } from '../../core/records/stored-time.ts';
import { SHARDS_PER_DAY } from '../../core/records/table-design.ts';
import type { Numbering } from '../../core/records/watermark.ts';

type Item = Record<string, AttributeValue>;

/** Version of the data in an item, so that a later version can recognise and read old items. */
const ITEM_VERSION = 1;

const epochMs = z.number().transform((ms) => new Date(ms));
const state = z.enum(LEDGER_STATES);

const itemSchema = z.object({
  version: z.literal(ITEM_VERSION),
  mailId: z.string(),
  ...mailLocationSchema.shape,
  route: z.string(),
  rule: z.string().nullable(),
  reason: z.string().nullable(),
  record: mailRecordSchema,
  state,
  acceptedAt: storedTime,
  isRecovery: z.boolean().optional(),
  fingerprint: z.string().optional(),
  copyOf: z.string().optional(),
  dispatchedAt: storedTime.optional(),
  settledAt: storedTime.optional(),
  attempts: z.int(),
  lastFailure: deliveryFailureSchema.optional(),
  postId: z.string().optional(),
  /** The former name of `postId`. */
  discordMessageId: z.string().optional(),
  sentPost: z.object({ mailIds: z.array(z.string()), at: storedTime }).optional(),
  leaseUntil: epochMs.optional(),
});

const leaseSchema = z.object({ state, leaseUntil: epochMs.optional() });

const lineSchema = z.object({
  mailId: z.string(),
  uid: z.int(),
  fingerprint: z.string().optional(),
  route: z.string(),
  state,
  acceptedAt: storedTime,
});

const acceptedSchema = z.object({
  mailId: z.string(),
  mailbox: z.string(),
  route: z.string(),
  state,
  acceptedAt: storedTime,
  isRecovery: z.boolean().default(false),
});

/**
 * The initial attributes of an open entry, apart from its mailId and state; `openRoute` keeps it in the index `open`.
 */
export function openAttributesOf(entry: NewLedgerEntry): Record<string, unknown> {
  return { ...firstAttributesOf(entry), openRoute: entry.route };
}

/** The initial attributes of every entry, apart from its mailId and state. */
export function firstAttributesOf(entry: NewLedgerEntry): Record<string, unknown> {
  const { mailbox, uidValidity, uid } = entry.location;
  return {
    version: ITEM_VERSION,
    mailbox,
    uidValidity,
    uid,
    mailboxUidValidity: mailboxUidValidityOf(mailbox, uidValidity),
    route: entry.route,
    rule: entry.rule,
    reason: entry.reason,
    record: entry.record,
    acceptedAt: entry.acceptedAt.toISOString(),
    acceptedDay: acceptedDayOf(entry.acceptedAt, shardOf(entry.mailId)),
    ...(entry.isRecovery && { isRecovery: true }),
    ...(entry.fingerprint !== undefined && { fingerprint: entry.fingerprint }),
    ...(entry.copyOf !== undefined && { copyOf: entry.copyOf }),
    attempts: 0,
  };
}

/** Partition of the index `byDay`: a UTC day, and one of its shards. */
export function acceptedDayOf(acceptedAt: Date, shard: number): string {
  return `${acceptedAt.toISOString().slice(0, 10)}#${shard}`;
}

/** Spreads the entries of one day evenly. */
function shardOf(mailId: string): number {
  return createHash('sha256').update(mailId).digest().readUInt32BE() % SHARDS_PER_DAY;
}

/** Partition of the index `byLocation`. */
export function mailboxUidValidityOf(mailbox: string, uidValidity: string): string {
  return `${mailbox}#${uidValidity}`;
}

/** The numbering that a partition of the index `byLocation` holds. */
export function numberingOf(item: Item): Numbering {
  const { mailboxUidValidity } = parse(z.object({ mailboxUidValidity: z.string() }), item);
  const end = mailboxUidValidity.lastIndexOf('#');
  return { mailbox: mailboxUidValidity.slice(0, end), uidValidity: mailboxUidValidity.slice(end + 1) };
}

/** A failure as stored in the ledger. */
export function failureAttributeOf(failure: DeliveryFailure): Record<string, unknown> {
  return { ...failure, at: failure.at.toISOString() };
}

/** Attribute values in DynamoDB's own form; undefined ones are omitted. */
export function attributesOf(values: Record<string, unknown>): Item {
  return marshall(values, { removeUndefinedValues: true });
}

/** @throws if Rollcall does not write such an item */
export function entryOf(item: Item): LedgerEntry {
  const { version: _version, mailbox, uidValidity, uid, discordMessageId, ...facts } = parse(itemSchema, item);
  return {
    ...facts,
    location: { mailbox, uidValidity, uid },
    dispatchedAt: facts.dispatchedAt,
    settledAt: facts.settledAt,
    lastFailure: facts.lastFailure,
    postId: facts.postId ?? discordMessageId,
  };
}

/** State and end of the lease, if there is one. */
export function leaseOf(item: Item): { state: LedgerEntry['state']; until: Date | undefined } {
  const { state, leaseUntil } = parse(leaseSchema, item);
  return { state, until: leaseUntil };
}

export function acceptedEntryOf(item: Item): AcceptedEntry {
  return parse(acceptedSchema, item);
}

export function lineOf(item: Item): LedgerIndexEntry {
  return parse(lineSchema, item);
}

function parse<Schema extends z.ZodType>(schema: Schema, item: Item): z.output<Schema> {
  const parsed = schema.safeParse(unmarshall(item));
  if (parsed.success) return parsed.data;
  throw new Error(
    `The ledger's item ${item.mailId?.S} is not what Rollcall writes; restore it from a backup, or delete it and the ` +
      `email is accepted again: ${z.prettifyError(parsed.error)}`,
  );
}
