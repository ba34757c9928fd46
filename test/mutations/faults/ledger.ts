import type { Mutation } from '../mutation.ts';

const LEDGER = 'functions/adapters/dynamo-ledger.ts';
const caughtBy = ['adapters/dynamo-ledger.test.ts'] as const;

/** Faults in the conditions of ledger and watermarks. */
export const ledgerMutations: readonly Mutation[] = [
  {
    name: 'an alert that is leased is claimed all the same',
    breaks: 'P3',
    file: LEDGER,
    find: '(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)`,',
    replace: '(attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now OR #leaseUntil > :now)`,',
    caughtBy,
  },
  {
    name: 'an alert that is settled is claimed all the same',
    breaks: 'P3',
    file: LEDGER,
    find: '(attribute_not_exists(#state) OR ',
    replace: '(attribute_not_exists(#state) OR #state = :settled OR ',
    caughtBy,
  },
  {
    name: 'a lease that was lost does not keep from posting',
    breaks: 'P3',
    file: LEDGER,
    find: "return begun ? 'begun' : 'lease lost';",
    replace: "return begun ? 'begun' : 'begun';",
    caughtBy,
  },
  {
    name: 'a mail that is known is put into the ledger anew',
    breaks: 'P3',
    file: LEDGER,
    find: "ConditionExpression: 'attribute_not_exists(mailId)'",
    replace: '',
    caughtBy,
  },
  {
    name: 'an open entry expires',
    breaks: 'P2',
    file: 'functions/adapters/ledger-item.ts',
    find: 'attempts: 0,',
    replace: 'attempts: 0,\n    expiresAt: Math.floor(entry.acceptedAt.getTime() / 1000) + 400 * 24 * 60 * 60,',
    caughtBy,
  },
  {
    name: 'a settled entry stays among the open ones',
    breaks: 'P3',
    file: LEDGER,
    find: 'REMOVE #openRoute, #leaseHolder',
    replace: 'REMOVE #leaseHolder',
    caughtBy,
  },
  {
    name: 'an alert that died just now is dispatched by the poll that sent it',
    breaks: 'P2',
    file: LEDGER,
    find: 'OR (#state = :dead AND #lastFailure.#at < :at)`,',
    replace: 'OR #state = :dead`,',
    caughtBy,
  },
  {
    name: 'a dead letter takes an alert from the invocation that is posting it',
    breaks: 'P3',
    file: LEDGER,
    find: 'AND (attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)\n',
    replace: 'AND (attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now OR #leaseUntil > :now)\n',
    caughtBy,
  },
  {
    name: 'entries that DynamoDB left out of an answer are taken for missing',
    breaks: 'P3',
    file: 'functions/adapters/dynamo-batch-read.ts',
    find: 'keys = answer.UnprocessedKeys?.[table]?.Keys ?? [];',
    replace: 'keys = [];',
    caughtBy,
  },
  {
    name: 'any failed write is taken for a condition that does not hold',
    breaks: 'P1',
    file: 'functions/adapters/dynamo-update.ts',
    find: 'if (error instanceof ConditionalCheckFailedException) return false;',
    replace: 'if (error instanceof Error) return false;',
    caughtBy,
  },
  {
    name: 'the watermark moves from wherever it stands',
    breaks: 'P1',
    file: 'functions/adapters/dynamo-watermarks.ts',
    find: 'lastUid = :fromUid AND uidValidity = :fromUidValidity',
    replace: '(lastUid = :fromUid OR lastUid <> :fromUid) AND uidValidity = :fromUidValidity',
    caughtBy: ['adapters/dynamo-watermarks.test.ts'],
  },
  {
    name: 'the watermark moves under another UIDVALIDITY',
    breaks: 'P1',
    file: 'functions/adapters/dynamo-watermarks.ts',
    find: 'lastUid = :fromUid AND uidValidity = :fromUidValidity',
    replace: 'lastUid = :fromUid AND (uidValidity = :fromUidValidity OR uidValidity <> :fromUidValidity)',
    caughtBy: ['adapters/dynamo-watermarks.test.ts'],
  },
];
