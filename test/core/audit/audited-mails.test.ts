import { beforeEach, describe, expect, it } from 'vitest';
import { MailboxFailure } from '../../../functions/core/mail/mailbox-failure.ts';
import { MAILS_PER_PAGE } from '../../../functions/core/poll/poll-limits.ts';
import { MAILBOX } from '../../test-world.ts';
import { mailOf } from '../mail/mail-of.ts';
import { type AuditWorld, auditWorld, DAY_MS, HOUR_MS, withSession } from './audit-world.ts';

const NOTHING_FOUND = { recovered: 0, staleAlerts: 0, staleUnknown: 0, left: 0, findings: [] };

let world: AuditWorld;
beforeEach(() => {
  world = auditWorld();
});

describe('a mailbox that is accounted for', () => {
  it('is told as such, fetches nothing, and the figures are kept beside the watermark', async () => {
    world.deliver('vip one', 'two', 'stripe three');
    await world.poll();
    const reader = withSession(world.mailbox);
    const report = await world.audit({ reader });
    expect(report).toEqual({ mailbox: MAILBOX, at: world.clock.now(), inMailbox: 3, accounted: 3, ...NOTHING_FOUND });
    expect(reader.asked).toEqual([]);
    expect((await world.watermarks.get(MAILBOX))?.lastAudit).toEqual(report);
    expect(world.journal.of('audit finished')).toEqual([{ kind: 'audit finished', report }]);
  });

  it('leaves what lies above the watermark to the poll', async () => {
    world.deliver('vip one');
    await world.poll();
    world.deliver('vip two');
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
  });

  it('is not begun with before a poll has set its baseline', async () => {
    world.deliver('vip one');
    const reader = { visit: () => Promise.reject(new Error('nobody has to be asked')) };
    expect(await world.audit({ reader })).toMatchObject({ inMailbox: 0, ...NOTHING_FOUND });
  });
});

describe('a mail that stands nowhere is accepted, handed over and named', () => {
  it('whose ledger entry was deleted', async () => {
    const [lost, , unknown] = world.deliver('vip lost', 'vip kept', 'unknown lost');
    await world.poll();
    world.ledger.forget(lost!.mailId);
    world.ledger.forget(unknown!.mailId);
    expect(await world.audit()).toMatchObject({
      inMailbox: 3,
      accounted: 1,
      recovered: 2,
      findings: [
        {
          kind: 'missing',
          outcome: 'sent',
          mailId: lost!.mailId,
          location: lost!.location,
          route: 'vip',
          subject: 'vip lost',
        },
        { kind: 'missing', mailId: unknown!.mailId, route: 'unknown', subject: 'unknown lost' },
      ],
    });
    expect(world.ledger.entry(lost!.mailId)).toMatchObject({ state: 'dispatched', route: 'vip' });
    expect(world.queued()).toEqual(['vip lost', 'vip kept', 'vip lost']);
    expect(
      world.journal
        .of('mail accepted')
        .map(({ entry }) => entry.record.subject)
        .slice(3),
    ).toEqual(['vip lost', 'unknown lost']);
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 3, ...NOTHING_FOUND });
  });

  it('that a watermark pushed forward by hand has passed', async () => {
    world.deliver('vip one');
    await world.poll();
    world.deliver('vip two', 'vip three', 'vip four');
    await world.pushWatermark(3);
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 1, recovered: 2 });
    expect(world.queued()).toEqual(['vip one', 'vip two', 'vip three']);
    await world.poll();
    expect(world.queued()).toEqual(['vip one', 'vip two', 'vip three', 'vip four']);
  });

  it('that a watermark pushed beyond UIDNEXT has passed', async () => {
    world.deliver('vip one');
    await world.poll();
    world.deliver('vip two');
    await world.pushWatermark(1_000);
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 1, recovered: 1 });
    expect(await world.poll()).toMatchObject({ accepted: 0 });
    expect(world.queued()).toEqual(['vip one', 'vip two']);
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 2, ...NOTHING_FOUND });
  });

  it('that was accepted and never handed over, with the watermark behind it', async () => {
    world.deliver('vip one');
    await world.poll('now');
    world.deliver('vip two');
    const routeQueues = { ...world.routeQueues, send: () => Promise.reject(new Error('the queue is away')) };
    await expect(world.poll('now', { routeQueues })).rejects.toThrow('away');
    await world.pushWatermark(2);
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 0, recovered: 1 });
    expect(world.queued()).toEqual(['vip two']);
    expect(world.journal.of('mail accepted')).toHaveLength(1);
  });

  it('that a listing of the server left out for the poll', async () => {
    world.deliver('vip one', 'vip hidden', 'vip three');
    const blind = withSession(world.mailbox, (session) => ({
      list: async (aboveUid) => (await session.list(aboveUid)).filter(({ uid }) => uid !== 2),
    }));
    await world.poll('all', { reader: blind });
    expect(world.queued()).not.toContain('vip hidden');
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 2, recovered: 1 });
    expect(world.queued()).toContain('vip hidden');
  });

  it('and marks what it accepts, so that a digest finds it even where the audit dies of it', async () => {
    const [, lost] = world.deliver('vip kept', 'vip lost', 'vip kept too');
    await world.poll();
    world.ledger.forget(lost!.mailId);
    const noReply = async (...entry: Parameters<typeof world.ledger.accept>) => {
      await world.ledger.accept(...entry);
      throw new Error('the reply was lost');
    };
    await expect(world.audit({ ledger: { ...world.ledger, accept: noReply } })).rejects.toThrow('the reply was lost');
    const marked = world.ledger.entries().filter(({ isRecovery }) => isRecovery);
    expect(marked.map(({ mailId }) => mailId)).toEqual([lost!.mailId]);
  });

  it('names the first fifty and counts all', async () => {
    const mails = world.deliver(...Array.from({ length: 60 }, (_, index) => `vip ${index}`));
    await world.poll();
    for (const { mailId } of mails) world.ledger.forget(mailId);
    const report = await world.audit();
    expect(report.recovered).toBe(60);
    expect(report.findings).toHaveLength(50);
  });
});

