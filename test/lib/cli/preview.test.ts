import { expect, it } from 'vitest';
import settings from '../../../functions/settings.ts';
import { preview } from '../../../lib/cli/preview.ts';
import { mailOf } from '../../core/mail/mail-of.ts';
import { fakeClock } from '../../fakes/fake-clock.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';

const NOW = new Date('2026-03-20T09:00:00.000Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 60 * 60_000);

it('shows by which rule each mail of the last days would go where, the sums, and no older mail', async () => {
  const mailbox = memoryMailbox();
  const board = [{ name: 'Maren', address: 'board@example.com' }];
  const from = [{ name: '', address: 'someone@example.org' }];
  mailbox.deliver((uid, validity) => mailOf(uid, validity, { subject: 'Too old', from: board }), daysAgo(8));
  mailbox.deliver((uid, validity) => mailOf(uid, validity, { subject: 'Board call', from: board }), daysAgo(6));
  mailbox.deliver((uid, validity) => mailOf(uid, validity, { subject: 'Casino\u202E', from }), daysAgo(1));
  const lines: string[] = [];
  await preview(settings, 7, { readerOf: () => mailbox, clock: fakeClock(NOW) }, (line) => lines.push(line));
  expect(lines).toEqual([
    'vip (board and investors)  Maren <board@example.com>  Board call',
    'unknown (no rule matched)  someone@example.org  Casino',
    '2 emails of the last 7 days: 1 vip, 1 unknown.',
  ]);
});

it('of an empty mailbox says so', async () => {
  const lines: string[] = [];
  const services = { readerOf: () => memoryMailbox(), clock: fakeClock(NOW) };
  await preview(settings, 30, services, (line) => lines.push(line));
  expect(lines).toEqual(['0 emails of the last 30 days.']);
});
