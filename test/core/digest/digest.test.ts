import { describe, expect, it } from 'vitest';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import {
  DEAD_ROUTE,
  entryOf,
  factsOf,
  hoursAgo,
  linesOf,
  MISSING_ACCESS,
  mailboxFacts,
  spoolLine,
} from './digest-fixtures.ts';

const kindsOf = (facts: Parameters<typeof composeDigest>[0]) => composeDigest(facts).needs.map(({ kind }) => kind);

describe('what needs a person', () => {
  it('is nothing on a quiet day', () => {
    expect(kindsOf(factsOf())).toEqual([]);
  });

  it('is every dead letter, however young, grouped by route and reason, oldest first', () => {
    const dead = { state: 'dead', lastFailure: MISSING_ACCESS } as const;
    const refused = { ...MISSING_ACCESS, kind: 'payload', code: '50035' } as const;
    const { needs } = composeDigest(
      factsOf({
        openAlerts: [
          entryOf({ mailId: 'young', ...dead, acceptedAt: hoursAgo(0) }),
          entryOf({ mailId: 'old', ...dead, acceptedAt: hoursAgo(456) }),
          entryOf({ mailId: 'other reason', ...dead, lastFailure: refused, acceptedAt: hoursAgo(2) }),
          entryOf({ mailId: 'other route', ...dead, route: 'stripe', acceptedAt: hoursAgo(1) }),
        ],
      }),
    );
    expect(needs).toMatchObject([
      { route: 'vip', reason: 'Missing Access', alerts: [{ mailId: 'old' }, { mailId: 'young' }] },
      { route: 'vip', reason: 'Invalid Form Body', alerts: [{ mailId: 'other reason' }] },
      { route: 'stripe', reason: 'Missing Access', alerts: [{ mailId: 'other route' }] },
    ]);
  });

  it('is an alert that waits for more than six hours, whatever it waits for', () => {
    const { needs, alertsOnTheirWay } = composeDigest(
      factsOf({
        openAlerts: [
          entryOf({ mailId: 'stale', acceptedAt: hoursAgo(7) }),
          entryOf({ mailId: 'on its way', acceptedAt: hoursAgo(5) }),
        ],
      }),
    );
    expect(needs).toMatchObject([{ reason: 'no post was tried', alerts: [{ mailId: 'stale' }] }]);
    expect(alertsOnTheirWay).toBe(1);
  });

  it('is a dead route, even if no mail waits for it; not one that is alive, or could not be asked', () => {
    const routeChecks = new Map([
      ['vip', DEAD_ROUTE],
      ['stripe', { ...DEAD_ROUTE, state: 'alive', failure: undefined } as const],
      ['customer', { ...DEAD_ROUTE, state: 'unknown' } as const],
    ]);
    expect(composeDigest(factsOf({ routeChecks })).needs).toEqual([
      { kind: 'route dead', route: 'vip', check: DEAD_ROUTE },
    ]);
  });

  it('is a mailbox that was never read', () => {
    expect(composeDigest(factsOf({ mailboxes: [mailboxFacts({ health: undefined })] })).needs).toEqual([
      { kind: 'mailbox not read', mailbox: 'support/INBOX', since: undefined, error: undefined },
    ]);
  });

  it.each([
    ['a refused password at once', 'credentials', 0.1, 1],
    ['a connection that fails for long', 'connection', 1.1, 1],
    ['but not a connection that just failed', 'timeout', 0.1, 0],
  ])('is %s', (_, kind, sinceHours, needed) => {
    const lastPollError = { kind, text: 'It failed.', since: hoursAgo(sinceHours), at: hoursAgo(0.05) };
    expect(kindsOf(factsOf({ mailboxes: [mailboxFacts({ history: { lastPollError } })] }))).toHaveLength(needed);
  });

  it.each([
    [15, 1.9, 0],
    [15, 2.1, 1],
    [24 * 60, 71, 0],
    [24 * 60, 73, 1],
  ])('is a mailbox that is polled every %i minutes and was read %d hours ago: %i', (everyMinutes, hours, needed) => {
    const history = { lastPollAt: hoursAgo(hours) };
    expect(kindsOf(factsOf({ mailboxes: [mailboxFacts({ everyMinutes, history })] }))).toHaveLength(needed);
  });

  it('is unknown mail that the ledger calls dispatched and no segment holds', () => {
    const entry = entryOf({ mailId: 'lost', route: 'unknown', dispatchedAt: hoursAgo(1) });
    expect(kindsOf(factsOf({ openUnknown: [entry] }))).toEqual(['mail missing from the spool']);
    expect(kindsOf(factsOf({ openUnknown: [entry], carried: [spoolLine({ mailId: 'lost' })] }))).toEqual([]);
    expect(kindsOf(factsOf({ openUnknown: [entry], heldBack: new Set(['lost']) }))).toEqual([]);
  });

  it('is not unknown mail that a poll is handing over, until that takes too long', () => {
    const accepted = { route: 'unknown', state: 'accepted', dispatchedAt: undefined } as const;
    expect(kindsOf(factsOf({ openUnknown: [entryOf({ ...accepted, acceptedAt: hoursAgo(20) })] }))).toEqual([]);
    expect(kindsOf(factsOf({ openUnknown: [entryOf({ ...accepted, acceptedAt: hoursAgo(27) })] }))).toHaveLength(1);
    expect(kindsOf(factsOf({ openUnknown: [entryOf({ route: 'unknown', dispatchedAt: hoursAgo(0) })] }))).toEqual([]);
  });

  it('comes in the order of urgency', () => {
    const kinds = kindsOf(
      factsOf({
        damaged: [{ key: 'segment', lines: [{ lineNumber: 3, text: '{', reason: 'the line is not JSON' }] }],
        openUnknown: [entryOf({ mailId: 'lost', route: 'unknown' })],
        openAlerts: [entryOf({ state: 'dead', lastFailure: MISSING_ACCESS })],
        routeChecks: new Map([['stripe', DEAD_ROUTE]]),
        mailboxes: [
          mailboxFacts({
            lines: [{ mailId: 'lost', uid: 1, route: 'unknown', state: 'dispatched', acceptedAt: hoursAgo(5) }],
          }),
          mailboxFacts({ mailbox: 'sales/INBOX', health: undefined }),
        ],
      }),
    );
    expect(kinds).toEqual([
      'alerts undelivered',
      'route dead',
      'mailbox not read',
      'mail missing from the spool',
      'spool damaged',
      'sums differ',
    ]);
  });
});

