import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { WATERMARKS_TABLE } from '../core/ledger/table-design.ts';
import {
  type DigestHistory,
  type MailboxHealth,
  RESTART_REASONS,
  type Restart,
  type Watermark,
} from '../core/poll/watermark.ts';
import type { Watermarks } from '../core/ports.ts';
import { updateItem } from './dynamo-update.ts';
import type { RightsOf } from './rights.ts';

const time = z.iso.datetime().transform((text) => new Date(text));
const count = z.int().default(0);

const restartSchema = z.object({
  reason: z.enum(RESTART_REASONS),
  at: time,
  mailbox: z.string(),
  uidValidity: z.string(),
  uidNext: z.int(),
  arrivalDecidesBelowUid: z.int(),
});

const watermarkSchema = z.object({
  mailbox: z.string(),
  uidValidity: z.string(),
  lastUid: z.int(),
  baselineUid: z.int(),
  baselineAt: time,
  accountedSince: time.optional(),
  restart: restartSchema.optional(),
  unreported: z.array(restartSchema).optional(),
  carriedOver: z.array(z.string()).optional(),
  carriedInto: z.string().optional(),
  begunUnreported: time.optional(),
  seen: z.record(z.string(), z.int()).optional(),
  countedUntil: time.optional(),
});

const auditSchema = z.object({
  mailbox: z.string(),
  at: time,
  inMailbox: z.int(),
  accounted: z.int(),
  recovered: z.int(),
  staleAlerts: z.int(),
  staleUnknown: z.int(),
  left: z.int(),
  findings: z.array(
    z.object({
      kind: z.enum(['missing', 'stale alert', 'stale unknown']),
      mailId: z.string(),
      location: z.object({ mailbox: z.string(), uidValidity: z.string(), uid: z.int() }),
      route: z.string(),
      outcome: z.enum(['handed over', 'dead', 'in the spool']),
      from: z.string(),
      subject: z.string(),
    }),
  ),
});

const historySchema = z.object({
  uidNext: z.int().optional(),
  lastPollAt: time.optional(),
  lastCompletePollAt: time.optional(),
  lastPollError: z.object({ kind: z.string(), text: z.string(), at: time }).optional(),
  failingSince: time.optional(),
  lastDigestAt: time.optional(),
  digestWatermark: watermarkSchema.optional(),
  pollsSinceDigest: count,
  failedPollsSinceDigest: count,
  lastAudit: auditSchema.optional(),
  rescanSince: time.optional(),
  recovery: z.object({ uidValidity: z.string(), fromUid: z.int(), at: time }).optional(),
});

const CHANGE = { watermarks: ['dynamodb:UpdateItem'] } as const;

/** What each method needs of IAM. The policies derive from it. */
export const WATERMARKS_RIGHTS = {
  get: { watermarks: ['dynamodb:GetItem'] },
  create: CHANGE,
  move: CHANGE,
  recordPoll: CHANGE,
  announceRecovery: CHANGE,
  recordAudit: CHANGE,
  recordPollFailure: CHANGE,
  recordDigest: CHANGE,
  requestRescan: CHANGE,
  recordRescan: CHANGE,
} as const satisfies RightsOf<Watermarks>;

/**
 * Watermarks in DynamoDB, one item a mailbox, moved by conditional update. An item begins with the first poll, be it a
 * failed one; it holds a watermark as soon as it has a uidValidity.
 */
