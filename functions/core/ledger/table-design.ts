/**
 * Keys and indexes of the two tables, as plain data: the CDK stack and the local run create them from it, the adapters
 * read and write by it. `S` is a string, `N` a number, as in DynamoDB.
 */

type Key = { readonly name: string; readonly type: 'S' | 'N' };

export type TableIndex = {
  readonly name: string;
  readonly partitionKey: Key;
  readonly sortKey: Key;
  /** Attributes the index carries beside the keys. */
  readonly projection: 'ALL' | readonly string[];
};

export type TableDesign = {
  readonly partitionKey: Key;
  /** Epoch seconds after which DynamoDB may delete the item; null where nothing expires. */
  readonly timeToLiveAttribute: string | null;
  readonly indexes: readonly TableIndex[];
};

/** All mails of one uidValidity of one mailbox, by uid: the audit, and the digest's counts. */
export const BY_LOCATION_INDEX = {
  name: 'byLocation',
  partitionKey: { name: 'mailboxUidValidity', type: 'S' },
  sortKey: { name: 'uid', type: 'N' },
  projection: ['route', 'state', 'acceptedAt'],
} as const satisfies TableIndex;

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
  indexes: [BY_LOCATION_INDEX, OPEN_INDEX],
} as const satisfies TableDesign;

export const WATERMARKS_TABLE = {
  partitionKey: { name: 'mailbox', type: 'S' },
  timeToLiveAttribute: null,
  indexes: [],
} as const satisfies TableDesign;
