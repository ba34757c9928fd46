import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditMailbox } from '../../../functions/core/audit/audit.ts';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { MAILS_PER_PAGE, POLL_RESERVE_MS } from '../../../functions/core/poll/poll-limits.ts';
import type { StartFrom } from '../../../functions/core/poll/watermark-start.ts';
import type { NewLedgerEntry } from '../../../functions/core/records/ledger-entry.ts';
import type { PolledMailbox } from '../../../functions/core/settings/polled-mailbox.ts';
import { MAILBOX, polledMailbox } from '../../test-world.ts';
import { type AuditWorld, auditWorld, DAY_MS, HOUR_MS, plenty, withSession } from '../audit/audit-world.ts';
import { mailOf } from '../mail/mail-of.ts';

/** Time for one page, whatever it takes. */
const onePage = () => POLL_RESERVE_MS - 1;

let world: AuditWorld;
beforeEach(() => {
  world = auditWorld();
});

const restarts = () => world.journal.of('poll restarted').map(({ restart }) => restart.reason);
const subjects = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

/** Delivers what the server received so long ago. */
function deliverFrom(agoMs: number, ...names: string[]): void {
  for (const subject of names) {
    world.mailbox.deliver(
      (uid, uidValidity) => mailOf(uid, uidValidity, { subject, messageId: `<${subject}>` }),
      new Date(world.clock.now().getTime() - agoMs),
    );
  }
}

/** Emails without Message-ID that look the same but for their number. */
function deliverNameless(...numbers: number[]): void {
  for (const number of numbers) world.mailbox.deliver((uid, uidValidity) => nameless(number, uid, uidValidity), now());
}

function nameless(number: number, uid: number, uidValidity: string, mailbox = MAILBOX): Mail {
  return mailOf(uid, uidValidity, { mailbox, subject: `vip door ${number}`, messageId: undefined, snippet: 'open' });
}

const now = () => world.clock.now();

