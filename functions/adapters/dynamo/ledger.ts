import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { QueueMessage } from '../../core/records/alert.ts';
import type { Claim, Ledger } from '../../core/records/ledger.ts';
import {
  BY_DAY_INDEX,
  BY_LOCATION_INDEX,
  LEDGER_TABLE,
  OPEN_INDEX,
  SHARDS_PER_DAY,
  type TableIndex,
} from '../../core/records/table-design.ts';
import type { Clock } from '../../core/time.ts';
import type { RightsOf } from '../rights.ts';
import { systemClock } from '../system-clock.ts';
import { readItems } from './batch-read.ts';
import {
  acceptedDayOf,
  acceptedEntryOf,
  attributesOf,
  entryOf,
  failureAttributeOf,
  firstAttributesOf,
  leaseOf,
  lineOf,
  mailboxUidValidityOf,
  numberingOf,
  openAttributesOf,
} from './ledger-item.ts';
import { namesIn, unlessConditionFails, updateItem } from './update.ts';

type Item = Record<string, AttributeValue>;

const SECONDS_PER_DAY = 24 * 60 * 60;
const MS_PER_DAY = 1000 * SECONDS_PER_DAY;

const UNSETTLED = '#state <> :settled';

/** If an entry refuses a change because of its state, the entry is read. */
const CHANGE_OR_LOOK = { ledger: ['dynamodb:UpdateItem', 'dynamodb:GetItem'] } as const;
const CHANGE = { ledger: ['dynamodb:UpdateItem'] } as const;

/** The IAM actions of each method. The policies derive from it. */
export const LEDGER_RIGHTS = {
  find: { ledger: ['dynamodb:BatchGetItem'] },
  accept: { ledger: ['dynamodb:PutItem'] },
  markDispatched: CHANGE_OR_LOOK,
  claim: CHANGE_OR_LOOK,
  beginPost: CHANGE,
  settle: CHANGE,
  recordFailure: CHANGE,
  recordDead: CHANGE_OR_LOOK,
  recordGivenUp: CHANGE,
  openEntries: { openLedgerEntries: ['dynamodb:Query'] },
  allOpenEntries: { openLedgerEntries: ['dynamodb:Scan'] },
  relocate: CHANGE,
  acceptedBetween: { ledgerByDay: ['dynamodb:Query'] },
  entriesAboveUid: { ledgerByLocation: ['dynamodb:Query'] },
  entriesOfMailboxes: { ledgerByLocation: ['dynamodb:Scan'] },
} as const satisfies RightsOf<Ledger>;

/**
 * The ledger in DynamoDB. Every write is one conditional write of one item, so that overlapping polls, redeliveries and
 * crashes are resolved in the item itself.
 *
 * @param expiryDays how long a settled entry is kept; an open one never expires
 */
