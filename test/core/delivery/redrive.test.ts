import { beforeEach, describe, expect, it } from 'vitest';
import { POST_TIMEOUT_MS, QUEUE_RETENTION_MS } from '../../../functions/core/delivery/delivery-limits.ts';
import { redriveRoute } from '../../../functions/core/delivery/redrive.ts';
import {
  PROOF_WAIT_MS,
  REDRIVE_PAUSE_MS,
  REDRIVE_RESERVE_MS,
} from '../../../functions/core/delivery/redrive-limits.ts';
import { type Fault, faultyPort, InjectedFault } from '../../fakes/faulty-port.ts';
import { DAY_MS, HOUR_MS, redriveWorld } from './redrive-world.ts';

let world = redriveWorld();
beforeEach(() => {
  world = redriveWorld();
});

const mailIdsOf = (alerts: readonly { mailId: string }[]) => alerts.map(({ mailId }) => mailId);

describe('what is put back', () => {
  it('is every dead alert of the route, oldest first, from the ledger, and its letters are removed', async () => {
    const alerts = await world.deads(3);
    world.posterDoes(world.deliver);
    const report = await world.redrive();
    expect(world.sent()).toEqual(mailIdsOf(alerts));
    expect(report).toMatchObject({ redriven: 3, left: 0, stoppedBy: undefined, letters: { removed: 3 } });
    expect(world.deadLetters.of('vip')).toEqual([]);
    expect(world.journal.of('alerts redriven')).toMatchObject([{ route: 'vip', alerts }]);
  });

  it('is also what SQS has forgotten, with no letter left', async () => {
    const alert = await world.dispatched(1);
    await world.ledger.recordDead(alert.mailId, world.failureNow());
    world.clock.advance(2 * QUEUE_RETENTION_MS);
    expect(await world.redrive()).toMatchObject({ redriven: 1 });
    expect(world.queues.sent('vip')).toEqual([alert]);
    expect(world.entry(alert)).toMatchObject({ state: 'dispatched', dispatchedAt: expect.any(Date) });
  });

  it('is nothing twice by recovery: a second run finds it dispatched', async () => {
    await world.deads(3);
    await world.redrive('automatic');
    expect(await world.redrive('automatic')).toMatchObject({ redriven: 0, left: 0 });
    expect(world.sent()).toHaveLength(3);
  });

  it('is nothing that was delivered: a second run by a person finds it settled', async () => {
    await world.deads(3);
    world.posterDoes(world.deliver);
    await world.redrive('manual');
    expect(await world.redrive('manual')).toMatchObject({ redriven: 0, left: 0 });
    expect(world.sent()).toHaveLength(3);
  });

  it('is not what the index of open alerts still shows as dead, though it was put back a moment ago', async () => {
    const [alert] = await world.deads(1);
    const stale = world.entry(alert!);
    await world.ledger.markDispatched(alert!.mailId, world.clock.now());
    const ledger = {
      ...world.ledger,
      openEntries: async function* () {
        yield stale!;
      },
    };
    const options = { trigger: 'automatic', remainingMs: () => Number.POSITIVE_INFINITY } as const;
    expect(await redriveRoute('vip', { ...world.services, ledger }, options)).toMatchObject({ redriven: 0 });
    expect(world.sent()).toEqual([]);
  });
});