describe('a mailbox whose watermark is lost', () => {
  it.each<StartFrom>(['all', 'now', { days: 1 }])(
    'is no new mailbox: polls resume from the ledger (startFrom %j)',
    async (startFrom) => {
      await world.poll(startFrom);
      world.deliver('vip 1', 'note 2', 'vip 3');
      await world.poll(startFrom);
      world.watermarks.forget(MAILBOX);
      world.deliver('vip 4', 'note 5');

      expect(await world.poll(startFrom)).toMatchObject({ accepted: 2, recognised: 3, left: 0 });
      expect(world.queued()).toEqual(['vip 1', 'vip 3', 'vip 4']);
      expect(world.spooled().map(({ subject }) => subject)).toEqual(['note 2', 'note 5']);
      expect(restarts()).toEqual(['watermark lost']);
      expect(await world.audit()).toMatchObject({ inMailbox: 5, accounted: 5, recovered: 0 });
      expect(await world.poll(startFrom)).toMatchObject({ accepted: 0, recognised: 0 });
    },
  );

  it('takes in what a poll had accepted and not handed over', async () => {
    world.deliver('vip 1');
    await world.poll();
    world.deliver('vip 2', 'vip 3');
    const away = { send: () => Promise.reject(new Error('the queue is away')) };
    await expect(world.poll('all', { routeQueues: { ...world.routeQueues, ...away } })).rejects.toThrow('away');
    world.watermarks.forget(MAILBOX);
    await world.poll();
    expect(world.queued()).toEqual(['vip 1', 'vip 2', 'vip 3']);
  });

  it.each(['all', 'now'] as const)(
    'takes in what a first page had not accepted yet when its poll died (startFrom %s)',
    async (startFrom) => {
      await world.poll(startFrom);
      world.deliver('vip 1', 'vip 2', 'vip 3');
      const [first] = world.mailbox.mails();
      const { accept } = world.ledger;
      const killed = async (entry: NewLedgerEntry) => {
        if (entry.mailId !== first?.mailId) return await accept(entry);
        await setImmediate();
        throw new Error('killed');
      };
      await expect(world.poll(startFrom, { ledger: { ...world.ledger, accept: killed } })).rejects.toThrow('killed');
      expect(world.ledger.entries()).toHaveLength(2);
      world.watermarks.forget(MAILBOX);
      world.clock.advance(HOUR_MS);
      await world.poll(startFrom);
      expect(world.queued().toSorted()).toEqual(['vip 1', 'vip 2', 'vip 3']);
    },
  );

  it('recognises email without Message-ID that a change of UIDVALIDITY had relocated', async () => {
    deliverNameless(1);
    world.deliver('vip 2');
    deliverNameless(3);
    await world.poll();
    world.renumber('2000');
    await world.poll();
    world.watermarks.forget(MAILBOX);
    expect(await world.poll()).toMatchObject({ accepted: 0 });
    await world.watermarks.requestRescan(MAILBOX, new Date(0));
    expect(await world.poll()).toMatchObject({ accepted: 0, recognised: 3 });
    expect(world.queued()).toEqual(['vip door 1', 'vip 2', 'vip door 3']);
  });

  it('reads two pages of known email at most, and all that is new', async () => {
    world.deliver(...subjects(3 * MAILS_PER_PAGE, 'note'));
    await world.poll();
    world.watermarks.forget(MAILBOX);
    world.deliver('vip new');
    const reader = withSession(world.mailbox);
    expect(await world.poll('all', { reader })).toMatchObject({ accepted: 1, recognised: 2 * MAILS_PER_PAGE });
    expect(reader.asked).toHaveLength(2 * MAILS_PER_PAGE + 1);
    expect(await world.watermark()).toMatchObject({ baselineUid: 0, lastUid: 3 * MAILS_PER_PAGE + 1 });
  });

  it('in the middle of a backlog loses none of it', async () => {
    world.deliver(...subjects(3 * MAILS_PER_PAGE, 'vip'));
    await pollMailbox(polledMailbox({ mailbox: MAILBOX }), world.services, onePage);
    world.watermarks.forget(MAILBOX);
    await world.poll();
    expect(new Set(world.queued())).toEqual(new Set(subjects(3 * MAILS_PER_PAGE, 'vip')));
    expect(world.queued()).toHaveLength(3 * MAILS_PER_PAGE);
  });

  it('and whose server has renumbered it as well is read again from where accounting began', async () => {
    deliverFrom(9 * DAY_MS, 'vip long before');
    await world.poll('now');
    world.deliver('vip 1');
    deliverNameless(1);
    await world.poll('now');
    world.watermarks.forget(MAILBOX);
    world.clock.advance(5 * DAY_MS);
    world.renumber('2000');
    world.deliver('vip 2');
    expect(await world.poll('now')).toMatchObject({ accepted: 1, recognised: 2 });
    expect(world.queued()).toEqual(['vip 1', 'vip door 1', 'vip 2']);
    expect(restarts()).toEqual(['watermark lost']);
  });

  it('takes in nothing from before the days with which accounting began', async () => {
    world.clock.set(new Date('2026-03-02T00:05:00.000Z'));
    deliverFrom(DAY_MS + 10 * 60_000, 'vip of the day before');
    world.deliver('vip 1');
    await world.poll({ days: 1 });
    world.watermarks.forget(MAILBOX);
    await world.poll({ days: 1 });
    expect(world.queued()).toEqual(['vip 1']);
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
  });

  it('and renumbered as well, takes in what came since the poll before the first email that the ledger knows', async () => {
    await world.poll('now');
    world.clock.advance(2 * 60_000);
    world.deliver('vip 1', 'vip 2');
    world.clock.advance(10 * 60_000);
    const { ledger } = world;
    const accept: typeof ledger.accept = async (entry) => {
      if (entry.record.subject === 'vip 2') throw new Error('the ledger is away');
      return await ledger.accept(entry);
    };
    await expect(world.poll('now', { ledger: { ...ledger, accept } })).rejects.toThrow('away');
    world.watermarks.forget(MAILBOX);
    world.renumber('2000');
    await world.poll('now');
    expect(world.queued()).toEqual(['vip 1', 'vip 2']);
  });

  it('and that the ledger does not know either begins with a baseline', async () => {
    world.deliver('vip 1');
    expect(await world.poll('now')).toMatchObject({ accepted: 0 });
    expect(restarts()).toEqual([]);
    expect(world.journal.of('baseline set')).toHaveLength(1);
  });
});

