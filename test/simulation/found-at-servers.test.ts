import { expect, it } from 'vitest';
import { broken, expunged, forged, HERE, mail, real } from './found-plans.ts';
import { judged } from './judge.ts';
import { CALM, HOUR_MS, type Plan } from './plan.ts';

/** What random plans have found, shrunk to what it takes: where servers reuse uids, and where emails look alike. */

const FOUND: readonly { what: string; plan: Plan }[] = [
  {
    what: 'an alert was taken for the forged email before it, which was gone by then',
    plan: { ...CALM, events: [forged(1, 3), expunged(1, 7), real(1, 8)] },
  },
  {
    what: 'an alert was taken for the forged email whose uid it got under the same UIDVALIDITY',
    plan: {
      ...CALM,
      events: [
        forged(1, 3),
        expunged(1, 7),
        { kind: 'uids are reused', mailbox: HERE, isReversed: false, atMs: 7.1 * HOUR_MS },
        real(1, 8),
      ],
    },
  },
  {
    what: 'an alert that looks like a known email stayed behind where a poll failed and its mailbox was renumbered',
    plan: {
      ...CALM,
      hasAudits: false,
      events: [
        forged(1, 3),
        real(1, 8),
        broken(12, 'routeQueues.send', 2),
        { kind: 'uids change', mailbox: HERE, atMs: 13 * HOUR_MS },
      ],
    },
  },
  {
    what: 'an email that got the uid of one from before accounting began was read by nobody',
    plan: {
      ...CALM,
      startFrom: 'now',
      events: [
        mail(1, 'stripe', -40),
        expunged(1, 7),
        { kind: 'uids are reused', mailbox: HERE, isReversed: false, atMs: 7.1 * HOUR_MS },
        mail(2, 'customer', 8),
      ],
    },
  },
];

it.each(FOUND)('no more: $what', async ({ plan }) => {
  expect(await judged(plan)).toEqual([]);
});
