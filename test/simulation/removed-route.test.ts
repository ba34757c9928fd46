import { expect, it } from 'vitest';
import { CALM, HOUR_MS, type Plan } from './plan.ts';
import { brokenPromises } from './promises/check-promises.ts';
import { probeMail } from './random-mail.ts';
import { readDigest } from './read-digest.ts';
import { simulate } from './simulate.ts';

/** A poll takes an alert in and dies before its queue has it; then its route leaves the settings. No audit runs. */
const REMOVED: Plan = {
  ...CALM,
  healsAtMs: 20 * HOUR_MS,
  hasAudits: false,
  events: [
    { kind: 'call is struck', atMs: 6 * HOUR_MS, call: 'routeQueues.send', fault: 'dies before', times: 2 },
    { kind: 'mail arrives', atMs: 5 * HOUR_MS, mailbox: 'support/INBOX', mail: probeMail(1, 'vip') },
    { kind: 'mail arrives', atMs: 5 * HOUR_MS, mailbox: 'support/INBOX', mail: probeMail(2, 'stripe') },
    { kind: 'route is removed', atMs: 8 * HOUR_MS, route: 'vip' },
    { kind: 'mail arrives', atMs: 9 * HOUR_MS, mailbox: 'support/INBOX', mail: probeMail(3, 'stripe') },
  ],
};

it('an alert that was not on its queue when its route was removed is in the next digest, and holds no other', async () => {
  const observed = await simulate(REMOVED);
  expect(brokenPromises(observed)).toEqual([]);
  const [, next] = observed.digests;
  expect(next && readDigest(next.digest).unknown.has(1)).toBe(true);
  const shown = observed.posts.flatMap(({ message, at }) =>
    message.embeds.map((embed) => ({ embed: JSON.stringify(embed), atMs: at.getTime() - observed.startMs })),
  );
  for (const token of [2, 3]) {
    const [post] = shown.filter(({ embed }) => embed.includes(`m${token}@`));
    expect(post?.atMs, `mail ${token}, by the poll at noon`).toBeLessThan(13 * HOUR_MS);
  }
});
