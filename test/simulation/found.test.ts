import { expect, it } from 'vitest';
import { broken, mail, nameless, refused, renamed } from './found-plans.ts';
import { judged } from './judge.ts';
import { CALM, HOUR_MS, type Plan } from './plan.ts';

/** What random plans have found, shrunk to what it takes. */

const FOUND: readonly { what: string; plan: Plan }[] = [
  {
    what: 'a mail that no poll could pass was taken for passed, where the watermark was lost after a renumbering',
    plan: {
      ...CALM,
      hasAudits: false,
      events: [
        { ...broken(3.5, 'spool.write', 6), fault: 'hangs before' },
        mail(1, 'unknown', 5),
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 6.9 * HOUR_MS },
        mail(2, 'customer', 10),
        { kind: 'watermark is lost', mailbox: 'support/INBOX', atMs: 17 * HOUR_MS },
      ],
    },
  },
  {
    what: 'a renumbering was in no digest, where the folder was renamed and no poll had carried it over yet',
    plan: {
      ...CALM,
      hasAudits: false,
      pollEveryMs: 12 * HOUR_MS,
      events: [{ kind: 'uids change', mailbox: 'support/INBOX', atMs: 11 * HOUR_MS }, renamed(25, 26)],
    },
  },
  {
    what: 'a mail that a poll took in and could not pass before its uid became void was counted by no digest',
    plan: {
      ...CALM,
      events: [
        mail(1, 'stripe', 11),
        broken(12, 'watermarks.move', 2),
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 13 * HOUR_MS },
      ],
    },
  },
  {
    what: 'a mail that was counted before a mailbox was restored was counted again when it was renumbered at once',
    plan: {
      ...CALM,
      pollEveryMs: 12 * HOUR_MS,
      events: [
        mail(1, 'vip', 1),
        { kind: 'watermark jumps', mailbox: 'support/INBOX', uids: 2, atMs: 20 * HOUR_MS },
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 23 * HOUR_MS, during: 'session.list' },
      ],
    },
  },
  {
    what: 'mail of a poll that ended while a digest began was called brought back by the audit in the next one',
    plan: {
      ...CALM,
      seed: 13,
      digestEveryMs: 6 * HOUR_MS,
      firstDigestMs: 6 * HOUR_MS,
      latencyMs: 600,
      events: [5.9, 11.9, 17.9, 23.9].flatMap((hour, index) => [
        mail(index + 1, 'vip', hour),
        mail(index + 11, 'unknown', hour),
        mail(index + 21, 'unknown', hour - 0.1),
        mail(index + 31, 'unknown', hour - 0.1),
      ]),
    },
  },
  {
    what: 'mail from before accounting began, moved into the folder since, was in no audit',
    plan: {
      ...CALM,
      startFrom: 'now',
      events: [mail(1, 'vip', -40), { kind: 'mail is moved', token: 1, to: 'support/INBOX', atMs: 7 * HOUR_MS }],
    },
  },
  {
    what: 'a mail was counted, and no place found for it, where its mailbox was renumbered twice before the next digest',
    plan: {
      ...CALM,
      healsAtMs: 17 * HOUR_MS,
      hasAudits: false,
      pollEveryMs: 2 * HOUR_MS,
      events: [
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 9 * HOUR_MS },
        mail(1, 'unknown', 11),
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 13 * HOUR_MS },
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 15 * HOUR_MS },
      ],
    },
  },
  {
    what: 'older mail, moved into a folder between its renumbering and the next poll, was expected to be told apart',
    plan: {
      ...CALM,
      mailboxes: ['support/INBOX', 'support/Sales'],
      startFrom: 'now',
      events: [
        mail(1, 'unknown', -60),
        { kind: 'uids change', mailbox: 'support/Sales', atMs: 3 * HOUR_MS },
        { kind: 'mail is moved', token: 1, to: 'support/Sales', atMs: 4 * HOUR_MS },
      ],
    },
  },
  {
    what: 'the loss of a watermark of which nothing is in the ledger was in no digest, where another one was resumed since',
    plan: {
      ...CALM,
      healsAtMs: 17 * HOUR_MS,
      mailboxes: ['support/INBOX', 'support/Sales'],
      events: [
        mail(1, 'vip', 7.5),
        { kind: 'watermark is lost', mailbox: 'support/Sales', atMs: 9 * HOUR_MS },
        { kind: 'watermark is lost', mailbox: 'support/INBOX', atMs: 13 * HOUR_MS },
      ],
    },
  },
  {
    what: 'a post that names a place was taken for older mail that was there before anyone read it',
    plan: {
      ...CALM,
      startFrom: { days: 1 },
      events: [
        refused(1, -70),
        { kind: 'mail is moved', token: 1, to: 'support/INBOX', atMs: 0.01 * HOUR_MS },
        refused(2, 1),
        { kind: 'uids change', mailbox: 'support/INBOX', atMs: 3 * HOUR_MS },
      ],
    },
  },
  {
    what: 'the loss of a watermark under a new name was in no digest, since the one under the former name was still there',
    plan: {
      ...CALM,
      events: [
        mail(1, 'vip', 1),
        renamed(8, 11),
        mail(2, 'vip', 10),
        { kind: 'watermark is lost', mailbox: 'support/INBOX', atMs: 19 * HOUR_MS },
        mail(3, 'unknown', 20),
      ],
    },
  },
  {
    what: 'email of which a digest had told under a former name was counted again, where that digest found the new name empty',
    plan: {
      ...CALM,
      hasAudits: false,
      events: [mail(1, 'customer', -40), mail(2, 'unknown', 4), broken(6, 'session.status', 2), renamed(1, 2)],
    },
  },
  {
    what: 'email without Message-ID was posted again by a rescan of a folder that was renamed before any audit',
    plan: {
      ...CALM,
      events: [
        nameless(mail(1, 'stripe', -62)),
        { ...renamed(1.2, 2), isRenumbered: true },
        { kind: 'person rescans', mailbox: 'support/INBOX', days: 1, atMs: 11 * HOUR_MS },
      ],
    },
  },
];

it.each(FOUND)('no more: $what', async ({ plan }) => {
  expect(await judged(plan)).toEqual([]);
});
