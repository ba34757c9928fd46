import { describe, expect, it } from 'vitest';
import { composeDigest } from '../../../functions/core/digest/digest.ts';
import type { DigestFacts } from '../../../functions/core/digest/facts.ts';
import { digestMailOf } from '../../../functions/core/digest/view/digest-mail.ts';
import {
  acceptedEntries,
  DEAD_ROUTE,
  entryOf,
  factsOf,
  hoursAgo,
  MISSING_ACCESS,
  mailboxFacts,
  spoolLine,
} from './digest-fixtures.ts';

const subjectOf = (facts: DigestFacts) => digestMailOf(composeDigest(facts), 'Europe/Berlin').subject;

const unknowns = (count: number) => Array.from({ length: count }, (_, index) => spoolLine({ mailId: `mail-${index}` }));
const alerts = (count: number) => acceptedEntries(count, 'vip', 'settled');
const dead = (hours: number, changes = {}) =>
  entryOf({ state: 'dead', lastFailure: MISSING_ACCESS, acceptedAt: hoursAgo(hours), ...changes });

describe('the subject', () => {
  it.each<[string, DigestFacts]>([
    ['Rollcall: nothing new', factsOf()],
    ['Rollcall: 12 unknown', factsOf({ carried: unknowns(12) })],
    ['Rollcall: 12 unknown · all 31 alerts delivered', factsOf({ carried: unknowns(12), accepted: alerts(31) })],
    ['Rollcall: 1 alert delivered', factsOf({ accepted: alerts(1) })],
    [
      'Rollcall: 1 of 3 alerts delivered, 2 on the way',
      factsOf({
        accepted: [...acceptedEntries(1, 'vip', 'settled'), ...acceptedEntries(2, 'vip', 'dispatched')],
        openAlerts: [entryOf({ mailId: 'one' }), entryOf({ mailId: 'two' })],
      }),
    ],
    ['Rollcall: 1 alert on the way', factsOf({ openAlerts: [entryOf()] })],
  ])('says %j', (subject, facts) => {
    expect(subjectOf(facts)).toBe(subject);
  });

  it('says of dead letters how many, since when, where and why', () => {
    const openAlerts = [dead(19 * 24 + 5), dead(3, { mailId: 'two' }), dead(2, { mailId: 'three' })];
    expect(subjectOf(factsOf({ openAlerts, carried: unknowns(2) }))).toBe(
      'Rollcall: ⚠ 3 alerts undelivered for 19 days (vip: Missing Access)',
    );
  });

  it('names every route with undelivered alerts, and the reason where Discord gave no known code', () => {
    const credential = { ...MISSING_ACCESS, kind: 'credential', status: 401, code: null } as const;
    const openAlerts = [dead(0), dead(0, { mailId: 'two', route: 'stripe', lastFailure: credential })];
    expect(subjectOf(factsOf({ openAlerts }))).toBe(
      'Rollcall: ⚠ 2 alerts undelivered (vip: Missing Access; stripe: credential refused (401))',
    );
  });

  it('names a dead route, unless its undelivered alerts do so already', () => {
    const routeChecks = new Map([['vip', DEAD_ROUTE]]);
    expect(subjectOf(factsOf({ routeChecks }))).toBe(
      'Rollcall: ⚠ Route vip has been dead since Thu 19 Mar, 02:30: Missing Access',
    );
    expect(subjectOf(factsOf({ routeChecks, openAlerts: [dead(30)] }))).toBe(
      'Rollcall: ⚠ 1 alert undelivered for 30 hours (vip: Missing Access)',
    );
  });

  it("says since when a mailbox has not been read, on the reader's clock", () => {
    const mailboxes = [mailboxFacts({ history: { lastPollAt: new Date('2026-03-01T23:15:00Z') } })];
    expect(subjectOf(factsOf({ mailboxes }))).toBe(
      'Rollcall: ⚠ support/INBOX has not been read since Mon 2 Mar, 00:15',
    );
  });

  it('names two troubles and counts the others', () => {
    const mailboxes = ['a/INBOX', 'b/INBOX', 'c/INBOX'].map((mailbox) => mailboxFacts({ mailbox, health: undefined }));
    const location = { mailbox: 'a/INBOX', uidValidity: '7', uid: 1 };
    expect(subjectOf(factsOf({ mailboxes, openAlerts: [dead(30, { location })] }))).toBe(
      'Rollcall: ⚠ 1 alert undelivered for 30 hours (vip: Missing Access) · a/INBOX has never been read · 2 more',
    );
  });

  it('is one line without controls, whatever a route or mailbox is called', () => {
    const mailboxes = [mailboxFacts({ mailbox: 'a\r\nBcc: all@example.com\u202E', health: undefined })];
    expect(subjectOf(factsOf({ mailboxes }))).toBe('Rollcall: ⚠ a Bcc: all@example.com has never been read');
  });

  it('is cut to a length that mail clients show', () => {
    const mailboxes = [mailboxFacts({ mailbox: 'x'.repeat(400), health: undefined })];
    expect(subjectOf(factsOf({ mailboxes }))).toHaveLength(150);
  });
});
