import { beforeEach, describe, expect, it } from 'vitest';
import type { MailReader, MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from '../../../functions/core/poll/poll-limits.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { mailOf } from '../mail/mail-of.ts';

const MAILBOX = 'support/INBOX';
const DAY_MS = 24 * 3_600_000;
const HIGHEST_UID = 2 ** 32 - 1;
const plenty = () => 300_000;
/** Time for one page, whatever it takes. */
const onePage = () => POLL_RESERVE_MS - 1;

type Mailbox = ReturnType<typeof memoryMailbox>;

function world() {
  const { clock, services, watermark, queued } = testWorld();
  const poll = (reader: MailReader, startFrom: StartFrom = 'all', remainingMs = plenty) =>
    pollMailbox(polledMailbox({ startFrom }), { ...services, reader }, remainingMs);
  const health = () => services.watermarks.get(MAILBOX);
  return { clock, services, poll, health, watermark, posted: () => queued('vip') };
}

let { clock, services, poll, health, watermark, posted } = world();
beforeEach(() => {
  ({ clock, services, poll, health, watermark, posted } = world());
});

/** Delivers emails whose subject is also their identity, like a Message-ID. */
function deliver(mailbox: Mailbox, subjects: readonly string[], receivedAt = clock.now()): void {
  for (const subject of subjects) {
    mailbox.deliver((uid, uidValidity) => mailOf(uid, uidValidity, { subject, messageId: `<${subject}>` }), receivedAt);
  }
}

/** The server gives the same email new numbers. */
function renumber(mailbox: Mailbox, uidValidity: string): void {
  mailbox.renumber(uidValidity, (mail, uid) =>
    mailOf(uid, uidValidity, { subject: mail.subject, messageId: mail.messageId }),
  );
}

/** The same mailbox through a session of which a part is different. */
function withSession(mailbox: Mailbox, changed: (session: MailSession) => Partial<MailSession>): MailReader {
  return {
    visit: (folder, visit) => mailbox.visit(folder, (session) => visit({ ...session, ...changed(session) })),
  };
}

function withUidNext(mailbox: Mailbox, uidNext: number): MailReader {
  return withSession(mailbox, (session) => ({ status: async () => ({ ...(await session.status()), uidNext }) }));
}

const subjectsOf = (count: number, name = 'vip') => Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

describe('UIDNEXT below the watermark under one UIDVALIDITY', () => {
  it('a mailbox restored from a backup gives its uids again: what is new at them is posted, what is known is not', async () => {
    const before = memoryMailbox();
    deliver(before, subjectsOf(5));
    await poll(before);
    clock.advance(DAY_MS);

    const restored = memoryMailbox();
    deliver(restored, subjectsOf(2), new Date(clock.now().getTime() - DAY_MS));
    deliver(restored, ['vip after the restore', 'vip still later']);
    expect(await poll(restored)).toMatchObject({ accepted: 2, recognised: 2, left: 0 });
    expect(posted().slice(5)).toEqual(['vip after the restore', 'vip still later']);
    expect(await watermark()).toMatchObject({ uidValidity: '1000', lastUid: 4 });
  });

  it('is told, and to the digest as well', async () => {
    const before = memoryMailbox();
    deliver(before, subjectsOf(5));
    await poll(before);
    await poll(memoryMailbox());
    const restart = { reason: 'uids reused', mailbox: MAILBOX, uidValidity: '1000' };
    expect(services.journal.of('poll restarted')).toMatchObject([
      { mailbox: MAILBOX, uidValidity: '1000', rescanFromUid: 1, restart },
    ]);
    expect(await watermark()).toMatchObject({ restart: { ...restart, at: clock.now() } });
  });

  it('an answer that is old brings no rescan, and the mail that is there is read', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(5));
    await poll(mailbox);
    expect(await poll(withUidNext(mailbox, 4))).toMatchObject({ accepted: 0, recognised: 0 });
    deliver(mailbox, ['vip new']);
    expect(await poll(withUidNext(mailbox, 4))).toMatchObject({ accepted: 1, recognised: 0 });
    expect(services.journal.of('poll restarted')).toEqual([]);
  });

  it('uids up to the highest there can be are read once', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(1));
    await poll(mailbox);
    const mails = [HIGHEST_UID - 9, HIGHEST_UID - 1, HIGHEST_UID].map((uid) => mailOf(uid, '1000', { subject: 'vip' }));
    const full = withSession(mailbox, () => ({
      status: async () => ({ uidValidity: '1000', uidNext: HIGHEST_UID + 1 }),
      list: async (uid) =>
        mails
          .filter(({ location }) => location.uid > uid)
          .map(({ location, receivedAt, fingerprint }) => ({ uid: location.uid, receivedAt, fingerprint })),
      async *pages(uids) {
        yield { uids, mails: mails.filter(({ location }) => uids.includes(location.uid)) };
      },
    }));
    expect(await poll(full)).toMatchObject({ accepted: 3, left: 0 });
    expect(await watermark()).toMatchObject({ lastUid: HIGHEST_UID });
    expect(await poll(full)).toMatchObject({ accepted: 0, recognised: 0 });
  });
});

