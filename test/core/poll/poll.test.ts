import { beforeEach, describe, expect, it } from 'vitest';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE } from '../../../functions/core/poll/poll-limits.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import type { MailboxHealth } from '../../../functions/core/records/watermark.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { mailOf } from '../mail/mail-of.ts';

const MAILBOX = 'support/INBOX';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const plenty = () => 300_000;

function world() {
  const { clock, mailbox, services } = testWorld();
  const poll = (startFrom: StartFrom = 'all', remainingMs = plenty) =>
    pollMailbox(polledMailbox({ startFrom }), services, remainingMs);
  const deliver = (subject: string, receivedAt = clock.now()) =>
    mailbox.deliver((uid, uidValidity) => mailOf(uid, uidValidity, { subject }), receivedAt);
  return { clock, mailbox, services, poll, deliver };
}

let { clock, mailbox, services, poll, deliver } = world();
beforeEach(() => {
  ({ clock, mailbox, services, poll, deliver } = world());
});

const watermark = async () => (await services.watermarks.get(MAILBOX))?.watermark;

describe('the first poll sets the baseline by startFrom', () => {
  beforeEach(() => {
    deliver('vip old', new Date(clock.now().getTime() - 30 * DAY_MS));
    deliver('vip recent', new Date(clock.now().getTime() - 2 * DAY_MS));
  });

  it('now: what lies in the mailbox is history', async () => {
    await poll('now');
    deliver('vip new');
    await poll('now');
    expect(services.routeQueues.sent('vip').map(({ record }) => record.subject)).toEqual(['vip new']);
  });

  it('all: every mail is accounted for', async () => {
    await poll('all');
    expect(services.routeQueues.sent('vip')).toHaveLength(2);
  });

  it('a number of days: mail received since then', async () => {
    await poll({ days: 7 });
    expect(services.routeQueues.sent('vip').map(({ record }) => record.subject)).toEqual(['vip recent']);
    expect((await watermark())?.baselineUid).toBe(1);
  });

  it('days without any mail: as now', async () => {
    await poll({ days: 1 });
    expect((await watermark())?.lastUid).toBe(2);
  });
});

describe('a poll hands every mail to its place and then moves the watermark', () => {
  it('alerts go to the queue of their route, the rest to one segment', async () => {
    deliver('vip one');
    deliver('stripe two');
    deliver('three');
    deliver('four');
    expect(await poll()).toMatchObject({ accepted: 4, recognised: 0, left: 0 });
    expect(services.routeQueues.sent('vip')).toHaveLength(1);
    expect(services.routeQueues.sent('stripe')).toHaveLength(1);
    expect([...services.spool.objects.values()].map((text) => text.trim().split('\n'))).toEqual([
      [expect.stringContaining('three'), expect.stringContaining('four')],
    ]);
    expect(services.ledger.entries().map(({ state }) => state)).toEqual(Array(4).fill('dispatched'));
    expect((await watermark())?.lastUid).toBe(4);
  });

  it('a mail that could not be read goes to unknown with its reason', async () => {
    mailbox.deliver(
      (uid, uidValidity) => mailOf(uid, uidValidity, { problem: 'the mail could not be read: nested too deep' }),
      clock.now(),
    );
    await poll();
    expect([...services.spool.objects.values()].join('')).toContain('the mail could not be read: nested too deep');
  });

  it('what an earlier poll took in and did not hand over, though it is gone from the mailbox by then', async () => {
    const [gone] = [deliver('vip gone'), deliver('vip there')];
    const { ledger } = services;
    const { accept } = ledger;
    ledger.accept = async (entry) => {
      if (entry.record.subject === 'vip there') throw new Error('the ledger is away');
      return await accept(entry);
    };
    await expect(poll()).rejects.toThrow('away');
    ledger.accept = accept;
    mailbox.expunge(gone.location.uid);
    await poll();
    expect(services.routeQueues.sent('vip').map(({ record }) => record.subject)).toEqual(['vip there', 'vip gone']);
    expect(ledger.entries().map(({ state }) => state)).toEqual(['dispatched', 'dispatched']);
  });

  it('pages of 500, the watermark behind each, until nothing is left', async () => {
    for (let count = 0; count < MAILS_PER_PAGE * 2 + 1; count += 1) deliver('bulk');
    expect(await poll()).toMatchObject({ accepted: 1_001, left: 0 });
    expect(services.spool.objects.size).toBe(3);
  });

  it('ends at a full page when time runs short, and goes on at the next poll', async () => {
    for (let count = 0; count < MAILS_PER_PAGE + 1; count += 1) deliver('bulk');
    expect(await poll('all', () => 29_999)).toMatchObject({ accepted: MAILS_PER_PAGE, left: 1 });
    expect((await watermark())?.lastUid).toBe(MAILS_PER_PAGE);
    expect(await poll()).toMatchObject({ accepted: 1, left: 0 });
  });

  it('leaves at once when nothing is new, and counts the poll', async () => {
    await poll();
    await poll();
    expect(await services.watermarks.get(MAILBOX)).toMatchObject({
      pollsSinceDigest: 2,
      lastPollAt: clock.now(),
      uidNext: 1,
    });
  });

  it('a page whose mails were expunged meanwhile is no failure', async () => {
    deliver('gone');
    deliver('vip stays');
    mailbox.expunge(1);
    expect(await poll()).toMatchObject({ accepted: 1 });
  });
});