describe('a mailbox that was renamed', () => {
  const renamed: PolledMailbox = {
    ...polledMailbox({ mailbox: 'support/Invoices', startFrom: 'now' }),
    formerly: [MAILBOX],
  };
  const pollRenamed = (polled = renamed) => pollMailbox(polled, world.services, plenty);
  const mailboxes = ['support/Invoices'];
  const auditRenamed = () => auditMailbox(renamed, { ...world.services, configured: { mailboxes } }, plenty);

  /** On the server: the same emails, under the same uids. */
  function rename(uidValidity = '1000'): void {
    world.mailbox.renumber(uidValidity, ({ mailId: _mailId, location: _location, ...mail }, uid) =>
      mailOf(uid, uidValidity, { ...mail, mailbox: 'support/Invoices' }),
    );
  }

  function deliverRenamed(...names: string[]): void {
    for (const subject of names) {
      world.mailbox.deliver(
        (uid, uidValidity) =>
          mailOf(uid, uidValidity, { mailbox: 'support/Invoices', subject, messageId: `<${subject}>` }),
        now(),
      );
    }
  }

  async function polledUntilRenamed(): Promise<void> {
    deliverFrom(HOUR_MS, 'vip before accounting');
    await world.poll('now');
    world.deliver('vip 1', 'note 2');
    deliverNameless(3, 4);
    await world.poll('now');
    world.clock.advance(DAY_MS);
  }

  it.each(['1000', '2000'])(
    'carries on from its former name: what came between is taken in, what is known is recognised (UIDVALIDITY %s)',
    async (uidValidity) => {
      await polledUntilRenamed();
      rename(uidValidity);
      deliverRenamed('vip between', 'note between');
      expect(await pollRenamed()).toMatchObject({ accepted: 2, recognised: 4 });
      deliverRenamed('vip after');
      await pollRenamed();
      expect(world.queued()).toEqual(['vip 1', 'vip door 3', 'vip door 4', 'vip between', 'vip after']);
      expect(restarts()).toEqual(['renamed']);
      expect(await auditRenamed()).toMatchObject({ inMailbox: 7, accounted: 7, recovered: 0 });
      const fetched = withSession(world.mailbox);
      await auditMailbox(renamed, { ...world.services, reader: fetched, configured: { mailboxes } }, plenty);
      expect(fetched.asked.length, 'the ledger knows its email by the new place').toBeLessThanOrEqual(1);
    },
  );

  it('carries on as well where the settings name the former name only after polls began under the new one', async () => {
    await polledUntilRenamed();
    rename();
    deliverRenamed('vip between');
    expect(await pollRenamed({ ...renamed, formerly: [] })).toMatchObject({ accepted: 0 });
    deliverRenamed('vip after');
    await pollRenamed({ ...renamed, formerly: [] });
    expect(world.queued()).not.toContain('vip between');

    await pollRenamed();
    expect(world.queued().toSorted()).toEqual(['vip 1', 'vip after', 'vip between', 'vip door 3', 'vip door 4']);
    await pollRenamed();
    expect(restarts()).toEqual(['renamed']);
  });

  it('tells the next digest of every poll that no digest has counted', async () => {
    await polledUntilRenamed();
    world.mailbox.failNextVisit(new MailboxFailure('folder', 'the folder does not exist'));
    await expect(world.poll('now')).rejects.toThrow('does not exist');
    rename();
    await pollRenamed();
    expect(await world.watermarks.get('support/Invoices')).toMatchObject({
      pollsSinceDigest: 4,
      failedPollsSinceDigest: 1,
    });
  });

  it('remembers when it began under its former name, and every restart since', async () => {
    await polledUntilRenamed();
    const begun = (await world.watermark())?.beganAt;
    world.clock.advance(60_000);
    rename();
    await pollRenamed();
    const renamed = async () => (await world.watermarks.get('support/Invoices'))?.watermark;
    expect((await renamed())?.beganAt).toEqual(begun);
    rename('2000');
    await pollRenamed();
    expect(restarts()).toEqual(['renamed', 'renumbered']);
    expect(await renamed()).toMatchObject({
      beganAt: begun,
      restart: { reason: 'renumbered' },
      earlierRestarts: [{ reason: 'renamed' }],
    });
  });

  it('remembers its last ten restarts', async () => {
    await world.poll('now');
    for (let change = 1; change <= 12; change += 1) {
      world.renumber(String(2_000 + change));
      await world.poll('now');
    }
    const { restart, earlierRestarts = [] } = (await world.watermark()) ?? {};
    expect(restart).toMatchObject({ uidValidity: '2011' });
    expect(earlierRestarts.map(({ uidValidity }) => uidValidity)).toEqual(
      Array.from({ length: 9 }, (_, index) => String(2_002 + index)),
    );
  });

  it('and whose watermark is lost since resumes from the former one, and is not taken for renamed once more', async () => {
    await polledUntilRenamed();
    rename();
    await pollRenamed();
    world.watermarks.forget('support/Invoices');
    deliverRenamed('vip after');
    expect(await pollRenamed()).toMatchObject({ accepted: 1, recognised: 4 });
    expect(world.queued()).toEqual(['vip 1', 'vip door 3', 'vip door 4', 'vip after']);
    await pollRenamed();
    expect(restarts()).toEqual(['renamed', 'watermark lost']);
    expect(await auditRenamed()).toMatchObject({ inMailbox: 5, accounted: 5, recovered: 0 });
  });

  it('is not taken for renamed once more either where only the next poll could write down that it was', async () => {
    await polledUntilRenamed();
    rename();
    const { watermarks } = world;
    const away = { ...watermarks, move: () => Promise.reject(new Error('the table is away')) };
    const failing = pollMailbox(renamed, { ...world.services, watermarks: away }, plenty);
    await expect(failing).rejects.toThrow('away');
    await pollRenamed();
    watermarks.forget('support/Invoices');
    await pollRenamed();
    expect(restarts()).toEqual(['renamed', 'watermark lost']);
  });

  it('and whose watermark is lost since is not taken for renamed either where its former name came to the settings late', async () => {
    await polledUntilRenamed();
    rename();
    await pollRenamed({ ...renamed, formerly: [] });
    await pollRenamed();
    world.watermarks.forget('support/Invoices');
    await pollRenamed();
    await pollRenamed();
    expect(restarts()).toEqual(['renamed', 'watermark lost']);
  });

  it('whose open entries are of the mailbox, and not of one that left the settings', async () => {
    await polledUntilRenamed();
    world.clock.advance(2 * DAY_MS);
    rename();
    await pollRenamed();
    const configured = { mailboxes: ['support/Other', 'support/Invoices'] };
    const report = await auditMailbox(renamed, { ...world.services, configured }, plenty);
    expect(report.staleAlerts + report.staleUnknown).toBe(4);
  });
});

