import { beforeEach, describe, expect, it } from 'vitest';
import { auditMailbox } from '../../../functions/core/audit/audit.ts';
import { memoryMailbox } from '../../fakes/memory-mailbox.ts';
import { MAILBOX, polledMailbox } from '../../test-world.ts';
import { type AuditWorld, auditWorld, HOUR_MS, plenty } from './audit-world.ts';

let world: AuditWorld;
beforeEach(() => {
  world = auditWorld();
});

const failure = (at: Date) => ({ kind: 'target', status: 403, code: '50001', text: 'Missing Access', at }) as const;

describe('an alert that has been open for more than six hours', () => {
  it('whose queue was purged goes to its queue again, and is named', async () => {
    const [mail] = world.deliver('vip purged');
    await world.poll();
    world.clock.advance(6 * HOUR_MS + 1);
    expect(await world.audit()).toMatchObject({
      inMailbox: 1,
      accounted: 1,
      recovered: 0,
      staleAlerts: 1,
      staleUnknown: 0,
      findings: [{ kind: 'stale alert', outcome: 'sent', mailId: mail!.mailId, route: 'vip', subject: 'vip purged' }],
    });
    expect(world.queued()).toEqual(['vip purged', 'vip purged']);
    expect(world.ledger.entry(mail!.mailId)).toMatchObject({ dispatchedAt: world.clock.now() });
    expect(await world.audit()).toMatchObject({ staleAlerts: 0, findings: [] });
  });

  it('is not stale a moment earlier, nor where it was put back meanwhile', async () => {
    const [, redriven] = world.deliver('vip one', 'vip two');
    await world.poll();
    world.clock.advance(3 * HOUR_MS);
    await world.ledger.markDispatched(redriven!.mailId, world.clock.now());
    world.clock.advance(3 * HOUR_MS);
    expect(await world.audit()).toMatchObject({ staleAlerts: 0 });
    world.clock.advance(1);
    expect(await world.audit()).toMatchObject({ staleAlerts: 1 });
  });

  it('is told and left alone where it is dead: it waits for a person', async () => {
    const [mail] = world.deliver('vip dead');
    await world.poll();
    await world.ledger.recordDead(mail!.mailId, failure(world.clock.now()));
    world.clock.advance(7 * HOUR_MS);
    const told = { staleAlerts: 1, findings: [{ kind: 'stale alert', outcome: 'dead', mailId: mail!.mailId }] };
    expect(await world.audit()).toMatchObject(told);
    expect(world.queued()).toEqual(['vip dead']);
    expect(world.ledger.entry(mail!.mailId)).toMatchObject({ state: 'dead' });
    expect(await world.audit()).toMatchObject(told);
  });

  it('is left alone where it was settled since the index of open entries was written', async () => {
    const [mail] = world.deliver('vip settled');
    await world.poll();
    const open = world.ledger.entries();
    await world.ledger.settle(mail!.mailId, { at: world.clock.now() });
    world.clock.advance(7 * HOUR_MS);
    const ledger = {
      ...world.ledger,
      async *allOpenEntries() {
        yield* open;
      },
    };
    expect(await world.audit({ ledger })).toMatchObject({ staleAlerts: 0, findings: [] });
    expect(world.queued()).toEqual(['vip settled']);
  });

  it('goes to the digest where its route is no longer in the settings, dead or not', async () => {
    const [waiting, dead] = world.deliver('vip waiting', 'vip dead');
    await world.poll();
    await world.ledger.recordDead(dead!.mailId, failure(world.clock.now()));
    world.clock.advance(7 * HOUR_MS);
    const routes = ['stripe'];
    expect(await world.audit({ routes })).toMatchObject({
      staleAlerts: 2,
      findings: [waiting, dead].map((mail) => ({
        kind: 'stale alert',
        outcome: 'sent',
        mailId: mail!.mailId,
        route: 'unknown',
      })),
    });
    const reason = 'an alert of vip, a route that is no longer in the settings';
    expect(world.spooled()).toMatchObject([
      { mailId: waiting!.mailId, subject: 'vip waiting', reason },
      { mailId: dead!.mailId, subject: 'vip dead', reason },
    ]);
    expect(world.ledger.entry(dead!.mailId)).toMatchObject({ state: 'dispatched', route: 'vip' });
    world.clock.advance(7 * HOUR_MS);
    expect(await world.audit({ routes })).toMatchObject({
      staleAlerts: 2,
      findings: [{ outcome: 'in the spool' }, { outcome: 'in the spool' }],
    });
    expect(world.spooled()).toHaveLength(2);
  });
});

