import { describe, expect, it } from 'vitest';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import type { DigestFacts } from '../../../functions/core/digest/facts.ts';
import type { AcceptedEntry } from '../../../functions/core/records/ledger-entry.ts';
import type { SpoolLine } from '../../../functions/core/records/spool.ts';
import type { TargetCheck } from '../../../functions/core/records/target-check.ts';
import type { Restart, Watermark } from '../../../functions/core/records/watermark.ts';
import {
  AUDIT,
  acceptedEntries,
  DEAD_ROUTE,
  entryOf,
  factsOf,
  hoursAgo,
  MISSING_ACCESS,
  mailboxFacts,
  RESTART,
  spoolLine,
  WATERMARK,
} from './digest-fixtures.ts';

/** Kind and finding of each item in one object. */
const itemsOf = (facts: DigestFacts) =>
  composeDigest(facts).attention.map(({ kind, finding }) => ({ kind, ...finding }));

const kindsOf = (facts: DigestFacts) => composeDigest(facts).attention.map(({ kind }) => kind);

describe('what needs attention', () => {
  it('is nothing on a quiet day', () => {
    expect(kindsOf(factsOf())).toEqual([]);
  });

  it('is every dead letter, however young, grouped by route and reason, oldest first', () => {
    const dead = { state: 'dead', lastFailure: MISSING_ACCESS } as const;
    const refused = { ...MISSING_ACCESS, kind: 'payload', code: '50035' } as const;
    const needs = itemsOf(
      factsOf({
        openAlerts: [
          entryOf({ mailId: 'old', ...dead, acceptedAt: hoursAgo(456) }),
          entryOf({ mailId: 'other reason', ...dead, lastFailure: refused, acceptedAt: hoursAgo(2) }),
          entryOf({ mailId: 'other route', ...dead, route: 'stripe', acceptedAt: hoursAgo(1) }),
          entryOf({ mailId: 'young', ...dead, acceptedAt: hoursAgo(0) }),
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
    const facts = factsOf({
      openAlerts: [
        entryOf({ mailId: 'stale', acceptedAt: hoursAgo(7) }),
        entryOf({ mailId: 'on its way', acceptedAt: hoursAgo(5) }),
      ],
    });
    const { summary } = composeDigest(facts);
    expect(itemsOf(facts)).toMatchObject([{ reason: 'no post was tried', alerts: [{ mailId: 'stale' }] }]);
    expect(summary?.alertsOnTheirWay).toBe(1);
  });

  it('is every open alert whose route was removed from the settings, however young: nothing delivers it', () => {
    const openAlerts = [entryOf({ route: 'retired', acceptedAt: hoursAgo(0.1) })];
    const { summary } = composeDigest(factsOf({ openAlerts }));
    expect(itemsOf(factsOf({ openAlerts }))).toMatchObject([
      { kind: 'undelivered alerts', route: 'retired', isRemoved: true, alerts: openAlerts },
    ]);
    expect(summary?.alertsOnTheirWay).toBe(0);
  });

  it('is open mail of a mailbox that was removed from the settings, as far as this digest does not carry it', () => {
    const gone = { mailbox: 'sales/INBOX', uidValidity: '3', uid: 9 };
    const alert = entryOf({ mailId: 'alert', location: gone });
    const unknown = entryOf({ mailId: 'unknown', route: 'unknown', location: gone, dispatchedAt: hoursAgo(0) });
    expect(itemsOf(factsOf({ openAlerts: [alert], notInSpool: [unknown] }))).toEqual([
      { kind: 'removed mailbox', mailbox: 'sales/INBOX', entries: [alert, unknown] },
    ]);
    const renamed = mailboxFacts({ formerly: ['sales/INBOX'] });
    expect(itemsOf(factsOf({ mailboxes: [renamed], openAlerts: [alert], notInSpool: [unknown] }))).toEqual([]);
  });

  it('is a mailbox that begins again, once, and not the beginning of the first digest', () => {
    const begun = { ...WATERMARK, beganAt: hoursAgo(3), baselineUid: 100, accountedSince: hoursAgo(3) };
    const restarted = (reason: Restart['reason'], watermark = WATERMARK): Watermark => ({
      ...watermark,
      restart: { ...RESTART, reason },
    });
    const needsOf = (watermark: Watermark, changes: Partial<DigestFacts> = {}) =>
      itemsOf(factsOf({ mailboxes: [mailboxFacts({ history: { watermark } })], ...changes }));
    const lost = restarted('watermark lost');
    expect(needsOf(begun)).toEqual([{ kind: 'mailbox begins again', watermark: begun, restarts: [] }]);
    expect(needsOf(lost)).toEqual([{ kind: 'mailbox begins again', watermark: lost, restarts: [lost.restart] }]);
    for (const reason of ['renamed', 'rescan', 'renumbered', 'uids reused'] as const) {
      expect(needsOf(restarted(reason))).toEqual([]);
      // What happens to a new mailbox hides nothing.
      const both = restarted(reason, begun);
      expect(needsOf(both)).toEqual([{ kind: 'mailbox begins again', watermark: both, restarts: [both.restart] }]);
    }
    const { window } = factsOf();
    expect(needsOf(begun, { window: { ...window, from: hoursAgo(3) } })).toEqual([]);
    expect(needsOf(begun, { window: { ...window, until: hoursAgo(3.1) } })).toEqual([]);
    expect(needsOf(lost, { window: { ...window, from: RESTART.at } })).toEqual([]);
    expect(needsOf(begun, { previousDigestAt: undefined })).toEqual([]);
  });

  const ALIVE = { ...DEAD_ROUTE, state: 'alive', failure: undefined } as const;

  it('is a dead route, even if no mail waits for it; not one that is alive, or could not be asked', () => {
    const routeChecks = new Map<string, TargetCheck>([
      ['vip', DEAD_ROUTE],
      ['stripe', ALIVE],
      ['customer', { ...DEAD_ROUTE, state: 'unknown' }],
    ]);
    expect(itemsOf(factsOf({ routeChecks }))).toEqual([
      { kind: 'dead route', route: 'vip', check: DEAD_ROUTE, reason: 'Missing Access', hasUndelivered: false },
    ]);
  });

  it('is that alarms reach nobody; not that nobody has looked, or could', () => {
    const check = { ...DEAD_ROUTE, failure: { ...MISSING_ACCESS, text: 'Not confirmed.' } };
    expect(itemsOf(factsOf({ alarmPath: check }))).toEqual([{ kind: 'closed alarm path', check }]);
    for (const other of [ALIVE, { ...check, state: 'unknown' }, { ...check, state: 'not checked' }] as const) {
      expect(itemsOf(factsOf({ alarmPath: other }))).toEqual([]);
    }
  });

  it('is a message of the server, in the one digest whose window it came in', () => {
    const notice = { text: 'Down at noon', since: hoursAgo(3) };
    const itemsSince = (since: Date) =>
      itemsOf(factsOf({ mailboxes: [mailboxFacts({ history: { notice: { ...notice, since } } })] }));
    expect(itemsSince(notice.since)).toEqual([{ kind: 'server says', mailbox: 'support/INBOX', notice }]);
    expect(itemsSince(hoursAgo(30))).toEqual([]);
  });

  it('is a mailbox that was never read', () => {
    expect(itemsOf(factsOf({ mailboxes: [mailboxFacts({ health: undefined })] }))).toEqual([
      { kind: 'unread mailbox', mailbox: 'support/INBOX', since: undefined, error: undefined },
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
    expect(kindsOf(factsOf({ notInSpool: [entry] }))).toEqual(['emails missing from the spool']);
  });

  it('is not unknown mail that a poll is handing over, until that takes too long', () => {
    const accepted = { route: 'unknown', state: 'accepted', dispatchedAt: undefined } as const;
    expect(kindsOf(factsOf({ notInSpool: [entryOf({ ...accepted, acceptedAt: hoursAgo(20) })] }))).toEqual([]);
    expect(kindsOf(factsOf({ notInSpool: [entryOf({ ...accepted, acceptedAt: hoursAgo(27) })] }))).toHaveLength(1);
    expect(kindsOf(factsOf({ notInSpool: [entryOf({ route: 'unknown', dispatchedAt: hoursAgo(0) })] }))).toEqual([]);
  });

  it('is mail that the audit brought back, told once', () => {
    const entry = entryOf({ mailId: 'found' });
    const lastAudit = { ...AUDIT, accounted: 1201, recovered: 3 };
    const mailboxes = [mailboxFacts({ history: { lastAudit } })];
    const accepted = acceptedEntries(1, 'vip', 'dispatched', { mailId: 'found', isRecovery: true });
    expect(itemsOf(factsOf({ mailboxes, accepted, recovered: [entry] }))).toEqual([
      { kind: 'recovered emails', mailbox: 'support/INBOX', count: 3, entries: [entry] },
    ]);
    const { window } = factsOf();
    expect(itemsOf(factsOf({ mailboxes, window: { ...window, from: AUDIT.at } }))).toEqual([]);
  });

  it('is mail that an audit brought back whose report was overwritten since, or that died', () => {
    const accepted = acceptedEntries(2, 'vip', 'dispatched', { isRecovery: true });
    expect(itemsOf(factsOf({ accepted }))).toMatchObject([{ kind: 'recovered emails', count: 2 }]);
  });

  it.each([
    ['a mailbox that was last audited 47 hours ago', { ...AUDIT, at: hoursAgo(47) }, 2000, undefined],
    ['one whose audit has not run for two days', { ...AUDIT, at: hoursAgo(49) }, 2000, { since: hoursAgo(49) }],
    ['one that was never audited, two days after its first poll', undefined, 49, { since: undefined }],
    ['one that was never audited, and is new', undefined, 47, undefined],
  ])('is the audit of %s: %#', (_, lastAudit, pollsBegan, need) => {
    const history = { lastAudit, watermark: { ...WATERMARK, beganAt: hoursAgo(pollsBegan) } };
    expect(itemsOf(factsOf({ mailboxes: [mailboxFacts({ history })] }))).toEqual(
      need ? [{ kind: 'overdue audit', mailbox: 'support/INBOX', ...need }] : [],
    );
  });

  it('comes in the order of urgency', () => {
    const kinds = kindsOf(
      factsOf({
        damaged: [{ key: 'segment', lines: [{ lineNumber: 3, text: '{', reason: 'the line is not JSON' }] }],
        notInSpool: [
          entryOf({ mailId: 'lost', route: 'unknown' }),
          entryOf({ location: { mailbox: 'old/INBOX', uidValidity: '1', uid: 1 }, dispatchedAt: hoursAgo(0) }),
        ],
        openAlerts: [entryOf({ state: 'dead', lastFailure: MISSING_ACCESS })],
        routeChecks: new Map([['stripe', DEAD_ROUTE]]),
        mailboxes: [
          mailboxFacts({ history: { lastAudit: { ...AUDIT, at: hoursAgo(50), left: 1 } } }),
          mailboxFacts({ mailbox: 'sales/INBOX', health: undefined }),
        ],
        accepted: acceptedEntries(1, 'vip', 'settled', { isRecovery: true }),
      }),
    );
    expect(kinds).toEqual([
      'undelivered alerts',
      'audit differs',
      'dead route',
      'unread mailbox',
      'recovered emails',
      'emails missing from the spool',
      'removed mailbox',
      'overdue audit',
      'damaged spool',
    ]);
  });
});

it('an email that its server does not hand out needs attention, with its uid and the words of the server', () => {
  const reason = 'the server does not hand it out: System Error';
  const facts = factsOf({ carried: [spoolLine({ reason, uid: 23 }), spoolLine({ mailId: 'other' })] });
  expect(itemsOf(facts)).toMatchObject([{ kind: 'withheld emails', mailbox: 'support/INBOX', lines: [{ uid: 23 }] }]);
});

const accountsOf = (accepted: AcceptedEntry[]) => composeDigest(factsOf({ accepted })).summary?.accounts;

describe('the counts', () => {
  const none = { received: 0, delivered: 0, undelivered: 0, unknown: 0, recovered: 0, open: 0 };

  it('tell for each route where its mail is, configured routes first, unknown last', () => {
    const accounts = accountsOf([
      ...acceptedEntries(3, 'unknown', 'dispatched'),
      ...acceptedEntries(2, 'retired', 'settled'),
      ...acceptedEntries(4, 'vip', 'settled'),
      ...acceptedEntries(1, 'vip', 'accepted'),
      ...acceptedEntries(2, 'vip', 'dispatched', { isRecovery: true }),
      ...acceptedEntries(1, 'vip', 'dead'),
    ]);
    expect(accounts?.routes).toEqual([
      { ...none, route: 'vip', received: 8, delivered: 4, undelivered: 4, recovered: 2 },
      { ...none, route: 'stripe' },
      { ...none, route: 'retired', received: 2, delivered: 2 },
      { ...none, route: 'unknown', received: 3, unknown: 3 },
    ]);
    expect(accounts?.total).toEqual({
      ...none,
      ...{ route: 'total', received: 13, delivered: 6, undelivered: 4, unknown: 3, recovered: 2 },
    });
  });

  it('tell what is open, whenever it came: of removed routes and mailboxes too, and unknown mail not carried yet', () => {
    const gone = { mailbox: 'sales/INBOX', uidValidity: '3', uid: 9 };
    const { summary } = composeDigest(
      factsOf({
        openAlerts: [
          entryOf({ mailId: 'old', state: 'dead', acceptedAt: hoursAgo(456) }),
          entryOf({ mailId: 'of a removed mailbox', location: gone }),
          entryOf({ mailId: 'of a removed route', route: 'retired' }),
        ],
        notInSpool: [entryOf({ mailId: 'unknown', route: 'unknown' })],
        heldBack: new Set(['held', 'back']),
        carried: [spoolLine()],
      }),
    );
    expect(summary?.accounts.routes).toEqual([
      { ...none, route: 'vip', open: 2 },
      { ...none, route: 'stripe' },
      { ...none, route: 'retired', open: 1 },
      { ...none, route: 'unknown', open: 3 },
    ]);
    expect(summary?.accounts.total).toMatchObject({ received: 0, open: 6 });
  });

  it('call unknown mail undelivered that is in no segment', () => {
    const { summary } = composeDigest(
      factsOf({
        accepted: acceptedEntries(2, 'unknown', 'dispatched'),
        carried: [spoolLine({ mailId: 'unknown-dispatched-0' })],
        notInSpool: [entryOf({ mailId: 'unknown-dispatched-1', route: 'unknown' })],
      }),
    );
    expect(summary?.accounts.total).toMatchObject({ received: 2, unknown: 1, undelivered: 1 });
  });

  it('of a mailbox are of all its names', () => {
    const mailboxes = [mailboxFacts({ formerly: ['support/Old'] }), mailboxFacts({ mailbox: 'sales/INBOX' })];
    const accepted = ['support/Old', 'support/INBOX', 'sales/INBOX', 'removed/INBOX'].flatMap((mailbox) =>
      acceptedEntries(1, 'vip', 'settled', { mailbox }),
    );
    const { summary } = composeDigest(factsOf({ mailboxes, accepted }));
    expect(summary?.health).toMatchObject([{ received: 2 }, { received: 1 }]);
    expect(summary?.accounts.total).toMatchObject({ received: 4 });
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

  const mailsFrom = (domain: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      spoolLine({ mailId: `${domain}-${index}`, from: `x@${domain}`, date: hoursAgo(index / 100).toISOString() }),
    );
  const shownOf = (carried: SpoolLine[]) => {
    const { unknown } = composeDigest(factsOf({ carried }));
    return { ...unknown, groups: unknown.groups.map(({ domain, total, mails }) => [domain, total, mails.length]) };
  };

  it('is listed up to 200 mails, no domain hiding another: each shows its newest mail before any shows its second', () => {
    const unknown = shownOf([...mailsFrom('loud.example', 480), ...mailsFrom('quiet.example', 20)]);
    expect(unknown).toMatchObject({ listed: 200, unlisted: [] });
    expect(unknown.groups).toEqual([
      ['loud.example', 480, 180],
      ['quiet.example', 20, 20],
    ]);
  });

  it('is counted where its domain is not listed at all', () => {
    const domains = Array.from({ length: 250 }, (_, index) => mailsFrom(`${index}.example`, 2)).flat();
    const unknown = shownOf(domains);
    expect(unknown.listed).toBe(200);
    expect(unknown.unlisted).toHaveLength(50);
    expect(unknown.carried).toHaveLength(500);
  });
});
