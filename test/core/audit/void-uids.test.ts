import { beforeEach, describe, expect, it } from 'vitest';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { mailOf } from '../mail/mail-of.ts';
import { type AuditWorld, auditWorld, DAY_MS, HOUR_MS, withSession } from './audit-world.ts';

let world: AuditWorld;
beforeEach(() => {
  world = auditWorld();
});

/** Mail of this many days ago, with the subject as its identity, or without one. */
function deliverOld(daysAgo: number, subject: string, changes: { messageId?: undefined } = {}) {
  return world.mailbox.deliver(
    (uid, uidValidity) =>
      mailOf(uid, uidValidity, { subject, snippet: `Text of ${subject}`, messageId: `<${subject}>`, ...changes }),
    new Date(world.clock.now().getTime() - daysAgo * DAY_MS),
  );
}

async function pollForDays(days: number) {
  for (let day = 0; day < days; day += 1) {
    world.clock.advance(DAY_MS);
    await world.poll();
  }
}

/** Lets everything that was handed over be delivered. */
async function settleAll() {
  for (const { mailId } of world.ledger.entries()) await world.ledger.settle(mailId, { at: world.clock.now() });
}

describe('UIDVALIDITY has changed and the poll has read anew', () => {
  beforeEach(async () => {
    deliverOld(0, 'vip ten days old');
    await world.poll();
    await pollForDays(10);
    deliverOld(0, 'vip new');
    await world.poll();
    await settleAll();
  });

  it('mail that the ledger knows from before is accounted for, and fetched once only', async () => {
    world.renumber('2000');
    expect(await world.poll()).toMatchObject({ accepted: 0, recognised: 1 });
    const first = withSession(world.mailbox);
    expect(await world.audit({ reader: first })).toMatchObject({ inMailbox: 2, accounted: 2, recovered: 0 });
    expect(first.asked, 'the poll has relocated what it read again').toEqual([1]);
    const second = withSession(world.mailbox);
    expect(await world.audit({ reader: second })).toMatchObject({ inMailbox: 2, accounted: 2, recovered: 0 });
    expect(second.asked).toEqual([]);
    expect(world.queued()).toEqual(['vip ten days old', 'vip new']);
  });

  it('mail that nobody knows is recovered, older than what the poll has read anew as well', async () => {
    world.ledger.forget(world.ledger.entries()[0]!.mailId);
    world.renumber('2000');
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 1, recovered: 1 });
    expect(world.queued().slice(2)).toEqual(['vip ten days old']);
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 2, recovered: 0, findings: [] });
  });

  it('and changes again: the same mail is known a third time', async () => {
    for (const uidValidity of ['2000', '3000', '4000']) {
      world.renumber(uidValidity);
      await world.poll();
      expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 2, recovered: 0 });
    }
  });

  it('a mail that lies there twice is known at one place and by its mailId at the other', async () => {
    deliverOld(0, 'vip new');
    await world.poll();
    world.renumber('2000');
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 3, recovered: 0 });
    expect(world.ledger.entries().filter(({ copyOf }) => copyOf === undefined)).toHaveLength(2);
  });
});

describe('mail without a Message-ID, once UIDVALIDITY has changed', () => {
  const nameless = { messageId: undefined };

  it('is told by what its entry shows, where the poll has not read it anew', async () => {
    deliverOld(0, 'vip scan', nameless);
    deliverOld(0, 'vip scan', nameless);
    deliverOld(0, 'fax', nameless);
    await world.poll();
    await settleAll();
    await pollForDays(5);
    world.renumber('2000');
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 3, recovered: 0 });
    const second = withSession(world.mailbox);
    expect(await world.audit({ reader: second })).toMatchObject({ accounted: 3 });
    expect(second.asked).toEqual([]);
    expect(world.queued()).toEqual(['vip scan', 'vip scan']);
  });

  it('is recovered where more of it lies there than entries stand for it', async () => {
    const [lost] = [deliverOld(0, 'vip scan', nameless), deliverOld(0, 'vip scan', nameless)];
    await world.poll();
    await settleAll();
    world.ledger.forget(lost!.mailId);
    await pollForDays(5);
    world.renumber('2000');
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 1, recovered: 1 });
    expect(world.queued()).toEqual(['vip scan', 'vip scan', 'vip scan']);
  });
});

