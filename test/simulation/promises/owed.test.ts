import { expect, it } from 'vitest';
import { CALM, HOUR_MS, type Plan, type PlannedEvent } from '../plan.ts';
import { probeMail } from '../random-mail.ts';
import { simulate } from '../simulate.ts';
import { viewOf } from './view.ts';

/** An email from before accounting began, three days old, moved from one folder to another one. Polls run every 6 hours. */
const MOVED = 1;
const HERE = 'support/INBOX';
const THERE = 'support/Sales';

function planWith(events: readonly PlannedEvent[]): Plan {
  return {
    ...CALM,
    mailboxes: [HERE, THERE],
    startFrom: 'now',
    events: [
      { kind: 'mail arrives', atMs: -72 * HOUR_MS, mailbox: HERE, mail: probeMail(MOVED, 'unknown') },
      ...events,
    ],
  };
}

const moved = (atHour: number): PlannedEvent => ({
  kind: 'mail is moved',
  token: MOVED,
  to: THERE,
  atMs: atHour * HOUR_MS,
});
const renumbered = (atHour: number): PlannedEvent => ({
  kind: 'uids change',
  mailbox: THERE,
  atMs: atHour * HOUR_MS,
});

/** What nobody can know is as narrow as this: both within the same time between two polls. */
it.each([
  { what: 'moved, and no renumbering', events: [moved(7)], isOwed: true },
  { what: 'moved, and renumbered before the next poll', events: [moved(7), renumbered(8)], isOwed: false },
  { what: 'renumbered, and moved before the next poll', events: [renumbered(7), moved(8)], isOwed: false },
  { what: 'moved, and renumbered after the next poll', events: [moved(7), renumbered(13)], isOwed: true },
  { what: 'renumbered, and moved after the next poll', events: [renumbered(7), moved(13)], isOwed: true },
  {
    what: 'renumbered twice, and moved in between',
    events: [renumbered(7), moved(13), renumbered(19)],
    isOwed: true,
  },
  { what: 'not moved', events: [renumbered(7)], isOwed: false },
])('$what: the email has to be accounted for ($isOwed)', async ({ events, isOwed }) => {
  const { owed } = viewOf(await simulate(planWith(events)));
  expect(owed.some(({ token }) => token === MOVED)).toBe(isOwed);
});
