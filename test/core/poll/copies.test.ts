import { beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import type { Classifier } from '../../../functions/core/rules/classify.ts';
import { polledMailbox, testWorld } from '../../test-world.ts';
import { classifyBySubject, mailOf } from '../mail/mail-of.ts';

const POLLED = polledMailbox();
const SAME = { messageId: '<same@example.com>', subject: 'vip door' };

/** Email that its receiver found forged has this problem with its sender. */
const FORGED = 'mallory';
const classify: Classifier = (mail) =>
  mail.headers.has(FORGED) ? { route: 'unknown', rule: null, reason: 'not authenticated' } : classifyBySubject(mail);

let world: ReturnType<typeof testWorld>;
beforeEach(() => {
  world = testWorld();
});

function deliver(changes: Partial<Mail> & { text?: string } = {}): number {
  const { mailbox, clock } = world;
  return mailbox.deliver((uid, uidValidity) => mailOf(uid, uidValidity, { ...SAME, ...changes }), clock.now()).location
    .uid;
}

const poll = () => pollMailbox(POLLED, { ...world.services, classify }, () => 300_000);
const posts = () => world.services.routeQueues.sent('vip').map(({ location }) => location.uid);
const fates = () =>
  world.services.ledger
    .entries()
    .map(({ location, route, state }) => `${location.uid} ${route} ${state}`)
    .sort();

describe('a copy is counted, and never posted again', () => {
  it('in one page, in a later one, and where the page is read again', async () => {
    deliver();
    deliver();
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 1 });
    deliver();
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 1 });
    expect(posts()).toEqual([1]);
    expect(fates()).toEqual(['1 vip dispatched', '2 copy settled', '3 copy settled']);
  });

  it('another text is another email', async () => {
    deliver({ text: 'Door 1 is open' });
    deliver({ text: 'Door 2 is open' });
    await poll();
    expect(posts()).toEqual([1, 2]);
  });
});

describe('a copy never lowers the fate of its original', () => {
  const forged = { headers: new Map([[FORGED, ['yes']]]) };

  it.each<[string, Partial<Mail>[][]]>([
    ['the forged one arrives first', [[forged], [{}]]],
    ['both are in one page, the forged one first', [[forged, {}]]],
    ['both are in one page, the forged one last', [[{}, forged]]],
    ['the real one arrives first', [[{}], [forged]]],
  ])('%s: the real one is posted, once', async (_order, pages) => {
    for (const page of pages) {
      for (const changes of page) deliver(changes);
      await poll();
    }
    deliver();
    deliver(forged);
    await poll();
    const real = pages.flat().indexOf(pages.flat().find(({ headers }) => !headers) ?? {}) + 1;
    expect(posts()).toEqual([real]);
    expect(fates()).toHaveLength(4);
  });

  it.each(['its uid stays empty', 'the real one gets its uid'])(
    'the forged one is gone by then, and %s',
    async (uids) => {
      deliver({ ...forged, fingerprint: '1/1000' });
      await poll();
      world.mailbox.expunge(1);
      if (uids !== 'its uid stays empty') world.mailbox.renumber('1000', (mail) => mail);
      deliver({ fingerprint: '1/1001' });
      deliver({ subject: 'vip window' });
      await poll();
      expect(posts()).toHaveLength(2);
      expect(fates()).toHaveLength(3);
    },
  );

  it('an alert that a poll left is handed over where it is now', async () => {
    deliver({ ...forged, fingerprint: '1/1000' });
    await poll();
    deliver({ fingerprint: '1/1001' });
    const { services } = world;
    const failing = { ...services.routeQueues, send: () => Promise.reject(new Error('the queue does not answer')) };
    const withoutQueue = { ...services, classify, routeQueues: failing };
    await expect(pollMailbox(POLLED, withoutQueue, () => 300_000)).rejects.toThrow('the queue does not answer');
    world.mailbox.renumber('2000', ({ location, mailId, ...mail }, uid) =>
      mailOf(uid, '2000', { ...SAME, headers: mail.headers, fingerprint: mail.fingerprint }),
    );
    await poll();
    expect(posts()).toEqual([2]);
  });

  it('a poll that dies after it wrote down the copy hands it over the next time', async () => {
    deliver(forged);
    await poll();
    deliver();
    const { services } = world;
    const dying = { ...services.routeQueues, send: () => Promise.reject(new Error('the queue does not answer')) };
    const failing = { ...services, classify, routeQueues: dying };
    await expect(pollMailbox(POLLED, failing, () => 300_000)).rejects.toThrow('the queue does not answer');
    expect(await poll()).toMatchObject({ accepted: 0, recognised: 1 });
    expect(posts()).toEqual([2]);
  });
});

it('an email that was moved out and in again, under another numbering, is itself and no copy', async () => {
  deliver();
  await poll();
  world.mailbox.renumber('2000', (mail, uid) => mailOf(uid, '2000', { ...SAME, receivedAt: mail.receivedAt }));
  expect(await poll()).toMatchObject({ accepted: 0, recognised: 1 });
  expect(fates()).toEqual(['1 vip dispatched']);
  expect(world.services.ledger.entries()[0]?.location.uidValidity).toBe('2000');
});