describe('a mail that the ledger knows by its mailId is accounted for', () => {
  const copyOf = (uid: number, uidValidity: string) =>
    mailOf(uid, uidValidity, { subject: 'vip one', messageId: '<vip one>' });

  it('where it lies twice', async () => {
    world.deliver('vip one');
    world.mailbox.deliver(copyOf, world.clock.now());
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 2, accounted: 2, ...NOTHING_FOUND });
  });

  it('where it was accepted in another folder', async () => {
    const mail = copyOf(7, '5');
    await world.ledger.accept({
      mailId: mail.mailId,
      location: { ...mail.location, mailbox: 'support/Archive' },
      route: 'vip',
      rule: 'any',
      reason: null,
      record: { from: '', to: '', subject: '', snippet: '', date: '', messageId: '<vip one>', link: null },
      acceptedAt: world.clock.now(),
    });
    await world.ledger.markDispatched(mail.mailId, world.clock.now());
    world.deliver('vip one');
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, ...NOTHING_FOUND });
    expect(world.ledger.entry(mail.mailId)).toMatchObject({ location: { mailbox: 'support/Archive', uid: 7 } });
  });
});

describe('how far back an audit looks', () => {
  const deliverOld = (daysAgo: number, subject = `vip ${daysAgo} days old`) =>
    world.mailbox.deliver(
      (uid, uidValidity) => mailOf(uid, uidValidity, { subject, messageId: `<${subject}>` }),
      new Date(world.clock.now().getTime() - daysAgo * DAY_MS),
    );

  it('is thirty days by itself, and further when it is asked to', async () => {
    const mails = [deliverOld(50), deliverOld(31), deliverOld(29), deliverOld(1)];
    await world.poll();
    for (const { mailId } of mails) world.ledger.forget(mailId);
    expect(await world.audit()).toMatchObject({ inMailbox: 2, recovered: 2 });
    expect(await world.audit({}, undefined, { days: 40 })).toMatchObject({ inMailbox: 3, recovered: 1 });
    expect(await world.audit({}, undefined, { days: 'all' })).toMatchObject({
      inMailbox: 4,
      accounted: 3,
      recovered: 1,
    });
  });

  it('takes in old mail that somebody has moved into the folder since', async () => {
    deliverOld(1);
    const moved = deliverOld(100);
    await world.poll();
    world.ledger.forget(moved.mailId);
    expect(await world.audit()).toMatchObject({ inMailbox: 2, recovered: 1 });
  });

  it('takes in mail from before accounting began that somebody has moved into the folder since', async () => {
    const before = new Date(world.clock.now().getTime() - DAY_MS);
    await world.poll('now');
    world.mailbox.deliver((uid, uidValidity) => mailOf(uid, uidValidity, { subject: 'vip moved' }), before);
    await world.poll('now');
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
  });

  it('ends at the baseline: what was there before is history', async () => {
    deliverOld(3);
    await world.poll('now');
    deliverOld(0);
    await world.poll('now');
    expect(await world.audit()).toMatchObject({ inMailbox: 1, accounted: 1, recovered: 0 });
  });

  it('is nothing where no mail came', async () => {
    deliverOld(40);
    await world.poll();
    expect(await world.audit()).toMatchObject({ inMailbox: 0, accounted: 0, ...NOTHING_FOUND });
  });
});