describe('a rescan', () => {
  it('takes in email since its date, of before accounting too, and posts nothing twice', async () => {
    deliverFrom(12 * DAY_MS, 'vip too old');
    deliverFrom(3 * DAY_MS, 'vip old', 'note old');
    await world.poll('now');
    world.deliver('vip new');
    await world.poll('now');
    expect(world.queued()).toEqual(['vip new']);

    const since = new Date(now().getTime() - 7 * DAY_MS);
    await world.watermarks.requestRescan(MAILBOX, since);
    expect(await world.poll('now')).toMatchObject({ accepted: 2, recognised: 1 });
    expect(world.queued()).toEqual(['vip new', 'vip old']);
    expect(restarts()).toEqual(['rescan']);
    expect(await world.poll('now')).toMatchObject({ accepted: 0, recognised: 0 });
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 3, recovered: 0 });
  });

  it('recognises email without Message-ID that no poll has read again since the server renumbered it', async () => {
    deliverFrom(9 * DAY_MS, 'vip 1');
    world.mailbox.deliver((uid, uidValidity) => nameless(2, uid, uidValidity), new Date(now().getTime() - 9 * DAY_MS));
    await world.poll();
    world.renumber('2000');
    await world.poll();
    deliverNameless(2);
    await world.poll();
    await world.watermarks.requestRescan(MAILBOX, new Date(0));
    expect(await world.poll()).toMatchObject({ accepted: 0, recognised: 3 });
    expect(world.queued()).toEqual(['vip 1', 'vip door 2', 'vip door 2']);
    await world.watermarks.requestRescan(MAILBOX, new Date(0));
    expect(await world.poll()).toMatchObject({ accepted: 0, recognised: 3 });
  });

  it('leaves nothing out that came while it was asked for', async () => {
    await world.poll('now');
    // Moved into the folder: new here, and received long ago.
    deliverFrom(99 * DAY_MS, 'vip moved');
    await world.watermarks.requestRescan(MAILBOX, new Date(now().getTime() - DAY_MS));
    await world.poll('now');
    expect(world.queued()).toEqual(['vip moved']);
  });

  it('reads from the earlier of two dates, once', async () => {
    deliverFrom(5 * DAY_MS, 'vip five days old');
    await world.poll('now');
    await world.watermarks.requestRescan(MAILBOX, new Date(now().getTime() - 7 * DAY_MS));
    await world.watermarks.requestRescan(MAILBOX, new Date(now().getTime() - DAY_MS));
    await world.poll('now');
    await world.poll('now');
    expect(world.queued()).toEqual(['vip five days old']);
    expect(restarts()).toEqual(['rescan']);
  });
});