describe('UIDVALIDITY has changed and no poll has run since', () => {
  beforeEach(async () => {
    deliverOld(0, 'vip known');
    deliverOld(0, 'vip lost');
    await world.poll();
    await pollForDays(5);
    world.ledger.forget(world.ledger.entries()[1]!.mailId);
    await settleAll();
  });

  it('the audit looks at what lies before the mail where the poll will begin, and leaves the rest to it', async () => {
    world.renumber('2000');
    deliverOld(0, 'vip new');
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 1, recovered: 1 });
    expect(await world.watermark()).toMatchObject({ uidValidity: '1000' });
    expect(await world.poll()).toMatchObject({ accepted: 1 });
    expect(world.queued().slice(2)).toEqual(['vip lost', 'vip new']);
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 3, recovered: 0, findings: [] });
  });

  it('an outage longer than what a poll reads anew loses nothing, whenever mail came and whatever its date', async () => {
    world.renumber('2000');
    for (let day = 0; day < 20; day += 1) {
      world.clock.advance(DAY_MS);
      deliverOld(0, `vip of day ${day}`);
      // Moved into the folder by hand, with the date at which it once came.
      if (day % 5 === 0) deliverOld(day + 8, `vip moved on day ${day}`);
      world.mailbox.failNextVisit(new MailboxFailure('connection', 'the server is away'));
      await expect(world.poll()).rejects.toThrow('away');
    }
    await world.poll();
    await world.audit();
    const delivered = world.mailbox.mails().map(({ subject }) => subject);
    expect(new Set(world.queued())).toEqual(new Set(delivered));
    expect(world.queued().filter((subject) => subject !== 'vip lost')).toHaveLength(delivered.length - 1);
    expect(await world.audit()).toMatchObject({ recovered: 0, findings: [] });
  });
});

describe('what was there before the baseline', () => {
  it('stays history when UIDVALIDITY changes', async () => {
    deliverOld(12, 'vip history');
    await world.poll('now');
    for (let day = 0; day < 5; day += 1) {
      deliverOld(0, `vip ${day}`);
      await world.poll('now');
      world.clock.advance(DAY_MS);
    }
    world.renumber('2000');
    await world.poll('now');
    expect(await world.audit()).toMatchObject({ inMailbox: 5, accounted: 5, recovered: 0 });
    expect(world.queued()).not.toContain('vip history');
  });

  it('may give its uid to an email that is new, where the server keeps UIDVALIDITY', async () => {
    deliverOld(12, 'vip history');
    deliverOld(0, 'vip just before');
    await world.poll('now');
    world.mailbox.expunge(2);
    world.mailbox.renumber('1000', (mail) => mail);
    world.clock.advance(HOUR_MS);
    deliverOld(0, 'vip new');
    await world.poll('now');
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 0, recovered: 1 });
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
    expect(world.queued()).toEqual(['vip new']);
  });
});

describe('a mailbox restored from a backup, which gives its uids a second time', () => {
  it('is not taken for known by the lines of the mail that lay at them before', async () => {
    deliverOld(0, 'vip one');
    deliverOld(0, 'vip two');
    await world.poll();
    world.clock.advance(HOUR_MS);
    const restored = memoryMailbox();
    restored.deliver(
      (uid, uidValidity) => mailOf(uid, uidValidity, { subject: 'vip other', messageId: '<vip other>' }),
      world.clock.now(),
    );
    await world.poll('all', { reader: restored });
    expect(world.queued()).toEqual(['vip one', 'vip two', 'vip other']);
    world.ledger.forget(restored.mails()[0]!.mailId);
    expect(await world.audit({ reader: restored })).toMatchObject({ inMailbox: 1, accounted: 0, recovered: 1 });
    expect(await world.audit({ reader: restored })).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
  });
});

it('UIDVALIDITY that changes in the middle of an audit ends it, and the next one is right', async () => {
  const [lost] = [deliverOld(0, 'vip one'), deliverOld(0, 'vip two')];
  await world.poll();
  world.ledger.forget(lost!.mailId);
  const reader = withSession(world.mailbox, (session) => ({
    async *pages(uids, mailsPerPage) {
      world.renumber('2000');
      yield* session.pages(uids, mailsPerPage);
    },
  }));
  await expect(world.audit({ reader })).rejects.toMatchObject({ kind: 'uidValidity changed' });
  expect(world.queued()).toHaveLength(2);
  await world.poll();
  await world.audit();
  expect(world.queued()).toEqual(['vip one', 'vip two', 'vip one']);
});