it('a mailbox that is renumbered while its page is read is not taken for one whose email was expunged', async () => {
  const mailbox = memoryMailbox();
  deliver(mailbox, ['vip of years ago'], new Date('2019-05-05T05:05:05Z'));
  const renumberedMeanwhile = withSession(mailbox, (session) => ({
    pages(uids, mailsPerPage) {
      mailbox.renumber('2000', (mail) => mailOf(7, '2000', { subject: mail.subject, messageId: mail.messageId }));
      return session.pages(uids, mailsPerPage);
    },
  }));
  await expect(poll(renumberedMeanwhile)).rejects.toMatchObject({ kind: 'uidValidity changed' });
  clock.advance(9 * DAY_MS);
  await poll(mailbox);
  expect(posted()).toEqual(['vip of years ago']);
});

describe('a change of UIDVALIDITY while a backlog is being worked off loses none of it', () => {
  const long = MAILS_PER_PAGE * 3;

  it('startFrom all: mail of years ago that no poll had reached', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(long), new Date('2019-05-05T05:05:05Z'));
    expect(await poll(mailbox, 'all', onePage)).toMatchObject({ accepted: MAILS_PER_PAGE });
    renumber(mailbox, '2000');
    expect(await poll(mailbox)).toMatchObject({ accepted: long - MAILS_PER_PAGE, recognised: MAILS_PER_PAGE, left: 0 });
    expect(new Set(posted()).size).toBe(long);
    expect(posted()).toHaveLength(long);
  });

  it('startFrom days: all of those days', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, ['vip history'], new Date(clock.now().getTime() - 40 * DAY_MS));
    deliver(mailbox, subjectsOf(long), new Date(clock.now().getTime() - 29 * DAY_MS));
    await poll(mailbox, { days: 30 }, onePage);
    renumber(mailbox, '2000');
    await poll(mailbox, { days: 30 });
    expect(posted()).toHaveLength(long);
    expect(posted()).not.toContain('vip history');
  });

  it('and changes again before the rescan is through', async () => {
    const mailbox = memoryMailbox();
    await poll(mailbox);
    deliver(mailbox, subjectsOf(long));
    clock.advance(21 * DAY_MS);
    for (const uidValidity of ['2000', '3000', '4000']) {
      renumber(mailbox, uidValidity);
      await poll(mailbox, 'all', onePage);
      clock.advance(7 * DAY_MS);
    }
    while ((await poll(mailbox, 'all', onePage)).left > 0);
    expect(new Set(posted())).toEqual(new Set(subjectsOf(long)));
    expect(posted()).toHaveLength(long);
  });

  it('and every poll since the baseline has failed', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(3), new Date('2019-05-05T05:05:05Z'));
    const queueAway = { ...services, routeQueues: { send: () => Promise.reject(new Error('the queue is away')) } };
    await expect(pollMailbox(polledMailbox(), { ...queueAway, reader: mailbox }, plenty)).rejects.toThrow('away');
    renumber(mailbox, '2000');
    await poll(mailbox);
    expect(posted()).toEqual(subjectsOf(3));
  });
});

describe('what a poll took in and could not hand over, before its uid became void', () => {
  it('is accepted once, whenever it is handed over', async () => {
    const mailbox = memoryMailbox();
    await poll(mailbox);
    deliver(mailbox, subjectsOf(2));
    const queueAway = { ...services, routeQueues: { send: () => Promise.reject(new Error('the queue is away')) } };
    await expect(pollMailbox(polledMailbox(), { ...queueAway, reader: mailbox }, plenty)).rejects.toThrow('away');
    clock.advance(DAY_MS);
    renumber(mailbox, '2000');
    await poll(mailbox);
    expect(posted()).toEqual(subjectsOf(2));
    expect(await watermark()).toMatchObject({ uidValidity: '2000' });
    expect(services.ledger.entries()).toHaveLength(2);
  });
});