describe('what waits in its queue', () => {
  it('is left there by recovery', async () => {
    await world.dispatched(1);
    world.clock.advance(DAY_MS);
    expect(await world.redrive('automatic')).toMatchObject({ redriven: 0 });
  });

  it('is put back when a person asks, however young: its queue may have been purged', async () => {
    const alerts = [await world.dispatched(1), await world.accepted(2)];
    expect(await world.redrive('manual')).toMatchObject({ redriven: 2, beingPosted: 0 });
    expect(world.sent()).toEqual(mailIdsOf(alerts));
    expect(mailIdsOf(alerts).map((mailId) => world.ledger.entry(mailId)?.state)).toEqual(['dispatched', 'dispatched']);
  });

  it('is left alone while an invocation posts it, and put back once that has had its time', async () => {
    const [posted, waiting] = [await world.dispatched(1), await world.dispatched(2)];
    const lease = (at: Date) => ({ holder: 'one', at, until: new Date(at.getTime() + POST_TIMEOUT_MS) });
    await world.ledger.claim(posted, lease(world.clock.now()));
    expect(await world.redrive('manual')).toMatchObject({ redriven: 1, left: 0, beingPosted: 1 });
    expect(world.sent()).toEqual([waiting.mailId]);
    // The first redrive has waited for as long to see what becomes of the other one.
    expect(await world.redrive('manual')).toMatchObject({ redriven: 2, beingPosted: 0 });
    expect(world.sent()).toEqual([waiting.mailId, posted.mailId, waiting.mailId]);
  });

  it('is left alone where an invocation has begun to post it since the index of open alerts was read', async () => {
    const alert = await world.dispatched(1);
    const stale = world.entry(alert);
    const at = world.clock.now();
    await world.ledger.claim(alert, { holder: 'one', at, until: new Date(at.getTime() + POST_TIMEOUT_MS) });
    const ledger = {
      ...world.ledger,
      openEntries: async function* () {
        yield stale!;
      },
    };
    const options = { trigger: 'manual', remainingMs: () => Number.POSITIVE_INFINITY } as const;
    expect(await redriveRoute('vip', { ...world.services, ledger }, options)).toMatchObject({ redriven: 0 });
    expect(world.sent()).toEqual([]);
  });

  it('is put back by recovery before its message expires', async () => {
    await world.dispatched(1);
    world.clock.advance(QUEUE_RETENTION_MS - DAY_MS + 1);
    expect(await world.redrive('automatic')).toMatchObject({ redriven: 1 });
    world.clock.advance(DAY_MS);
    expect(await world.redrive('automatic'), 'once in the life of a message').toMatchObject({ redriven: 0 });
  });
});

describe('what is dead for another reason than the target', () => {
  it.each(['payload', 'message', 'unexpected'] as const)(
    '%s: would come back for ever, so a person has to ask',
    async (kind) => {
      await world.dead(1, { kind });
      expect(await world.redrive('automatic')).toMatchObject({ redriven: 0, needingAttention: 1 });
      expect(world.deadLetters.of('vip')).toHaveLength(1);
      expect(await world.redrive('manual')).toMatchObject({ redriven: 1, needingAttention: 0 });
    },
  );

  it.each(['target', 'credential', 'network', 'server', 'rate limit'] as const)('%s: can have healed', async (kind) => {
    await world.dead(1, { kind });
    expect(await world.redrive('automatic')).toMatchObject({ redriven: 1, needingAttention: 0 });
  });
});

describe('the pace', () => {
  it('is one post first, and then batches with a pause', async () => {
    await world.deads(230);
    world.posterDoes(world.deliver);
    expect(await world.redrive()).toMatchObject({ redriven: 230, left: 0 });
    expect(world.journal.of('alerts redriven').map(({ alerts }) => alerts.length)).toEqual([10, 100, 100, 20]);
    expect(world.clock.waits).toEqual([REDRIVE_PAUSE_MS, REDRIVE_PAUSE_MS, REDRIVE_PAUSE_MS]);
  });

  it('leaves for the next run what the time does not suffice for', async () => {
    await world.deads(230);
    world.posterDoes(world.deliver);
    const endsAtMs = world.clock.now().getTime() + REDRIVE_RESERVE_MS + REDRIVE_PAUSE_MS;
    const remainingMs = () => endsAtMs - world.clock.now().getTime();
    expect(await world.redrive('automatic', remainingMs)).toMatchObject({ redriven: 110, left: 120 });
    expect(await world.redrive('automatic')).toMatchObject({ redriven: 120, left: 0 });
    expect(new Set(world.sent()).size).toBe(230);
  });

  it('10,000 alerts take less than four minutes', async () => {
    await world.deads(10_000);
    world.posterDoes(world.deliver);
    const startedAtMs = world.clock.now().getTime();
    expect(await world.redrive()).toMatchObject({ redriven: 10_000, left: 0 });
    expect(world.clock.now().getTime() - startedAtMs).toBeLessThan(4 * 60_000);
  });
});

