import { beforeEach, describe, expect, it } from 'vitest';
import { HandOverFailed, type RouteQueues } from '../../../functions/core/records/route-queues.ts';
import type { Classifier } from '../../../functions/core/rules/classify.ts';
import { MAILBOX } from '../../test-world.ts';
import { type AuditWorld, auditWorld } from '../audit/audit-world.ts';
import { classifyBySubject } from '../mail/mail-of.ts';

let world: AuditWorld;
beforeEach(() => {
  world = auditWorld();
});

const REASON = 'an alert of vip, a route that is no longer in the settings';

/** The queues, of which those of these routes take nothing. */
function refusing(...routes: string[]): RouteQueues {
  return {
    async send(route, messages) {
      const reason = 'the route has no queue; deploy again';
      if (!routes.includes(route)) return await world.routeQueues.send(route, messages);
      throw new HandOverFailed(
        route,
        messages.map(({ mailId }) => ({ mailId, reason })),
      );
    },
  };
}

const failed = (poll: Promise<unknown>) =>
  poll.then(
    () => undefined,
    (error: unknown) => error,
  );
const states = () => world.ledger.entries().map(({ record, state }) => `${record.subject}: ${state}`);
const lastPollError = async () => (await world.watermarks.get(MAILBOX))?.lastPollError;

describe('an alert that is still accepted when its route is removed from the settings', () => {
  const classify: Classifier = (mail) => {
    const classified = classifyBySubject(mail);
    return classified.route === 'vip' ? { route: 'unknown', rule: null, reason: 'no rule matched' } : classified;
  };
  const settingsWithoutVip = { routes: ['stripe'], classify };

  beforeEach(async () => {
    world.deliver('vip left', 'unknown left', 'stripe left');
    const spool = { ...world.spool, write: () => Promise.reject(new Error('S3 is away')) };
    await failed(world.poll('all', { spool, routeQueues: refusing('vip', 'stripe') }));
    expect(states()).toEqual(['vip left: accepted', 'unknown left: accepted', 'stripe left: accepted']);
  });

  it('goes to the digest in the next poll, and holds nothing', async () => {
    const routeQueues = refusing('vip');
    world.deliver('vip new');
    expect(await world.poll('all', { ...settingsWithoutVip, routeQueues })).toMatchObject({ left: 0 });
    expect(world.spooled().map(({ subject, reason }) => [subject, reason])).toEqual([
      ['vip left', REASON],
      ['unknown left', 'no rule matched'],
      ['vip new', 'no rule matched'],
    ]);
    expect(states()).toEqual([
      'vip left: dispatched',
      'unknown left: dispatched',
      'stripe left: dispatched',
      'vip new: dispatched',
    ]);
    expect(await world.watermark()).toMatchObject({ lastUid: 4 });
    expect(await lastPollError()).toBeUndefined();
    // The ledger keeps what the poll decided: the digest counts it there.
    expect(world.ledger.entries()[0]).toMatchObject({ route: 'vip' });
    expect(world.journal.of('mail handed over').map(({ entry }) => [entry.record.subject, entry.route])).toContainEqual(
      ['vip left', 'unknown'],
    );
  });

  it('goes there once: the next poll has nothing to hand over', async () => {
    await world.poll('all', settingsWithoutVip);
    const segments = world.spool.objects.size;
    await world.poll('all', settingsWithoutVip);
    expect(world.spool.objects.size).toBe(segments);
  });
});

describe('a queue that takes nothing', () => {
  it('keeps its own alerts only: all others are handed over once, and the watermark stays', async () => {
    world.deliver('vip one', 'stripe one', 'unknown one');
    const error = await failed(world.poll('all', { routeQueues: refusing('vip') }));
    expect(error).toBeInstanceOf(HandOverFailed);
    expect(states()).toEqual(['vip one: accepted', 'stripe one: dispatched', 'unknown one: dispatched']);
    expect(world.queued()).toEqual(['stripe one']);
    expect(world.spooled()).toHaveLength(1);
    expect(await world.watermark()).toMatchObject({ lastUid: 0 });
    expect(await lastPollError()).toMatchObject({ kind: 'hand-over' });

    await world.poll();
    expect(states()).toEqual(['vip one: dispatched', 'stripe one: dispatched', 'unknown one: dispatched']);
    expect(world.queued()).toEqual(['stripe one', 'vip one']);
    expect(world.spooled()).toHaveLength(1);
    expect(await world.watermark()).toMatchObject({ lastUid: 3 });
  });

  it('is told with every other one that takes nothing', async () => {
    world.deliver('vip one', 'stripe one', 'unknown one');
    await failed(world.poll('all', { routeQueues: refusing('vip', 'stripe') }));
    expect(states()).toEqual(['vip one: accepted', 'stripe one: accepted', 'unknown one: dispatched']);
    expect(await lastPollError()).toMatchObject({
      kind: 'hand-over',
      text: expect.stringMatching(
        /^2 failures: The queue of route vip did not .* \| The queue of route stripe did not /,
      ),
    });
  });

  it('does not keep the alerts from their queues where the spool is what fails', async () => {
    world.deliver('vip one', 'unknown one');
    const spool = { ...world.spool, write: () => Promise.reject(new Error('S3 is away')) };
    expect(await failed(world.poll('all', { spool }))).toMatchObject({ message: 'S3 is away' });
    expect(states()).toEqual(['vip one: dispatched', 'unknown one: accepted']);
  });
});

it('an entry that cannot be marked leaves the others marked', async () => {
  world.deliver('vip one', 'vip two', 'stripe one');
  const { ledger } = world;
  const [first] = world.mailbox.mails();
  const markDispatched: typeof ledger.markDispatched = async (mailId, at) => {
    if (mailId === first?.mailId) throw new Error('throttled');
    await ledger.markDispatched(mailId, at);
  };
  expect(await failed(world.poll('all', { ledger: { ...ledger, markDispatched } }))).toMatchObject({
    message: 'throttled',
  });
  expect(states()).toEqual(['vip one: accepted', 'vip two: dispatched', 'stripe one: dispatched']);
});