describe('the time that a rescan begins at', () => {
  it('moves with a poll that leaves nothing, and stays with one that does', async () => {
    const mailbox = memoryMailbox();
    await poll(mailbox);
    const emptyAt = clock.now();
    clock.advance(DAY_MS);
    deliver(mailbox, subjectsOf(MAILS_PER_PAGE + 1));
    expect(await poll(mailbox, 'all', onePage)).toMatchObject({ left: 1 });
    expect(await health()).toMatchObject({
      lastCompletePollAt: emptyAt,
      lastPollAt: clock.now(),
      pollsSinceDigest: 2,
    });
    expect(await poll(mailbox, 'all', onePage)).toMatchObject({ left: 0 });
    expect(await health()).toMatchObject({ lastCompletePollAt: clock.now(), pollsSinceDigest: 3 });
  });

  it('is none as long as no poll has left nothing', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(MAILS_PER_PAGE + 1));
    await poll(mailbox, 'all', onePage);
    expect(await health()).toMatchObject({
      lastCompletePollAt: undefined,
      lastPollAt: clock.now(),
      pollsSinceDigest: 1,
    });
  });

  it('stays with a poll that was overtaken: the other one may still be at it', async () => {
    const mailbox = memoryMailbox();
    await poll(mailbox);
    const emptyAt = clock.now();
    const stale = await health();
    deliver(mailbox, subjectsOf(2));
    clock.advance(DAY_MS);
    const first = { ...stale!.watermark!, lastUid: 1 };
    await services.watermarks.move(stale!.watermark!, first);
    const overtaken = { ...services.watermarks, get: async () => stale };
    await pollMailbox(polledMailbox(), { ...services, watermarks: overtaken, reader: mailbox }, plenty);
    expect(services.journal.of('poll overtaken')).toHaveLength(1);
    expect(await health()).toMatchObject({ lastCompletePollAt: emptyAt, lastPollAt: clock.now() });
  });

  it('a page at the end of which mail was expunged leaves nothing', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(3));
    const expunging = withSession(mailbox, (session) => ({
      async list(uid) {
        const listed = await session.list(uid);
        mailbox.expunge(3);
        return listed;
      },
    }));
    expect(await poll(expunging)).toMatchObject({ accepted: 2, left: 0 });
    expect(await health()).toMatchObject({ lastCompletePollAt: clock.now(), watermark: { lastUid: 3 } });
  });
});

describe('uids of two UIDVALIDITYs are never mixed', () => {
  it('a page read under another one than the watermark: the poll fails, and nothing is moved or handed over', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(3));
    const changing = withSession(mailbox, (session) => ({
      async *pages(uids, mailsPerPage) {
        renumber(mailbox, '2000');
        yield* session.pages(uids, mailsPerPage);
      },
    }));
    await expect(poll(changing)).rejects.toMatchObject({ kind: 'uidValidity changed' });
    expect(await watermark()).toMatchObject({ uidValidity: '1000', lastUid: 0 });
    expect(posted()).toEqual([]);
    expect(await poll(mailbox)).toMatchObject({ accepted: 3 });
    expect(posted()).toHaveLength(3);
  });

  it('a watermark that another poll has just set under another one: the poll fails', async () => {
    const mailbox = memoryMailbox();
    deliver(mailbox, subjectsOf(3));
    let isInSession = false;
    const late = withSession(mailbox, () => ({
      async status() {
        isInSession = true;
        return { uidValidity: '900', uidNext: 10 };
      },
    }));
    const overtaken = {
      ...services.watermarks,
      get: async () => {
        const stored = await services.watermarks.get(MAILBOX);
        if (!stored && isInSession) await poll(mailbox, 'now');
        return stored;
      },
    };
    const failed = pollMailbox(polledMailbox(), { ...services, watermarks: overtaken, reader: late }, plenty);
    await expect(failed).rejects.toMatchObject({ kind: 'uidValidity changed' });
    expect(await watermark()).toMatchObject({ uidValidity: '1000', lastUid: 3 });
  });
});
