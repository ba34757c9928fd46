import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { mailLocationSchema } from '../../core/mail/mail.ts';
import { storedTime } from '../../core/records/stored-time.ts';
import { WATERMARKS_TABLE } from '../../core/records/table-design.ts';
import {
  type MailboxHealth,
  RESTART_REASONS,
  type Restart,
  type Watermark,
  type Watermarks,
} from '../../core/records/watermark.ts';
import type { RightsOf } from '../rights.ts';
import { updateItem } from './update.ts';

const count = z.int().default(0);

const restartSchema = z.object({
  reason: z.enum(RESTART_REASONS),
  at: storedTime,
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
  beganAt: storedTime,
  accountedSince: storedTime.optional(),
  restart: restartSchema.optional(),
  earlierRestarts: z.array(restartSchema).optional(),
  carriedOver: z.array(z.string()).optional(),
  carriedInto: z.string().optional(),
});

const auditSchema = z.object({
  mailbox: z.string(),
  at: storedTime,
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
      location: mailLocationSchema,
      route: z.string(),
      // Earlier versions had two other names for 'sent'.
      outcome: z
        .string()
        .transform((outcome) => outcome.replace(/^(?:handed over|sent again)$/, 'sent'))
        .pipe(z.enum(['sent', 'dead', 'in the spool'])),
      from: z.string(),
      subject: z.string(),
    }),
  ),
});

const historySchema = z.object({
  uidNext: z.int().optional(),
  lastPollAt: storedTime.optional(),
  lastCompletePollAt: storedTime.optional(),
  lastPollError: z
    .object({
      kind: z.string(),
      text: z.string(),
      at: storedTime,
      refusedLogin: z.object({ version: z.string(), times: count, at: storedTime }).optional(),
    })
    .optional(),
  failingSince: storedTime.optional(),
  notice: z.object({ text: z.string(), since: storedTime }).optional(),
  lastDigestAt: storedTime.optional(),
  pollsSinceDigest: count,
  failedPollsSinceDigest: count,
  lastAudit: auditSchema.optional(),
  rescanSince: storedTime.optional(),
});

const CHANGE = { watermarks: ['dynamodb:UpdateItem'] } as const;

/** The IAM actions of each method. The policies derive from it. */
export const WATERMARKS_RIGHTS = {
  get: { watermarks: ['dynamodb:GetItem'] },
  create: CHANGE,
  move: CHANGE,
  recordPoll: CHANGE,
  recordAudit: CHANGE,
  recordPollFailure: CHANGE,
  recordDigest: CHANGE,
  requestRescan: CHANGE,
  recordRescan: CHANGE,
} as const satisfies RightsOf<Watermarks>;

/**
 * Watermarks in DynamoDB, one item per mailbox, moved by conditional update. An item begins with the first poll, even a
 * failed one; it holds a watermark as soon as it has a uidValidity.
 */
