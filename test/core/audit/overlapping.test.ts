import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fault, faultyPort } from '../../fakes/faulty-port.ts';
import { type AuditWorld, auditWorld, DAY_MS } from './audit-world.ts';

type Damage = 'entry deleted' | 'watermark pushed' | 'queue purged' | 'segments deleted' | 'UIDVALIDITY changed';
const DAMAGES: readonly Damage[] = [
  'entry deleted',
  'watermark pushed',
  'queue purged',
  'segments deleted',
  'UIDVALIDITY changed',
];

const subjects = fc.array(fc.constantFrom('vip', 'stripe', 'other'), { minLength: 1, maxLength: 6 });
const damages = fc.array(fc.record({ damage: fc.constantFrom(...DAMAGES), at: fc.nat({ max: 5 }) }), { maxLength: 5 });
const faultPlan = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after'), { maxLength: 60 });

/** What a reader of Discord and of the digests has seen: queues and spool are emptied, and what they held is settled. */
async function deliverAll(world: AuditWorld, seen: Map<string, number>, from: { queued: number }) {
  const messages = world.routeQueues.all().slice(from.queued);
  from.queued += messages.length;
  for (const mailId of [...messages, ...world.spooled()].map((held) => held.mailId)) {
    if (world.ledger.entry(mailId)?.state === 'settled') continue;
    seen.set(mailId, (seen.get(mailId) ?? 0) + 1);
    await world.ledger.settle(mailId, { at: world.clock.now() });
  }
  world.loseSegments();
}

async function harm(world: AuditWorld, damage: Damage, at: number, from: { queued: number }, renumbered: number) {
  switch (damage) {
    case 'entry deleted': {
      // Deleting an entry that is delivered is a reason to deliver its mail again; here one that is still open.
      const open = world.ledger.entries().filter(({ state }) => state !== 'settled');
      const entry = open[at % Math.max(1, open.length)];
      if (entry) world.ledger.forget(entry.mailId);
      return;
    }
    case 'watermark pushed':
      return await world.pushWatermark(((await world.watermark())?.lastUid ?? 0) + at);
    case 'queue purged':
      from.queued = world.routeQueues.all().length;
      return;
    case 'segments deleted':
      return world.loseSegments();
    case 'UIDVALIDITY changed':
      return world.renumber(String(2_000 + renumbered));
  }
}

describe('whatever was lost or damaged, and whatever call fails before or after its effect', () => {
  it('polls and audits at once bring every mail to a reader once, and then an audit finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(subjects, subjects, damages, faultPlan, async (first, later, plan, faults) => {
        const world = auditWorld();
        const seen = new Map<string, number>();
        const from = { queued: 0 };
        const remaining = [...faults];
        const nextFault = () => remaining.shift() ?? 'none';
        const faulty = {
          watermarks: faultyPort(world.watermarks, nextFault),
          ledger: faultyPort(world.ledger, nextFault),
          routeQueues: faultyPort(world.routeQueues, nextFault),
          spool: faultyPort(world.spool, nextFault),
        };
        world.deliver(...first.map((route, index) => `${route} ${index}`));
        await world.poll();
        world.deliver(...later.map((route, index) => `${route} later ${index}`));
        for (const [renumbered, { damage, at }] of plan.entries()) await harm(world, damage, at, from, renumbered);

        // Days pass, with trouble at first: each has a poll and two audits at once.
        for (let day = 0; day < 6 || remaining.length > 0; day += 1) {
          await Promise.allSettled([world.poll('all', faulty), world.audit(faulty), world.audit(faulty)]);
          world.clock.advance(DAY_MS * 1.2);
        }
        for (let day = 0; day < 3; day += 1) {
          await Promise.all([world.poll(), world.audit(), world.audit()]);
          await deliverAll(world, seen, from);
          world.clock.advance(DAY_MS * 1.2);
        }

        const mailIds = world.mailbox.mails().map(({ mailId }) => mailId);
        expect(new Map([...seen].sort())).toEqual(new Map(mailIds.map((mailId) => [mailId, 1] as const).sort()));
        expect(await world.audit()).toMatchObject({
          inMailbox: mailIds.length,
          accounted: mailIds.length,
          recovered: 0,
          staleAlerts: 0,
          staleUnknown: 0,
          left: 0,
          findings: [],
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('a poll and an audit at once', () => {
  it('accept a mail once, and both leave it handed over', async () => {
    const world = auditWorld();
    world.deliver('vip one');
    await world.poll();
    world.deliver('vip two', 'unknown three');
    // The watermark is moved while a poll that has read it runs, so that both polls accept the same emails.
    const stale = await world.watermarks.get('support/INBOX');
    await world.pushWatermark(3);
    const watermarks = { ...world.watermarks, get: async () => stale };
    await Promise.all([world.poll('all', { watermarks }), world.audit()]);
    expect(world.journal.of('mail accepted').map(({ entry }) => entry.record.subject)).toEqual([
      'vip one',
      'vip two',
      'unknown three',
    ]);
    expect(world.ledger.entries().map(({ state }) => state)).toEqual(['dispatched', 'dispatched', 'dispatched']);
  });
});
