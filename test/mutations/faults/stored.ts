import { type Fault, property } from '../fault.ts';

const ledger = ['adapters/dynamo/ledger.test.ts'] as const;

/** Faults in ledger, watermarks and spool. */
export const storedFaults: readonly Fault[] = [
  {
    name: 'an alert that another invocation is posting is claimed all the same',
    breaks: 'P3',
    find: { kind: 'template_string', regex: '^`\\(attribute_not_exists\\(#state\\) OR .*#leaseUntil <= :now' },
    replace: (text) => text.replace('#leaseUntil <= :now', '#leaseUntil <= :now OR #leaseUntil > :now'),
    caughtBy: ledger,
  },
  {
    name: 'a lease that was lost does not keep from posting',
    breaks: 'P3',
    find: "$BEGUN ? 'begun' : 'lease lost'",
    replace: "$BEGUN ? 'begun' : 'begun'",
    caughtBy: ledger,
  },
  {
    name: 'an email that is known is put into the ledger again',
    breaks: 'P3',
    find: property("ConditionExpression: 'attribute_not_exists(mailId)'"),
    replace: '...{}',
    caughtBy: ledger,
  },
  {
    name: 'an open entry expires',
    breaks: 'P2',
    find: property('attempts: 0'),
    replace: 'attempts: 0, expiresAt: 4_000_000_000',
    caughtBy: ledger,
  },
  {
    name: 'entries that DynamoDB left out of an answer are taken for missing',
    breaks: 'P3',
    find: '$ANSWER.UnprocessedKeys?.[$TABLE]?.Keys ?? []',
    replace: '[]',
    caughtBy: ledger,
  },
  {
    name: 'any failed write is taken for a condition that does not hold',
    breaks: 'P1',
    find: 'if ($ERROR instanceof ConditionalCheckFailedException) return false;',
    replace: 'if ($ERROR instanceof Error) return false;',
    caughtBy: ledger,
  },
  {
    name: 'the watermark moves from wherever it is',
    breaks: 'P1',
    find: { kind: 'string', regex: 'lastUid = :fromUid' },
    replace: (text) => text.replace('lastUid = :fromUid', '(lastUid = :fromUid OR lastUid <> :fromUid)'),
    caughtBy: ['adapters/dynamo/watermarks.test.ts'],
  },
  {
    name: 'a segment is deleted before it is copied',
    breaks: 'P2',
    find: {
      pattern: { context: '({ async archive($KEY, $DAY) { $$$BODY } })', selector: 'method_definition' },
      has: { pattern: 'await $CLIENT.send(new DeleteObjectCommand($OBJECT))', stopBy: 'end' },
    },
    replace: 'async archive($KEY, $DAY) { await $CLIENT.send(new DeleteObjectCommand($OBJECT)); $$$BODY }',
    caughtBy: ['adapters/s3-spool.test.ts'],
  },
];
