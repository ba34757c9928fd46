import { expect, it } from 'vitest';
import { jsonJournal } from '../../functions/adapters/json-journal.ts';
import type { JournalEvent } from '../../functions/core/journal.ts';
import type { NewLedgerEntry } from '../../functions/core/ledger/ledger-entry.ts';
import { DEAD_ROUTES } from '../../functions/core/metrics.ts';
import { alertOf } from '../core/delivery/alert-of.ts';

const alert = alertOf(7, { subject: 'SECRET subject', from: 'SECRET sender', snippet: 'SECRET text' });
const entry: NewLedgerEntry = { ...alert, reason: null, acceptedAt: new Date('2026-03-02T08:15:00Z') };
const failure = {
  kind: 'target',
  status: 403,
  code: '50001',
  text: 'Missing Access',
  at: new Date('2026-03-02T08:15:00Z'),
} as const;

function linesOf(...events: JournalEvent[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const journal = jsonJournal((line) => lines.push(line));
  for (const event of events) journal(event);
  return lines.map((line) => JSON.parse(line));
}

it('every line about a mail carries its mailId and mailbox, and never a word of the mail', () => {
  const lines = linesOf(
    { kind: 'mail accepted', entry },
    { kind: 'mail handed over', entry },
    { kind: 'alerts posted', route: 'vip', discordMessageId: '900', alerts: [alert] },
    { kind: 'alerts redriven', route: 'vip', alerts: [alert] },
    { kind: 'alert handed back', alert, delayMs: 30_000, failure },
    { kind: 'alert dead', route: 'vip', alert, failure },
    { kind: 'alert already settled', alert },
  );
  for (const line of lines) {
    expect(JSON.stringify(line)).toContain(alert.mailId);
    expect(JSON.stringify(line)).toContain('support/INBOX');
    expect(JSON.stringify(line)).not.toContain('SECRET');
  }
});

it('a failure is an error with its reason; what heals by itself is a warning; the rest is information', () => {
  const levels = linesOf(
    { kind: 'poll failed', mailbox: 'support/INBOX', failure: { kind: 'credentials', text: 'refused' } },
    { kind: 'alert dead', route: 'vip', alert: undefined, failure },
    { kind: 'alert handed back', alert, delayMs: 1_000, failure },
    { kind: 'uidValidity changed', mailbox: 'support/INBOX', from: '1', to: '2', rescanFromUid: 5 },
    { kind: 'poll finished', mailbox: 'support/INBOX', accepted: 1, recognised: 0, left: 0, uidNext: 9 },
  );
  expect(levels.map(({ level }) => level)).toEqual(['ERROR', 'ERROR', 'WARN', 'WARN', 'INFO']);
  expect(levels[1]).toMatchObject({
    event: 'alert dead',
    route: 'vip',
    failure: { code: '50001', text: 'Missing Access' },
  });
});

it('a check of the routes is a metric too, which CloudWatch reads out of the line', () => {
  const at = new Date('2026-03-02T08:15:00Z');
  const [line] = linesOf({ kind: 'routes checked', at, alive: 2, dead: 1, unknown: 0 });
  expect(line).toMatchObject({
    event: 'routes checked',
    alive: 2,
    [DEAD_ROUTES.name]: 1,
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: DEAD_ROUTES.namespace,
          Dimensions: [[]],
          Metrics: [{ Name: DEAD_ROUTES.name, Unit: 'Count' }],
        },
      ],
    },
  });
});