describe('a target that only looks healed', () => {
  it('costs one post: nothing follows the first alerts when they die again, and the dead-letter queue is never empty', async () => {
    await world.deads(230);
    let fewestLetters = Number.POSITIVE_INFINITY;
    world.posterDoes(async (alert) => {
      world.clock.advance(10);
      await world.deadLetterAlert(alert);
      fewestLetters = Math.min(fewestLetters, world.deadLetters.of('vip').length);
    });
    const report = await world.redrive();
    expect(report).toMatchObject({ redriven: 10, left: 220, stoppedBy: { code: '50001' } });
    expect(world.sent()).toHaveLength(10);
    expect(world.ledger.entries().every(({ state }) => state === 'dead')).toBe(true);
    expect(fewestLetters).toBeGreaterThanOrEqual(230);
    expect(world.deadLetters.of('vip'), 'one letter an alert: the newer one').toHaveLength(230);
  });

  it('is noticed later too', async () => {
    await world.deads(230);
    world.posterDoes(async (alert) => {
      world.clock.advance(10);
      await (world.sent().length <= 10 ? world.deliver(alert) : world.deadLetterAlert(alert));
    });
    expect(await world.redrive()).toMatchObject({ redriven: 110, left: 120, stoppedBy: { kind: 'target' } });
  });

  it('is not what a refused mail among the first shows', async () => {
    await world.deads(30);
    world.posterDoes((alert) =>
      alert.location.uid === 1 ? world.deadLetterAlert(alert, { kind: 'payload' }) : world.deliver(alert),
    );
    expect(await world.redrive()).toMatchObject({ redriven: 30, stoppedBy: undefined });
  });

  it('is not what silence shows: after the time of a post the others follow', async () => {
    await world.deads(30);
    const startedAtMs = world.clock.now().getTime();
    expect(await world.redrive()).toMatchObject({ redriven: 30, stoppedBy: undefined });
    expect(world.clock.now().getTime() - startedAtMs).toBe(PROOF_WAIT_MS + REDRIVE_PAUSE_MS);
  });
});

describe('a crash at any call', () => {
  it('loses nothing: run again, every alert is on its queue, and no letter of a dead alert is gone', async () => {
    const callsOfOneRun = await (async () => {
      const calls: string[] = [];
      const counting = redriveWorld();
      await counting.deads(25);
      counting.posterDoes(counting.deliver);
      const note = (call: string): Fault => {
        calls.push(call);
        return 'none';
      };
      await runWith(counting, note);
      return calls.length;
    })();
    expect(callsOfOneRun).toBeGreaterThan(20);
    for (let failing = 0; failing < callsOfOneRun; failing += 1) {
      for (const fault of ['before', 'after'] as const) {
        const crashed = redriveWorld();
        const alerts = await crashed.deads(25);
        let calls = -1;
        const crash = runWith(crashed, () => {
          calls += 1;
          return calls === failing ? fault : 'none';
        });
        await expect(crash).rejects.toThrow(InjectedFault);
        for (const { state, mailId } of crashed.ledger.entries()) {
          const isSafe = state === 'dead' || crashed.sent().includes(mailId);
          expect(isSafe, `call ${failing} ${fault}: ${mailId} is ${state} and on no queue`).toBe(true);
        }
        crashed.clock.advance(HOUR_MS);
        await crashed.redrive();
        expect(new Set(crashed.sent())).toEqual(new Set(mailIdsOf(alerts)));
        expect(crashed.ledger.entries().map(({ state }) => state)).toEqual(alerts.map(() => 'dispatched'));
        expect(crashed.deadLetters.of('vip')).toEqual([]);
      }
    }
  });

  function runWith(of: ReturnType<typeof redriveWorld>, nextFault: (call: string) => Fault) {
    const { ledger, routeQueues, deadLetters, services } = of;
    const faulty = {
      ...services,
      ledger: faultyPort(ledger, nextFault),
      routeQueues: faultyPort(routeQueues, nextFault),
      deadLetters: faultyPort(deadLetters, nextFault),
    };
    // Streams are not faulted, so the wrapped `openEntries` and `entries` answer as ever.
    return redriveRoute(
      'vip',
      { ...faulty, ledger: { ...faulty.ledger, ...streams(ledger, faulty.ledger) } },
      {
        trigger: 'automatic',
        remainingMs: () => Number.POSITIVE_INFINITY,
      },
    );
  }

  function streams(ledger: ReturnType<typeof redriveWorld>['ledger'], faulty: typeof ledger) {
    return {
      openEntries: ledger.openEntries,
      find: faulty.find.bind(faulty),
      markDispatched: faulty.markDispatched.bind(faulty),
    };
  }
});