describe('mail that goes away meanwhile', () => {
  it('is not counted where it was expunged before it could be fetched', async () => {
    const [one, two] = world.deliver('vip one', 'vip two', 'vip three');
    await world.poll();
    world.ledger.forget(one!.mailId);
    world.ledger.forget(two!.mailId);
    const reader = withSession(world.mailbox, (session) => ({
      pages: (uids, mailsPerPage) => {
        world.mailbox.expunge(1);
        return session.pages(uids, mailsPerPage);
      },
    }));
    expect(await world.audit({ reader })).toMatchObject({ inMailbox: 2, accounted: 1, recovered: 1, left: 0 });
  });
});

describe('an audit whose time is short', () => {
  it('ends at a full page, says what it left, and the next one goes on', async () => {
    const mails = world.deliver(...Array.from({ length: MAILS_PER_PAGE + 1 }, (_, index) => `vip ${index}`));
    await world.poll();
    for (const { mailId } of mails) world.ledger.forget(mailId);
    expect(await world.audit({}, () => 59_999)).toMatchObject({
      inMailbox: MAILS_PER_PAGE + 1,
      accounted: 0,
      recovered: MAILS_PER_PAGE,
      left: 1,
    });
    expect(await world.audit()).toMatchObject({ accounted: MAILS_PER_PAGE, recovered: 1, left: 0 });
  });

  it('that hangs is given up in time for its open entries and its last words', async () => {
    world.deliver('vip one');
    await world.poll();
    const reader = withSession(world.mailbox, () => ({ list: () => new Promise(() => undefined) }));
    const audit = world.audit({ reader }, () => 40_200);
    await expect(audit).rejects.toMatchObject({ name: 'TimedOut' });
    expect(world.journal.of('audit failed')).toMatchObject([{ mailbox: MAILBOX, failure: { kind: 'timed out' } }]);
  });
});

describe('an audit that fails', () => {
  const refused = new MailboxFailure('credentials', 'mail.example.com refused the password');

  it('is told with its kind and thrown, and keeps the figures of the one before', async () => {
    world.deliver('vip one');
    await world.poll();
    const before = await world.audit();
    world.mailbox.failNextVisit(refused);
    await expect(world.audit()).rejects.toBe(refused);
    expect(world.journal.of('audit failed')).toEqual([
      { kind: 'audit failed', mailbox: MAILBOX, failure: { kind: 'credentials', text: refused.message } },
    ]);
    expect((await world.watermarks.get(MAILBOX))?.lastAudit).toEqual(before);
  });

  it('because of its mailbox has still handed over what waits too long', async () => {
    world.deliver('vip one');
    await world.poll();
    world.clock.advance(7 * HOUR_MS);
    world.mailbox.failNextVisit(refused);
    await expect(world.audit()).rejects.toBe(refused);
    expect(world.queued()).toEqual(['vip one', 'vip one']);
  });

  it('in both halves tells both', async () => {
    world.deliver('vip one');
    await world.poll();
    world.clock.advance(7 * HOUR_MS);
    world.mailbox.failNextVisit(refused);
    const routeQueues = { ...world.routeQueues, send: () => Promise.reject(new Error('the queue is away')) };
    await expect(world.audit({ routeQueues })).rejects.toThrow(/refused the password.*the queue is away/);
  });
});

describe('a server that renumbers its mailbox and keeps UIDVALIDITY, between two polls', () => {
  it('hides nothing: the email at a known uid is recovered, though UIDNEXT is the same', async () => {
    world.deliver('vip one', 'vip two', 'vip three');
    await world.poll();
    const uidNext = world.mailbox.mails().length + 1;
    world.mailbox.expunge(1);
    world.mailbox.renumber('1000', (mail, uid) => ({ ...mail, location: { ...mail.location, uid } }));
    world.deliver('vip new');
    expect(world.mailbox.mails()).toHaveLength(uidNext - 1);
    expect(await world.poll()).toMatchObject({ accepted: 0 });
    expect(await world.audit()).toMatchObject({ inMailbox: 3, accounted: 2, recovered: 1 });
    expect(world.queued()).toEqual(['vip one', 'vip two', 'vip three', 'vip new']);
    const again = withSession(world.mailbox);
    expect(await world.audit({ reader: again })).toMatchObject({ inMailbox: 3, accounted: 3, recovered: 0 });
    expect(again.asked).toEqual([]);
  });
});