describe('the accounts', () => {
  it('tell for each route where its mail is, configured routes first, unknown last', () => {
    const lines = [
      ...linesOf(3, 'unknown', 'dispatched'),
      ...linesOf(2, 'retired', 'settled'),
      ...linesOf(4, 'vip', 'settled'),
      ...linesOf(1, 'vip', 'accepted'),
      ...linesOf(2, 'vip', 'dispatched'),
      ...linesOf(1, 'vip', 'dead'),
    ];
    const { accounts } = composeDigest(factsOf({ mailboxes: [mailboxFacts({ lines })] }));
    const none = { seen: 0, delivered: 0, waiting: 0, dead: 0, unknown: 0 };
    expect(accounts.routes).toEqual([
      { route: 'vip', seen: 8, delivered: 4, waiting: 3, dead: 1, unknown: 0 },
      { ...none, route: 'stripe' },
      { ...none, route: 'retired', seen: 2, delivered: 2 },
      { ...none, route: 'unknown', seen: 3, unknown: 3 },
    ]);
    expect(accounts.total).toEqual({ route: 'total', seen: 13, delivered: 6, waiting: 3, dead: 1, unknown: 3 });
    expect(accounts.unaccounted).toBe(0);
  });

  it('do not add up where unknown mail was seen and is in no segment', () => {
    const lines = linesOf(2, 'unknown', 'dispatched');
    const { accounts } = composeDigest(
      factsOf({
        mailboxes: [mailboxFacts({ lines })],
        carried: [spoolLine({ mailId: 'unknown-dispatched-0' })],
        openUnknown: lines.map(({ mailId }) => entryOf({ mailId, route: 'unknown' })),
      }),
    );
    expect(accounts).toMatchObject({ total: { seen: 2, unknown: 1 }, unaccounted: 1 });
  });
});

describe('unknown mail', () => {
  it("is grouped by its sender's domain, the newest mail and the newest domain first", () => {
    const { unknown } = composeDigest(
      factsOf({
        carried: [
          spoolLine({ mailId: 'a-old', from: 'A <a@A.example>', date: hoursAgo(9).toISOString() }),
          spoolLine({ mailId: 'b', from: 'b@b.example', date: hoursAgo(5).toISOString() }),
          spoolLine({ mailId: 'a-new', from: 'other@a.example', date: hoursAgo(1).toISOString() }),
          spoolLine({ mailId: 'undated', from: 'b@b.example', date: 'some day' }),
        ],
      }),
    );
    expect(unknown.groups).toMatchObject([
      { domain: 'a.example', mails: [{ mailId: 'a-new' }, { mailId: 'a-old' }] },
      { domain: 'b.example', mails: [{ mailId: 'b' }, { mailId: 'undated' }] },
    ]);
  });

  it.each([
    ['"billing@paypal.example" <x@evil.example>', 'evil.example'],
    ['<billing@paypal.example> <x@evil.example>', 'evil.example'],
    ['One <one@one.example>, Two <two@two.example>', 'two.example'],
    ['x@\u202Eevil\u200B.example', 'evil.example'],
    ['no address', ''],
    ['x@', ''],
    ['', ''],
  ])('from %s belongs to %j', (from, domain) => {
    expect(composeDigest(factsOf({ carried: [spoolLine({ from })] })).unknown.groups).toMatchObject([{ domain }]);
  });

  it('is listed up to 200 mails; what is not listed is counted', () => {
    const carried = Array.from({ length: 500 }, (_, index) =>
      spoolLine({
        mailId: `mail-${index}`,
        from: `x@${index < 150 ? 'a' : index < 300 ? 'b' : 'c'}.example`,
        date: hoursAgo(index / 100).toISOString(),
      }),
    );
    const { unknown } = composeDigest(factsOf({ carried }));
    expect(unknown.shown).toBe(200);
    expect(unknown.carried).toHaveLength(500);
    expect(unknown.groups.map(({ domain, total, mails }) => [domain, total, mails.length])).toEqual([
      ['a.example', 150, 150],
      ['b.example', 150, 50],
    ]);
    expect(unknown.unlisted).toEqual([{ domain: 'c.example', total: 200 }]);
  });
});