describe('nothing is posted twice', () => {
  it('the same mail twice in a page is one mail', async () => {
    const copy = (uid: number, uidValidity: string) =>
      mailOf(uid, uidValidity, { subject: 'vip', messageId: '<one@example.com>' });
    mailbox.deliver(copy, clock.now());
    mailbox.deliver(copy, clock.now());
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 1 });
    expect(services.routeQueues.sent('vip')).toHaveLength(1);
  });

  it('mails without Message-ID are never taken for each other', async () => {
    const bare = (uid: number, uidValidity: string) =>
      mailOf(uid, uidValidity, { subject: 'vip', messageId: undefined });
    mailbox.deliver(bare, clock.now());
    mailbox.deliver(bare, clock.now());
    expect(await poll()).toMatchObject({ accepted: 2 });
  });

  it('a change of UIDVALIDITY rescans from two days before the last good poll, is told, and recognises what is known', async () => {
    deliver('vip old', new Date(clock.now().getTime() - 10 * DAY_MS));
    deliver('vip known');
    await poll();
    clock.advance(HOUR_MS);
    const subjectBefore = (mail: { subject: string; messageId: string | undefined }, uid: number) =>
      mailOf(uid, '2000', { subject: mail.subject, messageId: mail.messageId });
    mailbox.renumber('2000', subjectBefore);
    deliver('vip new');
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 1 });
    expect(services.routeQueues.sent('vip').map(({ record }) => record.subject)).toEqual([
      'vip old',
      'vip known',
      'vip new',
    ]);
    const restart = { reason: 'renumbered', mailbox: MAILBOX, uidValidity: '1000' };
    expect(services.journal.of('poll restarted')).toMatchObject([
      { mailbox: MAILBOX, uidValidity: '2000', rescanFromUid: 2, restart },
    ]);
    expect(await watermark()).toMatchObject({ uidValidity: '2000', restart, lastUid: 3 });
  });
});

