import { describe, expect, it } from 'vitest';
import { simulatedWeeks } from './simulated-weeks.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** So many days with a mail for the route every three hours, and one that no rule matches every day. */
async function daysWithMail(world: ReturnType<typeof simulatedWeeks>, days: number): Promise<string[]> {
  const subjects: string[] = [];
  for (let hours = 0; hours < days * 24; hours += 3) {
    const subject = `vip ${world.ledger.entries().length + 1}`;
    subjects.push(subject);
    world.mailArrives(subject);
    if (hours % 24 === 0) world.mailArrives('something else');
    await world.pass(3 * HOUR_MS);
  }
  return subjects;
}

const alertsOf = (world: ReturnType<typeof simulatedWeeks>) =>
  world.ledger.entries().filter(({ route }) => route === 'vip');
const ageOf = (subject: string) => Number(subject.replace('vip ', ''));

describe('three weeks of a channel that answers 403', () => {
  it('cost a delay: every alert arrives by itself, once, oldest first within a post', async () => {
    const world = simulatedWeeks();
    const before = await daysWithMail(world, 1);
    expect(world.posts.flatMap(({ subjects }) => subjects)).toEqual(before);

    world.closeChannel();
    const during = await daysWithMail(world, 21);
    expect(during).toHaveLength(21 * 8);
    const dead = alertsOf(world).filter(({ state }) => state === 'dead');
    expect(dead.map(({ record }) => record.subject)).toEqual(during);
    expect(dead.every(({ lastFailure }) => lastFailure?.code === '50001')).toBe(true);
    expect(world.messagesInQueue(), 'nothing is retried against a dead channel').toBe(0);
    expect(world.deadLetters().length, 'the dead-letter queue has forgotten the first week').toBe(14 * 8);
    expect(world.refused.length, 'each alert found the channel dead once').toBe(during.length);
    expect(world.journal.of('alerts redriven')).toEqual([]);

    world.openChannel();
    await world.pass(HOUR_MS);
    const after = await daysWithMail(world, 1);

    const shown = world.posts.flatMap(({ subjects }) => subjects);
    expect(shown.toSorted()).toEqual([...before, ...during, ...after].toSorted());
    expect(alertsOf(world).every(({ state }) => state === 'settled')).toBe(true);
    for (const { subjects } of world.posts) {
      expect(subjects).toEqual(subjects.toSorted((one, other) => ageOf(one) - ageOf(other)));
    }
    const parked = world.posts.filter(({ subjects }) => subjects.some((subject) => during.includes(subject)));
    expect(parked.length, 'as few posts as fit').toBeLessThanOrEqual(Math.ceil(during.length / 10) + 1);
    expect(world.deadLetters()).toEqual([]);
    expect(world.messagesInQueue()).toBe(0);
    expect(world.journal.of('route dead')).toHaveLength(1);
    expect(world.journal.of('route alive again')).toHaveLength(1);
  });

  it('with days in between on which it answers: each alert still arrives once', async () => {
    const world = simulatedWeeks();
    const all: string[] = [];
    for (const [days, isOpen] of [
      [6, false],
      [1, true],
      [15, false],
      [1, true],
    ] as const) {
      if (isOpen) world.openChannel();
      else world.closeChannel();
      all.push(...(await daysWithMail(world, days)));
    }
    await world.pass(HOUR_MS);
    expect(world.posts.flatMap(({ subjects }) => subjects).toSorted()).toEqual(all.toSorted());
  });
});

describe('three weeks in which no poster runs', () => {
  it('lose nothing to the queue’s 14 days: what is about to expire is put back, and arrives once', async () => {
    const world = simulatedWeeks();
    world.stopPoster();
    const all = await daysWithMail(world, 21);
    expect(world.posts).toEqual([]);
    expect(world.messagesInQueue(), 'one message an alert, and a second one on its last day').toBeLessThanOrEqual(
      all.length + 8,
    );
    world.startPoster();
    await world.pass(HOUR_MS);
    expect(world.posts.flatMap(({ subjects }) => subjects).toSorted()).toEqual(all.toSorted());
    expect(alertsOf(world).every(({ state }) => state === 'settled')).toBe(true);
  });
});

describe('alerts that a person redrives while they are young', () => {
  it.each(['purged', 'as it was'])('arrive once, with their queue %s', async (queueIs) => {
    const world = simulatedWeeks();
    world.stopPoster();
    const all = ['vip 1', 'vip 2', 'vip 3'];
    for (const subject of all) world.mailArrives(subject);
    // The posters see that they are switched off at the next message.
    await world.pass(HOUR_MS);
    expect(world.messagesInQueue()).toBe(3);
    if (queueIs === 'purged') world.purgeQueue();
    const redriving = world.redrive();
    await world.pass(HOUR_MS);
    expect(await redriving).toMatchObject({ redriven: 3, left: 0, beingPosted: 0 });
    expect(world.messagesInQueue()).toBe(queueIs === 'purged' ? 3 : 6);
    world.startPoster();
    await world.pass(HOUR_MS);
    expect(world.posts.flatMap(({ subjects }) => subjects).toSorted()).toEqual(all);
    expect(world.messagesInQueue()).toBe(0);
    expect(alertsOf(world).every(({ state }) => state === 'settled')).toBe(true);
  });
});

it('the simulation forgets as SQS does: without the ledger, the first week would be lost', async () => {
  const world = simulatedWeeks();
  world.stopPoster();
  world.mailArrives('vip 1');
  await world.pass(HOUR_MS);
  expect(world.messagesInQueue()).toBe(1);
  for (const { mailId } of alertsOf(world)) world.ledger.forget(mailId);
  await world.pass(14 * DAY_MS);
  expect(world.messagesInQueue()).toBe(0);
});