export function dynamoWatermarks({ client, table }: { client: DynamoDBClient; table: string }): Watermarks {
  const keyOf = (mailbox: string) => marshall({ [WATERMARKS_TABLE.partitionKey.name]: mailbox });

  async function update(mailbox: string, expression: string, values: Record<string, unknown>): Promise<void> {
    await updateItem({ client, table }, { key: keyOf(mailbox), update: expression, values });
  }

  /** Writes these attributes, and adds to counts, where the condition holds, and leaves all others as they are; says whether it did. */
  async function put(
    { mailbox, ...position }: { mailbox: string } & Record<string, unknown>,
    condition: string,
    values: Record<string, unknown>,
    added: Readonly<Record<string, number>> = {},
  ): Promise<boolean> {
    const names = (isSet: boolean) =>
      Object.entries(position).flatMap(([name, value]) => ((value !== undefined) === isSet ? [name] : []));
    const removed = names(false);
    const addends = Object.keys(added).map((name) => `#${name} :${name}`);
    return await updateItem(
      { client, table },
      {
        key: keyOf(mailbox),
        update: [
          `SET ${names(true).map((name) => `#${name} = :${name}`)}`,
          ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`)}`] : []),
          ...(addends.length > 0 ? [`ADD ${addends}`] : []),
        ].join(' '),
        condition,
        values: {
          ...Object.fromEntries(Object.entries({ ...position, ...added }).map(([name, value]) => [`:${name}`, value])),
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

    async create(watermark, history) {
      const attributes = { ...attributesOf(watermark), ...(history && digestAttributesOf(history)) };
      const { pollsSinceDigest = 0, failedPollsSinceDigest = 0 } = history ?? {};
      const created = await put(attributes, NOT_CREATED, {}, { pollsSinceDigest, failedPollsSinceDigest });
      return created ? 'created' : 'already there';
    },

    async move(from, to) {
      const moved = await put(attributesOf(to), 'lastUid = :fromUid AND uidValidity = :fromUidValidity', {
        ':fromUid': from.lastUid,
        ':fromUidValidity': from.uidValidity,
      });
      return moved ? 'moved' : 'overtaken';
    },

    async recordPoll(mailbox, { at, uidNext, isComplete }) {
      await update(
        mailbox,
        `SET lastPollAt = :at, uidNext = :uidNext${isComplete ? ', lastCompletePollAt = :at' : ''}
          REMOVE lastPollError, failingSince ADD pollsSinceDigest :one`,
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

    async requestRescan(mailbox, since) {
      await updateItem(
        { client, table },
        {
          key: keyOf(mailbox),
          update: 'SET #rescanSince = :since',
          condition: 'attribute_not_exists(#rescanSince) OR #rescanSince > :since',
          values: { ':since': since.toISOString() },
        },
      );
    },

    async recordRescan(mailbox, since) {
      await updateItem(
        { client, table },
        {
          key: keyOf(mailbox),
          update: 'REMOVE #rescanSince',
          condition: '#rescanSince = :since',
          values: { ':since': since.toISOString() },
        },
      );
    },

    async announceRecovery(mailbox, recovery, forgetBefore) {
      const { uidValidity, fromUid } = recovery;
      const at = recovery.at.toISOString();
      const isLowest = await updateItem(
        { client, table },
        {
          key: keyOf(mailbox),
          update: 'SET #recovery = :recovery',
          condition: `attribute_not_exists(#recovery) OR #recovery.#uidValidity <> :uidValidity
            OR #recovery.#fromUid >= :fromUid OR #recovery.#at <= :forgetBefore`,
          values: {
            ':recovery': { uidValidity, fromUid, at },
            ':uidValidity': uidValidity,
            ':fromUid': fromUid,
            ':forgetBefore': forgetBefore.toISOString(),
          },
        },
      );
      if (!isLowest)
        await updateItem(
          { client, table },
          { key: keyOf(mailbox), update: 'SET #recovery.#at = :at', values: { ':at': at } },
        );
    },

    async recordAudit(report) {
      await update(report.mailbox, 'SET lastAudit = :report', {
        ':report': { ...report, at: report.at.toISOString() },
      });
    },

    async recordDigest(mailbox, { at, previousAt, polls, failedPolls, watermark }) {
      const recorded = await updateItem(
        { client, table },
        {
          key: keyOf(mailbox),
          // Subtracted rather than set to zero: a poll that ran while the digest was sent counts for the next one.
          update:
            `SET lastDigestAt = :at${watermark ? ', digestWatermark = :watermark' : ''} ` +
            'ADD pollsSinceDigest :polls, failedPollsSinceDigest :failedPolls',
          condition: [
            previousAt ? 'lastDigestAt = :previousAt' : 'attribute_not_exists(lastDigestAt)',
            // What was lost and created since has fewer polls, or another baseline though it never began again.
            ...(polls > 0 ? ['pollsSinceDigest >= :told'] : []),
            ...(watermark ? ['(baselineAt = :baselineAt OR attribute_exists(restart))'] : []),
          ].join(' AND '),
          values: {
            ':at': at.toISOString(),
            ':previousAt': previousAt?.toISOString(),
            ':told': polls > 0 ? polls : undefined,
            ':baselineAt': watermark?.baselineAt.toISOString(),
            ':polls': -polls,
            ':failedPolls': -failedPolls,
            ':watermark': watermark && attributesOf(watermark),
          },
        },
      );
      return recorded ? 'recorded' : 'overtaken';
    },
  };
}

/** An item begins with the first poll, be it a failed one; it holds a watermark as soon as it has a uidValidity. */
const NOT_CREATED = 'attribute_not_exists(uidValidity)';

function digestAttributesOf({ lastDigestAt, digestWatermark }: DigestHistory) {
  return {
    lastDigestAt: lastDigestAt?.toISOString(),
    digestWatermark: digestWatermark && attributesOf(digestWatermark),
  };
}

function healthOf(mailbox: string, item: Record<string, unknown>): MailboxHealth {
  const { lastPollError, failingSince, ...history } = parsed(historySchema, mailbox, item);
  return {
    watermark: item.uidValidity === undefined ? undefined : watermarkOf(mailbox, item),
    uidNext: history.uidNext,
    lastPollAt: history.lastPollAt,
    lastCompletePollAt: history.lastCompletePollAt,
    lastDigestAt: history.lastDigestAt,
    digestWatermark: history.digestWatermark && complete(history.digestWatermark),
    pollsSinceDigest: history.pollsSinceDigest,
    failedPollsSinceDigest: history.failedPollsSinceDigest,
    lastAudit: history.lastAudit,
    recovery: history.recovery,
    rescanSince: history.rescanSince,
    lastPollError: lastPollError && { ...lastPollError, since: failingSince ?? lastPollError.at },
  };
}

function watermarkOf(mailbox: string, item: Record<string, unknown>): Watermark {
  return complete(parsed(watermarkSchema, mailbox, item));
}

/** What the table leaves out is undefined in a watermark. */
function complete(watermark: z.output<typeof watermarkSchema>): Watermark {
  const { accountedSince, restart } = watermark;
  return { ...watermark, accountedSince, restart };
}

/** A watermark as the table keeps it. */
function attributesOf({
  baselineAt,
  accountedSince,
  seen,
  restart,
  carriedOver,
  carriedInto,
  begunUnreported,
  unreported,
  countedUntil,
  ...watermark
}: Watermark) {
  return {
    ...watermark,
    seen,
    baselineAt: baselineAt.toISOString(),
    accountedSince: accountedSince?.toISOString(),
    restart: restart && restartAttributeOf(restart),
    carriedOver,
    carriedInto,
    begunUnreported: begunUnreported?.toISOString(),
    unreported: unreported?.map(restartAttributeOf),
    countedUntil: countedUntil?.toISOString(),
  };
}

function restartAttributeOf({ at, ...restart }: Restart) {
  return { ...restart, at: at.toISOString() };
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
