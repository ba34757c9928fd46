import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jsonJournal } from '../../functions/adapters/json-journal.ts';
import type { JournalEvent } from '../../functions/core/journal.ts';
import { dimensionOfMailbox } from '../../functions/core/metrics.ts';
import type { NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import { alertOf } from '../core/delivery/alert-of.ts';

const at = new Date('2026-03-02T08:15:00Z');
const SECRET = 'SECRET "}\n{"level":"INFO","mailId":"forged"} \u2028 @everyone';
const alert = alertOf(7, { subject: SECRET, from: SECRET, to: SECRET, snippet: SECRET, messageId: SECRET });
const { mailId } = alert;
const mailbox = 'support/INBOX';
const entry: NewLedgerEntry = { ...alert, reason: null, acceptedAt: at };
const unknown: NewLedgerEntry = { ...entry, route: 'unknown', rule: null, reason: SECRET };
const failure = { kind: 'target', status: 403, code: '50001', text: 'Missing Access', at } as const;
const finding = {
  kind: 'missing',
  mailId,
  location: alert.location,
  route: 'vip',
  outcome: 'sent',
  from: SECRET,
  subject: SECRET,
} as const;
const report = {
  mailbox,
  at,
  inMailbox: 10,
  accounted: 9,
  recovered: 1,
  staleAlerts: 2,
  staleUnknown: 3,
  left: 0,
  findings: [finding],
};

/** One of each kind; a new kind does not compile until it is added here. */
const EVENTS: { [Kind in JournalEvent['kind']]: Extract<JournalEvent, { kind: Kind }> } = {
  'baseline set': { kind: 'baseline set', mailbox, uidValidity: '1', baselineUid: 4 },
  'poll restarted': {
    kind: 'poll restarted',
    mailbox,
    uidValidity: '2',
    rescanFromUid: 5,
    restart: { reason: 'renumbered', at: new Date(), mailbox, uidValidity: '1', uidNext: 9, arrivalDecidesBelowUid: 9 },
  },
  'mail accepted': { kind: 'mail accepted', entry },
  'mail recognised': { kind: 'mail recognised', mailbox, mailId, uid: 7 },
  'mail handed over': { kind: 'mail handed over', entry: unknown },
  'poll overtaken': { kind: 'poll overtaken', mailbox },
  'email came and went': { kind: 'email came and went', mailbox, fromUid: 5, toUid: 8 },
  'poll finished': { kind: 'poll finished', mailbox, accepted: 1, recognised: 0, left: 0, uidNext: 9 },
  'poll failed': { kind: 'poll failed', mailbox, failure: { kind: 'credentials', text: 'refused' } },
  'alerts posted': { kind: 'alerts posted', route: 'vip', postId: '900', alerts: [alert, alert] },
  'alert handed back': { kind: 'alert handed back', alert, delayMs: 30_000, failure },
  'alert dead': { kind: 'alert dead', route: 'vip', alert, failure },
  'alert already settled': { kind: 'alert already settled', alert },
  'alerts redriven': { kind: 'alerts redriven', route: 'vip', alerts: [alert] },
  'route dead': { kind: 'route dead', route: 'vip', failure },
  'route alive again': { kind: 'route alive again', route: 'vip', deadSince: at },
  'path closed': { kind: 'path closed', path: 'digest', reason: 'not verified' },
  'path open again': { kind: 'path open again', path: 'digest', closedSince: at },
  'routes checked': { kind: 'routes checked', at, alive: 2, dead: 1, unknown: 0, closedPaths: 1 },
  'oldest open alert': { kind: 'oldest open alert', at, oldestAgeMs: 90_000 },
  'audit finished': { kind: 'audit finished', report },
  'audit failed': { kind: 'audit failed', mailbox, failure: { kind: 'timeout', text: 'silence' } },
  'digest waits': { kind: 'digest waits', until: at },
  'digest lease not ended': { kind: 'digest lease not ended', until: at, reason: 'no answer' },
  'digest sent': { kind: 'digest sent', subject: 'Rollcall: all is well', messageId: '<1@ses>', mailIds: [mailId] },
};
const ABOUT_MAIL = [
  'mail accepted',
  'mail recognised',
  'mail handed over',
  'alerts posted',
  'alert handed back',
  'alert dead',
  'alert already settled',
  'alerts redriven',
  'audit finished',
] as const satisfies (keyof typeof EVENTS)[];

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'Rollcall');
  lines.length = 0;
  const keep = (chunk: string | Uint8Array) => {
    // One event of CloudWatch Logs a line: what breaks a line would be able to forge one.
    for (const line of String(chunk).trimEnd().split('\n')) lines.push(JSON.parse(line));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The log lines and metric lines that one journal writes for these events. */
function told(...events: JournalEvent[]) {
  const journal = jsonJournal();
  for (const event of events) journal(event);
  return {
    logged: lines.filter((line) => !('_aws' in line)),
    figures: lines.filter((line) => '_aws' in line).map(figureOf),
  };
}

type Emf = {
  CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
};

/** As CloudWatch reads it: one metric, its unit, its value, and the dimensions it is billed by. */
function figureOf(line: Record<string, unknown>) {
  const [directive, ...others] = (line._aws as Emf).CloudWatchMetrics;
  const [metric, ...more] = directive?.Metrics ?? [];
  const [names, ...sets] = directive?.Dimensions ?? [];
  expect([others, more, sets]).toEqual([[], [], []]);
  return {
    namespace: directive?.Namespace,
    name: metric?.Name,
    unit: metric?.Unit,
    value: line[metric?.Name ?? ''],
    dimensions: Object.fromEntries((names ?? []).map((name) => [name, line[name]])),
  };
}

describe('the log', () => {
  it('has one line of JSON an event, which says of which stack', () => {
    for (const event of Object.values(EVENTS)) {
      lines.length = 0;
      expect(told(event).logged).toMatchObject([{ message: event.kind, service: 'Rollcall' }]);
    }
  });

  it('carries the mailId and the mailbox of every mail, and never a word of the mail', () => {
    for (const kind of ABOUT_MAIL) {
      lines.length = 0;
      const line = JSON.stringify(told(EVENTS[kind]).logged);
      expect(line).toContain(mailId);
      expect(line).toContain(mailbox);
    }
    lines.length = 0;
    expect(JSON.stringify(told(...Object.values(EVENTS)))).not.toMatch(/SECRET|forged|everyone/);
  });

  it('calls a failure an error, what heals by itself a warning, and the rest information', () => {
    const levels = Object.fromEntries(
      told(...Object.values(EVENTS)).logged.map(({ message, level }) => [message, level]),
    );
    const kindsOf = (wanted: string) => Object.keys(levels).filter((kind) => levels[kind] === wanted);
    expect(kindsOf('ERROR')).toEqual(['poll failed', 'alert dead', 'route dead', 'path closed', 'audit failed']);
    expect(kindsOf('WARN')).toEqual(['poll restarted', 'alert handed back', 'digest waits', 'digest lease not ended']);
  });

  it('gives the reason of what failed', () => {
    const { logged } = told({ kind: 'alert dead', route: 'vip', alert: undefined, failure });
    expect(logged).toMatchObject([{ route: 'vip', failure: { code: '50001', text: 'Missing Access' } }]);
  });
});

describe('the metrics', () => {
  const valuesOf = (...events: JournalEvent[]) => told(...events).figures.map(({ name, value }) => [name, value]);

  it('count the mails of a poll when it ends, and those of the next one anew', () => {
    const { 'poll finished': finished, 'poll failed': failed } = EVENTS;
    const accepted = (of: NewLedgerEntry) => ({ kind: 'mail accepted', entry: of }) as const;
    expect(valuesOf(accepted(entry), accepted(unknown), accepted(unknown), finished, accepted(entry), failed)).toEqual([
      ['SuccessfulPolls', 1],
      ['AcceptedMails', 3],
      ['UnknownMails', 2],
      ['AcceptedMails', 1],
      ['UnknownMails', 0],
    ]);
  });

  it('count posts, digests, findings of an audit, and what takes nothing', () => {
    expect(valuesOf(EVENTS['alerts posted'])).toEqual([['PostedAlerts', 2]]);
    lines.length = 0;
    expect(valuesOf(EVENTS['digest sent'])).toEqual([['SentDigests', 1]]);
    lines.length = 0;
    expect(valuesOf(EVENTS['audit finished'])).toContainEqual(['AuditFindings', 6]);
    lines.length = 0;
    expect(valuesOf(EVENTS['routes checked'])).toEqual([['DeadTargets', 2]]);
  });

  it('tell the age of the oldest open alert in seconds', () => {
    expect(told(EVENTS['oldest open alert']).figures).toEqual([
      {
        namespace: 'Rollcall',
        name: 'OldestOpenAlertAge',
        unit: 'Seconds',
        value: 90,
        dimensions: { service: 'Rollcall' },
      },
    ]);
  });

  it('are one for each stack, and polls one for each mailbox', () => {
    const { figures } = told(...Object.values(EVENTS));
    for (const { name, dimensions } of figures) {
      expect(dimensions).toEqual(
        name === 'SuccessfulPolls' ? { service: 'Rollcall', mailbox } : { service: 'Rollcall' },
      );
    }
  });

  it('name a mailbox in the characters that CloudWatch takes', () => {
    expect(dimensionOfMailbox('support/Sales & Co')).toEqual({ mailbox: 'support/Sales & Co' });
    expect(dimensionOfMailbox('support/Entwürfe')).toEqual({ mailbox: 'support/Entw%C3%BCrfe' });
    expect(dimensionOfMailbox('support/100%')).toEqual({ mailbox: 'support/100%25' });
  });
});
