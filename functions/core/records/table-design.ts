/**
 * Keys and indexes of the two tables, as plain data: the CDK stack and the local run create the tables from it, and the
 * adapters use it to read and write. `S` is a string, `N` a number, as in DynamoDB.
 */

type Key = { readonly name: string; readonly type: 'S' | 'N' };

export type TableIndex = {
  readonly name: string;
  readonly partitionKey: Key;
  readonly sortKey: Key;
  /** Attributes in the index in addition to the keys. */
  readonly projection: 'ALL' | readonly string[];
};

export type TableDesign = {
  readonly partitionKey: Key;
  /** Epoch seconds after which DynamoDB may delete the item; null if nothing expires. */
  readonly timeToLiveAttribute: string | null;
  readonly indexes: readonly TableIndex[];
};

/**
 * All emails of one uidValidity of one mailbox, by uid: the audit compares the mailbox with these. `fingerprint` holds
 * INTERNALDATE and RFC822.SIZE, by which an audit can detect that a uid now has another email; adding it later would
 * require rebuilding the index.
 */
export const BY_LOCATION_INDEX = {
  name: 'byLocation',
  partitionKey: { name: 'mailboxUidValidity', type: 'S' },
  sortKey: { name: 'uid', type: 'N' },
  projection: ['route', 'state', 'acceptedAt', 'fingerprint'],
} as const satisfies TableIndex;

/**
 * All emails accepted on one day, for the digest's counts. A day is spread over several partitions, because DynamoDB
 * takes about 1,000 writes a second per partition, and a backlog of 100,000 emails is accepted on one day.
 */
export const BY_DAY_INDEX = {
  name: 'byDay',
  partitionKey: { name: 'acceptedDay', type: 'S' },
  sortKey: { name: 'acceptedAt', type: 'S' },
  projection: ['mailbox', 'route', 'state', 'isRecovery'],
} as const satisfies TableIndex;

/** Partitions per day in the index `byDay`. */
export const SHARDS_PER_DAY = 8;

/** Sparse: an entry has an `openRoute` only while it is not settled. */
export const OPEN_INDEX = {
  name: 'open',
  partitionKey: { name: 'openRoute', type: 'S' },
  sortKey: { name: 'acceptedAt', type: 'S' },
  projection: 'ALL',
} as const satisfies TableIndex;

export const LEDGER_TABLE = {
  partitionKey: { name: 'mailId', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  indexes: [BY_LOCATION_INDEX, BY_DAY_INDEX, OPEN_INDEX],
} as const satisfies TableDesign;

export const WATERMARKS_TABLE = {
  partitionKey: { name: 'mailbox', type: 'S' },
  timeToLiveAttribute: null,
  indexes: [],
} as const satisfies TableDesign;
