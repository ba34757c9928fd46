import { describe, expect, it } from 'vitest';
import type { RightsOf } from '../../../functions/adapters/rights.ts';
import { POLL_INBOX_PORTS, type PollServices } from '../../../functions/core/poll/poll.ts';
import type { RouteQueues } from '../../../functions/core/records/route-queues.ts';
import { policyOf } from '../../../lib/stack/policy.ts';

const at = (name: string) => ({ arns: [`arn:aws:x:::${name}`] });

describe('the policy of a list of port methods', () => {
  it('allows what these methods need, each place once, and leaves out all other places', () => {
    const statements = policyOf(
      { ledger: ['claim', 'find', 'settle'], pauses: ['active'] },
      {
        ledger: at('ledger'),
        pauses: { ...at('watermarks'), conditions: { StringLike: { 'dynamodb:LeadingKeys': ['#pause/*'] } } },
        ...{ spool: at('spool') },
      },
    );
    expect(statements.map((statement) => statement.toStatementJson())).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:BatchGetItem'],
        Resource: 'arn:aws:x:::ledger',
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:GetItem',
        Resource: 'arn:aws:x:::watermarks',
        Condition: { StringLike: { 'dynamodb:LeadingKeys': ['#pause/*'] } },
      },
    ]);
  });

  it('has no statement for a place where there is nothing: IAM takes none without a resource', () => {
    expect(policyOf({ routeQueues: ['send'] }, { routeQueues: { arns: [] } })).toEqual([]);
  });

  it('cannot be had without the ARNs of every place, nor by hand', () => {
    // @ts-expect-error: `entriesAboveUid` reads an index of the ledger.
    expect(() => policyOf({ ledger: ['find', 'entriesAboveUid'] }, { ledger: at('ledger') })).toThrow(
      'ledgerByLocation',
    );
    // @ts-expect-error: no port of this name, no method of this name.
    expect(() => policyOf({ ledger: ['delete'] }, { ledger: at('ledger') })).toThrow('delete');
  });
});

/** What the compiler says; this file is type-checked with all others. */
describe('a function', () => {
  it('can call what its list names, and nothing else', () => {
    const calls = (services: PollServices) => ({
      listed: services.ledger.entriesAboveUid,
      // @ts-expect-error: a poll settles nothing, so its policy need not allow it.
      unlisted: services.ledger.settle,
      // @ts-expect-error: nor does a poll read the spool.
      unlistedOfSpool: services.spool.pending,
    });
    expect(calls).toBeDefined();
    expect(POLL_INBOX_PORTS.ledger).toContain('entriesAboveUid');
  });

  it('cannot use a port method for which the adapter names no rights', () => {
    // @ts-expect-error: the rights of `send` are missing.
    const rights: RightsOf<RouteQueues> = {};
    expect(rights).toEqual({});
  });
});
