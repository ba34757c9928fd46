import { beforeEach, describe, expect, it } from 'vitest';
import { reconcileDeadLetters } from '../../../functions/core/delivery/dead-letters.ts';
import { POST_TIMEOUT_MS } from '../../../functions/core/delivery/delivery-limits.ts';
import { HOUR_MS, redriveWorld } from './redrive-world.ts';

let world = redriveWorld();
beforeEach(() => {
  world = redriveWorld();
});

const reconcile = () => reconcileDeadLetters('vip', world.services);

describe('a message that SQS moved by itself', () => {
  it('leads to the same state as one that the poster moved: dead, open, with a true reason', async () => {
    const alert = await world.dispatched(1);
    world.deadLetters.put('vip', world.letterOf(alert, undefined));
    world.clock.advance(HOUR_MS);
    expect(await reconcile()).toEqual({ recorded: 1, removed: 0, unreadable: 0 });
    expect(world.entry(alert)).toMatchObject({
      state: 'dead',
      lastFailure: {
        kind: 'unexpected',
        text: expect.stringMatching(
          /^SQS stopped after \d+ receives: the function ended without an answer; see its log/,
        ),
        at: world.clock.now(),
      },
    });
    expect(world.deadLetters.of('vip')).toHaveLength(1);
    expect(world.journal.of('alert dead')).toMatchObject([{ route: 'vip', alert: { mailId: alert.mailId } }]);
    expect(await reconcile(), 'once').toEqual({ recorded: 0, removed: 0, unreadable: 0 });
  });

  it('is taken into the ledger again, where the ledger has lost it', async () => {
    const alert = await world.dispatched(1);
    world.ledger.forget(alert.mailId);
    world.deadLetters.put('vip', world.letterOf(alert, undefined));
    expect(await reconcile()).toMatchObject({ recorded: 1 });
    expect(world.entry(alert)).toMatchObject({ state: 'dead', route: 'vip', record: alert.record });
  });

  it('does not kill the alert that was put back after it', async () => {
    const alert = await world.dispatched(1);
    world.deadLetters.put('vip', world.letterOf(alert, undefined));
    world.clock.advance(3 * HOUR_MS);
    await world.ledger.markDispatched(alert.mailId, world.clock.now());
    expect(await reconcile()).toEqual({ recorded: 0, removed: 1, unreadable: 0 });
    expect(world.entry(alert)).toMatchObject({ state: 'dispatched', lastFailure: undefined });
  });

  it('does not take the alert from an invocation that is posting another copy of it', async () => {
    const alert = await world.dispatched(1);
    world.deadLetters.put('vip', world.letterOf(alert, undefined));
    const at = world.clock.now();
    const until = new Date(at.getTime() + POST_TIMEOUT_MS);
    await world.ledger.claim(alert, { holder: 'one', at, until });
    expect(await reconcile()).toMatchObject({ recorded: 0 });
    expect(await world.ledger.claim(alert, { holder: 'two', at, until })).toEqual({ kind: 'leased', until });
  });
});

describe('a letter of the poster', () => {
  it('whose alert the poster did not live to record is recorded with the letter’s own reason', async () => {
    const alert = await world.dispatched(1);
    world.clock.advance(1_000);
    const failure = world.failureNow();
    world.deadLetters.put('vip', world.letterOf(alert, failure));
    expect(await reconcile()).toMatchObject({ recorded: 1 });
    expect(world.entry(alert)).toMatchObject({ state: 'dead', lastFailure: failure });
  });

  it('of an alert that was put back a moment ago is removed, and the alert stays dispatched', async () => {
    const alert = await world.dead(1);
    world.clock.advance(1);
    await world.ledger.markDispatched(alert.mailId, world.clock.now());
    expect(await reconcile()).toEqual({ recorded: 0, removed: 1, unreadable: 0 });
    expect(world.entry(alert)).toMatchObject({ state: 'dispatched' });
  });

  it('that someone moved back by hand, and whose copy waits for its next try, does not make it dead again', async () => {
    const alert = await world.dead(1);
    const at = world.clock.now();
    await world.ledger.claim(alert, { holder: 'one', at, until: at });
    expect(await reconcile()).toMatchObject({ recorded: 0 });
    expect(world.entry(alert)).toMatchObject({ state: 'dispatched' });
  });

  it('stays while its alert is dead, and goes when the alert is delivered', async () => {
    const alert = await world.dead(1);
    expect(await reconcile()).toEqual({ recorded: 0, removed: 0, unreadable: 0 });
    await world.deliver(alert);
    expect(await reconcile()).toMatchObject({ removed: 1 });
    expect(world.deadLetters.of('vip')).toEqual([]);
  });
});

it('a letter that names no mail stays for a person, and is counted', async () => {
  const failure = world.failureNow({ kind: 'message', text: 'not JSON' });
  world.deadLetters.put('vip', { body: '{', mailId: undefined, failure, sentAt: world.clock.now() });
  expect(await reconcile()).toEqual({ recorded: 0, removed: 0, unreadable: 1 });
  expect(world.deadLetters.of('vip')).toHaveLength(1);
});
