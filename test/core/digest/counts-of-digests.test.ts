import { describe, expect, it } from 'vitest';
import { DIGEST_TIMEOUT_MS } from '../../../functions/core/digest/limits.ts';
import { sendDigest } from '../../../functions/core/digest/send-digest.ts';
import type { MailReader } from '../../../functions/core/mail/mail-reader.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from '../../../functions/core/poll/poll-limits.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import type { Ledger } from '../../../functions/core/records/ledger.ts';
import type { Watermarks } from '../../../functions/core/records/watermark.ts';
import { type Fault, faultyPort } from '../../fakes/faulty-port.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { mailOf } from '../mail/mail-of.ts';

const MAILBOX = 'support/INBOX';
const at = (uidValidity: string, uid: number) => ({ mailbox: MAILBOX, uidValidity, uid });
const HOUR_MS = 3_600_000;

type PollOptions = { startFrom?: StartFrom; remainingMs?: () => number };

/** A mailbox that is polled, and digests of it. Every hour one mail comes and is posted, and one is unknown. */
function world() {
  const { services, clock, mailbox, deliver, renumber } = testWorld();
  const { ledger } = services;
  async function post(): Promise<void> {
    for (const { mailId, route } of ledger.entries()) {
      if (route === 'vip') await ledger.settle(mailId, { at: clock.now(), postId: '1' });
    }
  }
  return {
    ...services,
    clock,
    mailbox,
    deliver,
    poll: async (
      changes: Partial<{ reader: MailReader; watermarks: Watermarks; ledger: Ledger }> = {},
      { startFrom = 'all', remainingMs = () => 300_000 }: PollOptions = {},
    ) => {
      clock.advance(1);
      await pollMailbox(polledMailbox({ startFrom }), { ...services, ...changes }, remainingMs);
      await post();
    },
    /** The line of the digest that sums up its counts. */
    digest: async (changes: Partial<{ ledger: Ledger; watermarks: Watermarks }> = {}) => {
      clock.advance(HOUR_MS);
      const { text, subject } = await sendDigest(
        { ...services, ...changes },
        { mailboxes: [{ mailbox: MAILBOX, everyMinutes: 15 }], routes: ['vip'] },
        { holder: 'digest', remainingMs: () => DIGEST_TIMEOUT_MS },
      );
      return { subject, sum: /^.*emails? received =.*$/m.exec(text)?.[0], text };
    },
    idOf: (subject: string) => ledger.entries().find(({ record }) => record.subject === subject)?.mailId ?? '',
    renumber,
  };
}

const sum = (received: number, { delivered = 0, undelivered = 0, unknown = 0, recovered = 0 }) =>
  `${received} email${received === 1 ? '' : 's'} received = ${delivered} delivered + ${undelivered} undelivered + ${unknown} unknown.` +
  (recovered > 0 ? ` The audit recovered ${recovered} of them.` : '');