describe('a change of UIDVALIDITY', () => {
  it('takes in no email from before accounting began, however young it is', async () => {
    deliverFrom(30 * DAY_MS, 'vip of last month');
    deliverFrom(DAY_MS, 'vip of yesterday');
    deliverFrom(HOUR_MS, ...subjects(2 * MAILS_PER_PAGE, 'vip of today'));
    await world.poll('now');
    world.clock.advance(28 * 60_000);
    world.deliver('vip new');
    await world.poll('now');
    world.renumber('2000');
    world.deliver('vip newer');

    expect(await world.poll('now')).toMatchObject({ accepted: 1, recognised: 1, left: 0 });
    expect(world.queued()).toEqual(['vip new', 'vip newer']);
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 2, recovered: 0 });
    expect(world.queued()).toEqual(['vip new', 'vip newer']);
  });

  it('takes in the older email that came into the folder since, by a move', async () => {
    await world.poll('now');
    world.clock.advance(HOUR_MS);
    world.renumber('2000');
    await world.poll('now');
    deliverFrom(30 * DAY_MS, 'vip moved');
    await world.poll('now');
    expect(world.queued()).toEqual(['vip moved']);
  });

  it('posts email without Message-ID once, and what only looks like it as well', async () => {
    deliverNameless(1, 1, 2);
    await world.poll();
    world.renumber('2000');
    deliverNameless(1);
    expect(await world.poll()).toMatchObject({ accepted: 1, recognised: 3 });
    expect(world.queued()).toEqual(['vip door 1', 'vip door 1', 'vip door 2', 'vip door 1']);
    expect(await world.audit()).toMatchObject({ inMailbox: 4, accounted: 4, recovered: 0 });
  });

  it('takes no new email without Message-ID for one that was gone before the change', async () => {
    deliverNameless(1);
    await world.poll();
    world.mailbox.expunge(1);
    world.renumber('2000');
    await world.poll();
    deliverNameless(1);
    expect(await world.poll()).toMatchObject({ accepted: 1, recognised: 0 });
    expect(world.queued()).toEqual(['vip door 1', 'vip door 1']);
  });

  it('recognises email without Message-ID also where the poll after it dies and the next one reads the page again', async () => {
    deliverNameless(1, 2);
    await world.poll();
    world.renumber('2000');
    const overrun = { ...world.watermarks, move: world.watermarks.move };
    let moves = 0;
    overrun.move = (from, to) => {
      moves += 1;
      return moves === 2 ? Promise.reject(new Error('killed')) : world.watermarks.move(from, to);
    };
    await expect(world.poll('all', { watermarks: overrun })).rejects.toThrow('killed');
    expect(await world.poll()).toMatchObject({ accepted: 0, recognised: 2 });
    expect(world.queued()).toEqual(['vip door 1', 'vip door 2']);
  });

  it.each(['find', 'entriesAboveUid', 'relocate'] as const)(
    'recognises email without Message-ID once where another poll is faster from its %s on',
    async (method) => {
      deliverNameless(1, 1, 2);
      await world.poll();
      world.renumber('2000');
      const { ledger } = world;
      let calls = 0;
      const overtaken = async () => {
        calls += 1;
        if (calls === 1) await world.poll();
      };
      const slow: Partial<typeof ledger> = {
        async find(mailIds) {
          const found = await ledger.find(mailIds);
          if (method === 'find') await overtaken();
          return found;
        },
        async *entriesAboveUid(mailbox, uidValidity, uid) {
          // All that the ledger has under the old numbers.
          if (method === 'entriesAboveUid' && uidValidity === '1000' && uid === 0) await overtaken();
          yield* ledger.entriesAboveUid(mailbox, uidValidity, uid);
        },
        async relocate(...places) {
          if (method === 'relocate') await overtaken();
          return await ledger.relocate(...places);
        },
      };
      await world.poll('all', { ledger: { ...ledger, ...slow } });
      expect(calls).toBeGreaterThanOrEqual(1);
      expect(world.queued()).toEqual(['vip door 1', 'vip door 1', 'vip door 2']);
      expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 3, recovered: 0 });
    },
  );

  it.each([0, 5])('recognises email without Message-ID that was renumbered twice (%i days old)', async (days) => {
    deliverNameless(1);
    await world.poll();
    world.clock.advance(days * DAY_MS);
    await world.poll();
    for (const uidValidity of ['2000', '3000']) {
      world.renumber(uidValidity);
      if (uidValidity === '2000') await world.poll();
    }
    expect(await world.audit()).toMatchObject({ recovered: 0 });
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
    expect(world.ledger.entries()).toHaveLength(1);
  });

  it('hands over email without Message-ID that a poll had accepted and not handed over', async () => {
    await world.poll();
    deliverNameless(1);
    const away = { send: () => Promise.reject(new Error('the queue is away')) };
    await expect(world.poll('all', { routeQueues: { ...world.routeQueues, ...away } })).rejects.toThrow('away');
    world.renumber('2000');
    await world.poll();
    expect(world.queued()).toEqual(['vip door 1']);
  });
});