export function dynamoLedger({
  client,
  table,
  clock = systemClock,
  expiryDays = 400,
}: {
  client: DynamoDBClient;
  table: string;
  clock?: Clock;
  expiryDays?: number;
}): Ledger {
  const keyOf = (mailId: string) => attributesOf({ [LEDGER_TABLE.partitionKey.name]: mailId });

  const settledAttributesOf = (at: Date) => ({
    state: 'settled',
    settledAt: at.toISOString(),
    expiresAt: Math.floor(at.getTime() / 1000) + expiryDays * SECONDS_PER_DAY,
  });

  async function change(mailId: string, update: string, condition: string, values: Record<string, unknown>) {
    return await updateItem({ client, table }, { key: keyOf(mailId), update, condition, values });
  }

  async function read(mailId: string): Promise<Item | undefined> {
    const answer = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(mailId), ConsistentRead: true }),
    );
    return answer.Item;
  }

  /** For changes that an entry may refuse because of its state: the entry must at least exist. */
  async function requireEntry(mailId: string): Promise<void> {
    if (await read(mailId)) return;
    throw new Error(`The ledger has no entry ${mailId}; try again, and Rollcall accepts the email again.`);
  }

  async function claim(message: QueueMessage, lease: { holder: string; at: Date; until: Date }): Promise<Claim> {
    const first = openAttributesOf({ ...message, reason: null, acceptedAt: new Date(message.acceptedAt) });
    const names = Object.keys(first);
    const claimed = await change(
      message.mailId,
      // The message came from its queue, so the entry is dispatched, even if a crash or a dead letter left another
      // state.
      `SET #leaseHolder = :holder, #leaseUntil = :until, #state = :dispatched,
        #dispatchedAt = if_not_exists(#dispatchedAt, :at),
        ${names.map((name) => `#${name} = if_not_exists(#${name}, :${name})`).join(', ')}`,
      `(attribute_not_exists(#state) OR ${UNSETTLED}) AND (attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)`,
      {
        ...valuesOf(first),
        ':holder': lease.holder,
        ':until': lease.until.getTime(),
        ':now': lease.at.getTime(),
        ':at': lease.at.toISOString(),
        ':dispatched': 'dispatched',
        ':settled': 'settled',
      },
    );
    if (claimed) return { kind: 'claimed' };
    const item = await read(message.mailId);
    const standing = item && leaseOf(item);
    if (standing?.state === 'settled') return { kind: 'settled' };
    if (standing?.until && standing.until > lease.at) return { kind: 'leased', until: standing.until };
    // The lease ended between the two calls.
    return await claim(message, lease);
  }

  async function* query(index: TableIndex, condition: string, values: Record<string, unknown>): AsyncGenerator<Item> {
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        IndexName: index.name,
        KeyConditionExpression: condition,
        ExpressionAttributeNames: namesIn(condition),
        ExpressionAttributeValues: attributesOf(values),
      },
    );
    for await (const page of pages) yield* page.Items ?? [];
  }

  return {
    claim,

    async find(mailIds) {
      // BatchGetItem refuses duplicate keys.
      const items = await readItems({ client, table, clock }, [...new Set(mailIds)].map(keyOf));
      return new Map(items.map(entryOf).map((entry) => [entry.mailId, entry]));
    },

    async accept(entry) {
      const { mailId, copyOf, acceptedAt: at } = entry;
      const Item = attributesOf(
        copyOf === undefined
          ? { mailId, state: 'accepted', ...openAttributesOf(entry) }
          : { mailId, ...settledAttributesOf(at), ...firstAttributesOf(entry) },
      );
      const accepted = await unlessConditionFails(
        client.send(
          new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(mailId)' }),
        ),
      );
      return accepted ? 'accepted' : 'already there';
    },

    async markDispatched(mailId, at) {
      const dispatched = await change(
        mailId,
        'SET #state = :dispatched, #dispatchedAt = :at',
        // An alert can be dead before its sender gets here. That death stays; an earlier one is being redriven.
        `#state = :accepted OR (#state = :dispatched AND #dispatchedAt < :at)
          OR (#state = :dead AND #lastFailure.#at < :at)`,
        { ':dispatched': 'dispatched', ':accepted': 'accepted', ':dead': 'dead', ':at': at.toISOString() },
      );
      if (!dispatched) await requireEntry(mailId);
    },

    async beginPost(mailId, holder, { mailIds, at }) {
      const begun = await change(mailId, 'SET #sentPost = :post', '#leaseHolder = :holder', {
        ':holder': holder,
        ':post': { mailIds, at: at.toISOString() },
      });
      return begun ? 'begun' : 'lease lost';
    },

    async settle(mailId, { at, postId }) {
      // Refused if the entry is settled already: the first settlement stays. Also refused if the ledger has lost the
      // entry: then nothing is open, and no entry is created.
      await change(
        mailId,
        `SET #state = :state, #settledAt = :settledAt, #expiresAt = :expiresAt
          ${postId === undefined ? '' : ', #postId = :message'}
          REMOVE #openRoute, #leaseHolder, #leaseUntil`,
        `attribute_exists(#state) AND ${UNSETTLED}`,
        { ...valuesOf(settledAttributesOf(at)), ':settled': 'settled', ':message': postId },
      );
    },

    async recordFailure(mailId, holder, failure) {
      // Refused if the lease was lost meanwhile: its new holder records the result.
      await change(
        mailId,
        'SET #lastFailure = :failure REMOVE #leaseHolder, #leaseUntil ADD #attempts :one',
        '#leaseHolder = :holder',
        { ':holder': holder, ':failure': failureAttributeOf(failure), ':one': 1 },
      );
    },

    async recordDead(mailId, failure) {
      const recorded = await change(
        mailId,
        'SET #state = :dead, #lastFailure = :failure REMOVE #leaseHolder, #leaseUntil ADD #attempts :one',
        `attribute_exists(#state) AND ${UNSETTLED}`,
        { ':dead': 'dead', ':failure': failureAttributeOf(failure), ':one': 1, ':settled': 'settled' },
      );
      if (!recorded) await requireEntry(mailId);
    },

    async recordGivenUp(mailId, failure, { at, handedOverBy, failedAt }) {
      return await change(
        mailId,
        'SET #state = :dead, #lastFailure = :failure REMOVE #leaseHolder, #leaseUntil',
        `(#state = :accepted OR #state = :dispatched)
          AND (attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)
          AND (attribute_not_exists(#dispatchedAt) OR #dispatchedAt <= :handedOverBy)
          ${failedAt === undefined ? '' : 'AND (attribute_not_exists(#lastFailure) OR #lastFailure.#at < :failedAt)'}`,
        {
          ':dead': 'dead',
          ':accepted': 'accepted',
          ':dispatched': 'dispatched',
          ':failure': failureAttributeOf(failure),
          ':now': at.getTime(),
          ':handedOverBy': handedOverBy.toISOString(),
          ':failedAt': failedAt?.toISOString(),
        },
      );
    },

    async *openEntries(route) {
      const items = query(OPEN_INDEX, `#${OPEN_INDEX.partitionKey.name} = :route`, { ':route': route });
      for await (const item of items) yield entryOf(item);
    },

    async *allOpenEntries() {
      // A scan of a sparse index reads only open entries.
      const pages = paginateScan({ client }, { TableName: table, IndexName: OPEN_INDEX.name });
      for await (const { Items = [] } of pages) for (const item of Items) yield entryOf(item);
    },

    async relocate(mailId, from, { location: { mailbox, uidValidity, uid }, fingerprint }) {
      return await change(
        mailId,
        `SET #mailbox = :mailbox, #uidValidity = :uidValidity, #uid = :uid, #mailboxUidValidity = :partition
          ${fingerprint === undefined ? 'REMOVE #fingerprint' : ', #fingerprint = :fingerprint'}`,
        '#mailbox = :fromMailbox AND #uidValidity = :fromUidValidity AND #uid = :fromUid',
        {
          ':fromMailbox': from.mailbox,
          ':fromUidValidity': from.uidValidity,
          ':fromUid': from.uid,
          ':mailbox': mailbox,
          ':uidValidity': uidValidity,
          ':uid': uid,
          ':partition': mailboxUidValidityOf(mailbox, uidValidity),
          ':fingerprint': fingerprint,
        },
      );
    },

    async *acceptedBetween(after, until) {
      // DynamoDB refuses a BETWEEN whose bounds are reversed.
      if (after >= until) return;
      const { partitionKey, sortKey } = BY_DAY_INDEX;
      for (const day of daysBetween(after, until)) {
        for (let shard = 0; shard < SHARDS_PER_DAY; shard += 1) {
          const items = query(
            BY_DAY_INDEX,
            `#${partitionKey.name} = :day AND #${sortKey.name} BETWEEN :first AND :until`,
            {
              ':day': acceptedDayOf(day, shard),
              // Times have whole milliseconds.
              ':first': new Date(after.getTime() + 1).toISOString(),
              ':until': until.toISOString(),
            },
          );
          for await (const item of items) yield acceptedEntryOf(item);
        }
      }
    },

    async *entriesAboveUid(mailbox, uidValidity, uid) {
      const { partitionKey, sortKey } = BY_LOCATION_INDEX;
      const items = query(BY_LOCATION_INDEX, `#${partitionKey.name} = :location AND #${sortKey.name} > :uid`, {
        ':location': mailboxUidValidityOf(mailbox, uidValidity),
        ':uid': uid,
      });
      for await (const item of items) yield lineOf(item);
    },

    async *entriesOfMailboxes(mailboxes) {
      const partition = BY_LOCATION_INDEX.partitionKey.name;
      const pages = paginateScan(
        { client },
        {
          TableName: table,
          IndexName: BY_LOCATION_INDEX.name,
          FilterExpression: mailboxes
            .map((_mailbox, index) => `begins_with(#${partition}, :mailbox${index})`)
            .join(' OR '),
          ExpressionAttributeNames: { [`#${partition}`]: partition },
          ExpressionAttributeValues: attributesOf(
            Object.fromEntries(
              mailboxes.map((mailbox, index) => [`:mailbox${index}`, mailboxUidValidityOf(mailbox, '')]),
            ),
          ),
        },
      );
      const wanted = new Set(mailboxes);
      for await (const { Items = [] } of pages) {
        for (const item of Items) {
          const line = { ...lineOf(item), ...numberingOf(item) };
          // A folder's name may begin with another folder's name, and contain `#`.
          if (wanted.has(line.mailbox)) yield line;
        }
      }
    },
  };
}

/** The values of an update that sets attributes: `:name` for each name. */
function valuesOf(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value]));
}

/** The start of each UTC day in this period. */
function* daysBetween(after: Date, until: Date): Generator<Date> {
  const lastDay = Math.floor(until.getTime() / MS_PER_DAY);
  for (let day = Math.floor(after.getTime() / MS_PER_DAY); day <= lastDay; day += 1) yield new Date(day * MS_PER_DAY);
}