describe('unknown mail that has been open for more than twenty-six hours', () => {
  it('whose segment was deleted goes to a segment again, and is named', async () => {
    const [mail] = world.deliver('unknown one');
    await world.poll();
    world.loseSegments();
    world.clock.advance(26 * HOUR_MS);
    expect(await world.audit()).toMatchObject({ staleUnknown: 0 });
    world.clock.advance(1);
    expect(await world.audit()).toMatchObject({
      staleAlerts: 0,
      staleUnknown: 1,
      findings: [{ kind: 'stale unknown', outcome: 'sent', mailId: mail!.mailId, route: 'unknown' }],
    });
    expect(world.spooled()).toMatchObject([
      { mailId: mail!.mailId, subject: 'unknown one', reason: 'no rule matched' },
    ]);
    expect(await world.audit()).toMatchObject({ staleUnknown: 0, findings: [] });
  });

  it('is told and not written again where it lies in the spool: it waits for a digest', async () => {
    world.deliver('unknown one');
    await world.poll();
    const before = new Map(world.spool.objects);
    world.clock.advance(27 * HOUR_MS);
    expect(await world.audit()).toMatchObject({ staleUnknown: 1, findings: [{ outcome: 'in the spool' }] });
    expect(world.spool.objects).toEqual(before);
  });

  it('is written again where its line is damaged', async () => {
    const [mail] = world.deliver('unknown one');
    await world.poll();
    for (const [key, text] of world.spool.objects) await world.spool.write({ key, text: text.slice(0, -9) });
    world.clock.advance(27 * HOUR_MS);
    expect(await world.audit()).toMatchObject({ staleUnknown: 1, findings: [{ outcome: 'sent' }] });
    expect(world.spooled()).toMatchObject([{ mailId: mail!.mailId }]);
  });
});

describe('several mailboxes', () => {
  const other = 'sales/INBOX';
  const configured = { mailboxes: [other, MAILBOX] };
  const auditOf = (mailbox: string, named = configured) =>
    auditMailbox(
      polledMailbox({ mailbox: mailbox }),
      { ...world.services, configured: named, reader: memoryMailbox() },
      plenty,
    );

  it('each audit answers for the entries of its own', async () => {
    world.deliver('vip one');
    await world.poll();
    world.clock.advance(7 * HOUR_MS);
    expect(await auditOf(other)).toMatchObject({ staleAlerts: 0 });
    expect(await auditOf(MAILBOX)).toMatchObject({ staleAlerts: 1 });
  });

  it('the first one also answers for mailboxes that are no longer polled', async () => {
    world.deliver('vip one');
    await world.poll();
    world.clock.advance(7 * HOUR_MS);
    const without = { mailboxes: ['sales/Orders', other] };
    expect(await auditOf(other, without)).toMatchObject({ staleAlerts: 0 });
    expect(await auditOf('sales/Orders', without)).toMatchObject({
      staleAlerts: 1,
      findings: [{ outcome: 'sent', location: { mailbox: MAILBOX } }],
    });
  });
});

it('open entries that time does not suffice for are counted as left, and told by the next audit', async () => {
  world.deliver('vip one', 'vip two', 'unknown');
  await world.poll();
  world.clock.advance(27 * HOUR_MS);
  expect(await world.audit({}, () => 29_999)).toMatchObject({ left: 3, staleAlerts: 0, findings: [] });
  expect(await world.audit()).toMatchObject({ left: 0, staleAlerts: 2, staleUnknown: 1 });
});

it('more stale alerts than a page holds are all handed over', async () => {
  world.deliver(...Array.from({ length: 1_201 }, (_, index) => `vip ${index}`));
  await world.poll();
  world.clock.advance(7 * HOUR_MS);
  expect(await world.audit()).toMatchObject({ staleAlerts: 1_201 });
  expect(world.queued()).toHaveLength(2_402);
  expect(await world.audit()).toMatchObject({ staleAlerts: 0 });
});