describe('overlapping polls are harmless', () => {
  it('a poll that was overtaken ends; the other one has handed the mail over', async () => {
    deliver('vip');
    await poll('now');
    deliver('vip new');
    const stale = await services.watermarks.get(MAILBOX);
    await poll();
    const watermarks = { ...services.watermarks, get: async () => stale };
    await pollMailbox(polledMailbox(), { ...services, watermarks }, plenty);
    expect(services.journal.of('poll overtaken')).toHaveLength(1);
    expect(services.routeQueues.sent('vip')).toHaveLength(1);
    expect((await watermark())?.lastUid).toBe(2);
  });

  /** Its first look shows an earlier time; what it writes meets the present. */
  function lookingLate(first: MailboxHealth | undefined) {
    const looks = [first];
    const get = async () => (looks.length > 0 ? looks.pop() : await services.watermarks.get(MAILBOX));
    return { ...services, watermarks: { ...services.watermarks, get } };
  }

  it('of two first polls at once, the later one goes on from the baseline of the other', async () => {
    await poll('now');
    deliver('vip since then');
    await pollMailbox(polledMailbox({ startFrom: 'now' }), lookingLate(undefined), plenty);
    expect(services.journal.of('baseline set')).toHaveLength(1);
    expect(services.routeQueues.sent('vip')).toHaveLength(1);
  });

  it('of two polls that meet a new UIDVALIDITY at once, the later one goes on from where the other is', async () => {
    deliver('vip');
    await poll();
    const before = await services.watermarks.get(MAILBOX);
    mailbox.renumber('2000', ({ messageId }, uid) => mailOf(uid, '2000', { subject: 'vip', messageId }));
    await poll();
    deliver('vip since then');
    await pollMailbox(polledMailbox(), lookingLate(before), plenty);
    expect(services.journal.of('poll restarted')).toHaveLength(1);
    expect(services.routeQueues.sent('vip')).toHaveLength(2);
  });

  it('a mail that another poll accepted and did not hand over is handed over', async () => {
    const mail = deliver('vip');
    const ledger = { ...services.ledger, find: async () => new Map(), accept: services.ledger.accept };
    const once = { ...services, ledger };
    // The other poll accepts between our look and our put, and dies.
    ledger.accept = async (entry) => {
      ledger.find = services.ledger.find as typeof ledger.find;
      await services.ledger.accept(entry);
      return 'already there';
    };
    await pollMailbox(polledMailbox(), once, plenty);
    expect(services.routeQueues.sent('vip').map(({ mailId }) => mailId)).toEqual([mail.mailId]);
  });
});

describe('a failure is told and costs nothing but time', () => {
  const failure = new MailboxFailure('tls', 'mail.example.com has a certificate that has expired');

  it('is thrown with its kind, recorded with the time it began, and cleared by the next good poll', async () => {
    deliver('vip');
    await poll('now');
    const began = clock.now();
    mailbox.failNextVisit(failure);
    await expect(poll()).rejects.toBe(failure);
    clock.advance(HOUR_MS);
    mailbox.failNextVisit(failure);
    await expect(poll()).rejects.toBe(failure);
    expect((await services.watermarks.get(MAILBOX))?.lastPollError).toMatchObject({
      kind: 'tls',
      since: began,
      at: clock.now(),
    });
    expect(services.journal.of('poll failed')).toHaveLength(2);
    await poll();
    expect((await services.watermarks.get(MAILBOX))?.lastPollError).toBeUndefined();
  });

  it('the watermark stays when a queue takes nothing', async () => {
    deliver('vip');
    const routeQueues = { send: async () => Promise.reject(new Error('the queue is full')) };
    await expect(pollMailbox(polledMailbox(), { ...services, routeQueues }, plenty)).rejects.toThrow(
      'the queue is full',
    );
    expect((await watermark())?.lastUid).toBe(0);
    expect(services.ledger.entries()).toMatchObject([{ state: 'accepted' }]);
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 1 });
    expect(services.routeQueues.sent('vip')).toHaveLength(1);
  });

  it('the watermark stays when the spool takes nothing', async () => {
    deliver('other');
    const spool = { ...services.spool, write: async () => Promise.reject(new Error('the bucket is away')) };
    await expect(pollMailbox(polledMailbox(), { ...services, spool }, plenty)).rejects.toThrow('the bucket is away');
    expect((await watermark())?.lastUid).toBe(0);
    expect(services.ledger.entries()).toMatchObject([{ state: 'accepted' }]);
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 1 });
    expect(services.spool.objects.size).toBe(1);
  });

  it('a failure that cannot be recorded is not hidden by that', async () => {
    mailbox.failNextVisit(failure);
    const watermarks = {
      ...services.watermarks,
      recordPollFailure: async () => Promise.reject(new Error('DynamoDB is away')),
    };
    const thrown = await pollMailbox(polledMailbox(), { ...services, watermarks }, plenty).catch(
      (error: unknown) => error,
    );
    expect((thrown as AggregateError).errors).toEqual([failure, new Error('DynamoDB is away')]);
  });
});