export function dynamoWatermarks({ client, table }: { client: DynamoDBClient; table: string }): Watermarks {
  const keyOf = (mailbox: string) => marshall({ [WATERMARKS_TABLE.partitionKey.name]: mailbox });

  async function update(mailbox: string, expression: string, values: Record<string, unknown>): Promise<void> {
    await updateItem({ client, table }, { key: keyOf(mailbox), update: expression, values });
  }

  /**
   * If the condition holds, writes these attributes, adds to counts and leaves all others unchanged; returns whether it
   * did.
   */
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
      const { lastDigestAt, pollsSinceDigest = 0, failedPollsSinceDigest = 0 } = history ?? {};
      const attributes = { ...attributesOf(watermark), ...(history && { lastDigestAt: lastDigestAt?.toISOString() }) };
      const created = await put(attributes, NOT_CREATED, {}, { pollsSinceDigest, failedPollsSinceDigest });
      return created ? 'created' : 'already there';
    },

    async move(from, to) {
      const isFrom = [
        'lastUid = :fromUid AND uidValidity = :fromUidValidity AND beganAt = :fromBeganAt',
        from.restart ? '#restart.#at = :fromRestartAt' : 'attribute_not_exists(#restart)',
      ].join(' AND ');
      const moved = await put(attributesOf(to), isFrom, {
        ':fromUid': from.lastUid,
        ':fromUidValidity': from.uidValidity,
        ':fromBeganAt': from.beganAt.toISOString(),
        ':fromRestartAt': from.restart?.at.toISOString(),
      });
      return moved ? 'moved' : 'overtaken';
    },

    async recordPoll(mailbox, { at, uidNext, isComplete, notice }) {
      await update(
        mailbox,
        `SET lastPollAt = :at, uidNext = :uidNext${isComplete ? ', lastCompletePollAt = :at' : ''}${notice ? ', #notice = :notice' : ''}
          REMOVE lastPollError, failingSince ADD pollsSinceDigest :one`,
        {
          ':at': at.toISOString(),
          ':uidNext': uidNext,
          ':one': 1,
          ':notice': notice && { ...notice, since: notice.since.toISOString() },
        },
      );
    },

    async recordPollFailure(mailbox, { at, kind, text, refusedLogin }) {
      const refused = refusedLogin && { ...refusedLogin, at: refusedLogin.at.toISOString() };
      await update(
        mailbox,
        'SET lastPollError = :error, failingSince = if_not_exists(failingSince, :at) ' +
          'ADD pollsSinceDigest :one, failedPollsSinceDigest :one',
        { ':error': { kind, text, at: at.toISOString(), refusedLogin: refused }, ':at': at.toISOString(), ':one': 1 },
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

    async recordAudit(report) {
      await update(report.mailbox, 'SET lastAudit = :report', {
        ':report': { ...report, at: report.at.toISOString() },
      });
    },

    async recordDigest(mailbox, { at, previousAt, polls, failedPolls }) {
      const recorded = await updateItem(
        { client, table },
        {
          key: keyOf(mailbox),
          // Subtracted rather than set to zero: a poll that ran while the digest was sent counts for the next one.
          update: 'SET lastDigestAt = :at ADD pollsSinceDigest :polls, failedPollsSinceDigest :failedPolls',
          condition: [
            'attribute_exists(mailbox)',
            previousAt ? 'lastDigestAt = :previousAt' : 'attribute_not_exists(lastDigestAt)',
            // An item that was lost and recreated has its own polls, or no counts yet.
            ...(polls > 0 ? ['pollsSinceDigest >= :reported'] : []),
          ].join(' AND '),
          values: {
            ':at': at.toISOString(),
            ':previousAt': previousAt?.toISOString(),
            ':reported': polls > 0 ? polls : undefined,
            ':polls': -polls,
            ':failedPolls': -failedPolls,
          },
        },
      );
      return recorded ? 'recorded' : 'overtaken';
    },
  };
}

/** An item begins with the first poll, even a failed one; it holds a watermark as soon as it has a uidValidity. */
const NOT_CREATED = 'attribute_not_exists(uidValidity)';

function healthOf(mailbox: string, item: Record<string, unknown>): MailboxHealth {
  const { lastPollError, failingSince, ...history } = parsed(historySchema, mailbox, item);
  return {
    watermark: item.uidValidity === undefined ? undefined : watermarkOf(mailbox, item),
    uidNext: history.uidNext,
    lastPollAt: history.lastPollAt,
    lastCompletePollAt: history.lastCompletePollAt,
    notice: history.notice,
    lastDigestAt: history.lastDigestAt,
    pollsSinceDigest: history.pollsSinceDigest,
    failedPollsSinceDigest: history.failedPollsSinceDigest,
    lastAudit: history.lastAudit,
    rescanSince: history.rescanSince,
    lastPollError: lastPollError && { ...lastPollError, since: failingSince ?? lastPollError.at },
  };
}

function watermarkOf(mailbox: string, item: Record<string, unknown>): Watermark {
  // Attributes missing in the table are undefined in a watermark.
  const watermark = parsed(watermarkSchema, mailbox, item);
  const { accountedSince, restart } = watermark;
  return { ...watermark, accountedSince, restart };
}

/** A watermark as stored in the table. */
function attributesOf({
  beganAt,
  accountedSince,
  restart,
  earlierRestarts,
  carriedOver,
  carriedInto,
  ...watermark
}: Watermark) {
  return {
    ...watermark,
    beganAt: beganAt.toISOString(),
    accountedSince: accountedSince?.toISOString(),
    restart: restart && restartAttributeOf(restart),
    earlierRestarts: earlierRestarts?.map(restartAttributeOf),
    carriedOver,
    carriedInto,
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
      `again: ${z.prettifyError(result.error)}`,
  );
}