describe('digests count each email once', () => {
  it('of polls, also hourly', async () => {
    const { deliver, poll, digest } = world();
    deliver('vip 1');
    deliver('a question');
    await poll();
    expect(await digest()).toMatchObject({
      subject: 'Rollcall: 1 unknown · 1 alert delivered',
      sum: sum(2, { delivered: 1, unknown: 1 }),
    });
    deliver('vip 2');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
    expect(await digest()).toMatchObject({ subject: 'Rollcall: nothing new', sum: sum(0, {}) });
  });

  it.each(['before', 'after'] as const)('after a poll that died %s it moved the watermark', async (fault) => {
    const { deliver, poll, digest, watermarks } = world();
    deliver('vip 1');
    const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? fault : 'none'));
    await expect(poll({ watermarks: dying })).rejects.toThrow();
    deliver('vip 2');
    await poll();
    expect((await digest()).sum).toBe(sum(2, { delivered: 2 }));
  });

  it('that a poll took in and died, and that was expunged before the next one', async () => {
    const { deliver, poll, digest, mailbox, watermarks } = world();
    const gone = deliver('a question');
    const dying = faultyPort(watermarks, (call): Fault => (call === 'move' ? 'before' : 'none'));
    await expect(poll({ watermarks: dying })).rejects.toThrow();
    mailbox.expunge(gone.location.uid);
    await poll();
    expect((await digest()).sum).toBe(sum(1, { unknown: 1 }));
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
  });

  it('that lies in the mailbox twice, and says how many copies there are', async () => {
    const { deliver, poll, digest } = world();
    deliver('vip 1');
    await poll();
    deliver('vip 1');
    await poll();
    const once = sum(1, { delivered: 1 });
    expect((await digest()).sum).toBe(`${once} 1 copy of a known email is not counted.`);
    deliver('vip 1');
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(`${sum(0, {})} 2 copies of known emails are not counted.`);
  });

  it('after a change of UIDVALIDITY, wherever the ledger then says that it lies', async () => {
    const { deliver, poll, digest, renumber, ledger, idOf } = world();
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    deliver('vip 2');
    await poll();
    renumber('2000');
    deliver('vip 3');
    await poll();
    await ledger.relocate(idOf('vip 1'), at('1000', 1), { location: at('2000', 1), fingerprint: undefined });
    await ledger.relocate(idOf('vip 2'), at('1000', 2), { location: at('2000', 2), fingerprint: undefined });
    expect((await digest()).sum).toBe(sum(2, { delivered: 2 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('that an audit accepts, and say that it did, also where it died before it could report', async () => {
    const { deliver, poll, digest, ledger, idOf, clock } = world();
    deliver('vip 1');
    await poll();
    await digest();
    const lost = ledger.entry(idOf('vip 1'));
    if (!lost) throw new Error('The world has no mail.');
    ledger.forget(lost.mailId);
    await ledger.accept({ ...lost, acceptedAt: clock.now(), isRecovery: true });
    const { subject, sum: told, text } = await digest();
    expect(subject).toBe('Rollcall: ⚠ The audit recovered 1 email of support/INBOX');
    expect(text).toContain('support/INBOX, uid 1, vip: on its way');
    expect(told).toBe(sum(1, { undelivered: 1, recovered: 1 }));
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: nothing new', sum: sum(0, {}) });
  });
});

describe('open alerts of what left the settings', () => {
  it('are told: of a route, and of a mailbox', async () => {
    const { deliver, poll, digest, ledger, idOf } = world();
    deliver('vip 1');
    await poll();
    const known = ledger.entry(idOf('vip 1'));
    if (!known) throw new Error('The world has no mail.');
    const { location } = known;
    await ledger.accept({ ...known, mailId: 'one', route: 'retired', location: { ...location, uid: 90 } });
    await ledger.accept({ ...known, mailId: 'two', location: { ...location, mailbox: 'sales/INBOX' } });
    const { subject, text } = await digest();
    expect(subject).toBe(
      'Rollcall: ⚠ 1 alert undelivered for 1 hour (retired: no post was tried) · sales/INBOX was removed from the settings with 1 email open',
    );
    expect(text).toContain('The route retired was removed from the settings, so nothing delivers them.');
    expect(text).toContain('Nothing polls or audits it any more.');
  });
});

describe('the counts where polls begin again', () => {
  it('go on where a lost watermark was resumed, and the digest names the loss once', async () => {
    const { deliver, poll, digest, watermarks } = world();
    deliver('vip 1');
    await poll();
    await digest();
    deliver('vip 2');
    await poll();
    watermarks.forget(MAILBOX);
    deliver('vip 3');
    await poll();
    const { subject, sum: told, text } = await digest();
    expect(subject).toBe('Rollcall: ⚠ The watermark of support/INBOX was lost, and polls resumed from the ledger');
    expect(text).toContain('Find out what deleted it.');
    expect(told).toBe(sum(2, { delivered: 2 }));
    deliver('vip 4');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
  });

  it('add up after a rescan, also where the mailbox is renumbered before the digest', async () => {
    const { deliver, poll, digest, watermarks, clock, renumber } = world();
    deliver('vip old');
    clock.advance(HOUR_MS);
    await poll({}, { startFrom: 'now' });
    deliver('vip 1');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    await watermarks.requestRescan(MAILBOX, new Date(0));
    await poll();
    renumber('2000');
    await poll();
    expect((await digest()).sum).toBe(sum(1, { delivered: 1 }));
    expect((await digest()).sum).toBe(sum(0, {}));
  });

  it('add up after a rescan, also where it takes several polls and digests', async () => {
    const { deliver, poll, digest, watermarks, mailbox, clock } = world();
    for (let count = 0; count < 2 * MAILS_PER_PAGE; count += 1) deliver(`vip old ${count}`);
    clock.advance(HOUR_MS);
    await poll({}, { startFrom: 'now' });
    deliver('vip new');
    deliver('a question');
    await poll();
    expect((await digest()).sum).toBe(sum(2, { delivered: 1, unknown: 1 }));
    expect(mailbox.mails()).toHaveLength(2 * MAILS_PER_PAGE + 2);

    await watermarks.requestRescan(MAILBOX, new Date(clock.now().getTime() - 7 * 24 * HOUR_MS));
    const onePage = { remainingMs: () => POLL_RESERVE_MS - 1 };
    await poll({}, onePage);
    const first = await digest();
    expect(first.subject).toBe('Rollcall: all 500 alerts delivered');
    expect(first.sum).toBe(sum(500, { delivered: 500 }));
    await poll({}, onePage);
    expect((await digest()).sum).toBe(sum(500, { delivered: 500 }));
    await poll();
    deliver('vip last');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
  });

  it('add up where the server gives out its uids a second time', async () => {
    const { deliver, poll, digest, mailbox } = world();
    for (const subject of ['vip 1', 'vip 2', 'vip 3']) deliver(subject);
    await poll();
    await digest();
    for (const uid of [2, 3]) mailbox.expunge(uid);
    mailbox.renumber('1000', ({ subject, messageId }, uid) => mailOf(uid, '1000', { subject, messageId }));
    deliver('vip after the restore');
    await poll();
    expect(await digest()).toMatchObject({ subject: 'Rollcall: 1 alert delivered', sum: sum(1, { delivered: 1 }) });
    expect((await digest()).sum).toBe(sum(0, {}));
  });
});
