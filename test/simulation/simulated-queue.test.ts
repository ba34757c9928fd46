import { expect, it } from 'vitest';
import { fakeClock } from '../fakes/fake-clock.ts';
import { DAY_MS } from './plan.ts';
import { simulatedQueue } from './simulated-queue.ts';

it('forgets a message 14 days after it was sent, as SQS does, and no sooner', () => {
  const clock = fakeClock();
  const queue = simulatedQueue(clock, { pick: (from) => from, chance: () => false });
  queue.send('an alert');
  clock.advance(14 * DAY_MS - 1);
  expect(queue.bodies().waiting).toEqual(['an alert']);
  clock.advance(1);
  expect(queue.bodies().waiting).toEqual([]);
});
