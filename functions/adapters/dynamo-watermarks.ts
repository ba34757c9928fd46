import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { WATERMARKS_TABLE } from '../core/ledger/table-design.ts';
import type { MailboxHealth, Watermark } from '../core/poll/watermark.ts';
import type { Watermarks } from '../core/ports.ts';
import { updateItem } from './dynamo-update.ts';

const time = z.iso.datetime().transform((text) => new Date(text));
const count = z.int().default(0);

const watermarkSchema = z.object({
  mailbox: z.string(),
  uidValidity: z.string(),
  lastUid: z.int(),
  baselineUid: z.int(),
  baselineAt: time,
  previousUidValidity: z.string().optional(),
});

const historySchema = z.object({
  uidNext: z.int().optional(),
  lastPollAt: time.optional(),
  lastPollError: z.object({ kind: z.string(), text: z.string(), at: time }).optional(),
  failingSince: time.optional(),
  lastDigestAt: time.optional(),
  pollsSinceDigest: count,
  failedPollsSinceDigest: count,
});

/**
 * Watermarks in DynamoDB, one item a mailbox, moved by conditional update. An item begins with the first poll, be it a
 * failed one; it holds a watermark as soon as it has a uidValidity.
 */
export function dynamoWatermarks({ client, table }: { client: DynamoDBClient; table: string }): Watermarks {
  const keyOf = (mailbox: string) => marshall({ [WATERMARKS_TABLE.partitionKey.name]: mailbox });

  async function update(mailbox: string, expression: string, values: Record<string, unknown>): Promise<void> {
    await updateItem({ client, table }, { key: keyOf(mailbox), update: expression, values });
  }

  /** Writes the watermark where the condition holds, and leaves the history of polls as it is; says whether it did. */
  async function put(watermark: Watermark, condition: string, values: Record<string, unknown>): Promise<boolean> {
    const { mailbox, uidValidity, lastUid, baselineUid, baselineAt, previousUidValidity } = watermark;
    const position =
      'uidValidity = :uidValidity, lastUid = :lastUid, baselineUid = :baselineUid, baselineAt = :baselineAt';
    return await updateItem(
      { client, table },
      {
        key: keyOf(mailbox),
        update: previousUidValidity
          ? `SET ${position}, previousUidValidity = :previousUidValidity`
          : `SET ${position} REMOVE previousUidValidity`,
        condition,
        values: {
          ':uidValidity': uidValidity,
          ':lastUid': lastUid,
          ':baselineUid': baselineUid,
          ':baselineAt': baselineAt.toISOString(),
          ':previousUidValidity': previousUidValidity,
          ...values,
        },
      },
    );
  }

  return {
    async get(mailbox) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: keyOf(mailbox), ConsistentRead: true }),
      );
      return Item && healthOf(mailbox, unmarshall(Item));
    },

    async create(watermark) {
      return (await put(watermark, 'attribute_not_exists(uidValidity)', {})) ? 'created' : 'already there';
    },

    async move(from, to) {
      const moved = await put(to, 'lastUid = :fromUid AND uidValidity = :fromUidValidity', {
        ':fromUid': from.lastUid,
        ':fromUidValidity': from.uidValidity,
      });
      return moved ? 'moved' : 'overtaken';
    },

    async recordPoll(mailbox, { at, uidNext }) {
      await update(
        mailbox,
        'SET lastPollAt = :at, uidNext = :uidNext REMOVE lastPollError, failingSince ADD pollsSinceDigest :one',
        { ':at': at.toISOString(), ':uidNext': uidNext, ':one': 1 },
      );
    },

    async recordPollFailure(mailbox, { at, kind, text }) {
      await update(
        mailbox,
        'SET lastPollError = :error, failingSince = if_not_exists(failingSince, :at) ' +
          'ADD pollsSinceDigest :one, failedPollsSinceDigest :one',
        { ':error': { kind, text, at: at.toISOString() }, ':at': at.toISOString(), ':one': 1 },
      );
    },

    async recordDigest(mailbox, { at, polls, failedPolls }) {
      // Subtracted rather than set to zero: a poll that ran while the digest was sent counts for the next one.
      await update(mailbox, 'SET lastDigestAt = :at ADD pollsSinceDigest :polls, failedPollsSinceDigest :failedPolls', {
        ':at': at.toISOString(),
        ':polls': -polls,
        ':failedPolls': -failedPolls,
      });
    },
  };
}

function healthOf(mailbox: string, item: Record<string, unknown>): MailboxHealth {
  const { lastPollError, failingSince, ...history } = parsed(historySchema, mailbox, item);
  return {
    watermark: item.uidValidity === undefined ? undefined : watermarkOf(mailbox, item),
    uidNext: history.uidNext,
    lastPollAt: history.lastPollAt,
    lastDigestAt: history.lastDigestAt,
    pollsSinceDigest: history.pollsSinceDigest,
    failedPollsSinceDigest: history.failedPollsSinceDigest,
    lastPollError: lastPollError && { ...lastPollError, since: failingSince ?? lastPollError.at },
  };
}

function watermarkOf(mailbox: string, item: Record<string, unknown>): Watermark {
  const watermark = parsed(watermarkSchema, mailbox, item);
  return { ...watermark, previousUidValidity: watermark.previousUidValidity };
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  mailbox: string,
  item: Record<string, unknown>,
): z.output<Schema> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  throw new Error(
    `The watermark of ${mailbox} is not what Rollcall writes; restore the item from a backup or delete it to begin ` +
      `anew: ${z.prettifyError(result.error)}`,
  );
}
