import { describe, expect, it } from 'vitest';
import { DAY_MS, type Plan, type PlannedEvent, timeOf } from './plan.ts';
import { randomPlan } from './random-plan.ts';

/** Those that CI lives through. */
const PLANS = Array.from({ length: 10_000 }, (_, index) => randomPlan(index + 1));

type Move = Extract<PlannedEvent, { kind: 'mail is moved' }>;

/** Email from before accounting began, moved into a mailbox that is renumbered between the same two polls. */
function hasMoveAroundRenumbering(plan: Plan): boolean {
  if (plan.startFrom === 'all') return false;
  const accountedSinceMs = plan.startFrom === 'now' ? 0 : -plan.startFrom.days * DAY_MS;
  const pollOf = (event: PlannedEvent) => Math.floor(timeOf(event) / plan.pollEveryMs);
  const isOlder = ({ token }: Move) =>
    plan.events.some(
      (event) => event.kind === 'mail arrives' && event.mail.token === token && event.atMs < accountedSinceMs,
    );
  const moves = plan.events.filter((event): event is Move => event.kind === 'mail is moved');
  return moves.some(
    (move) =>
      timeOf(move) > 0 &&
      isOlder(move) &&
      plan.events.some(
        (other) => other.kind === 'uids change' && other.mailbox === move.to && pollOf(other) === pollOf(move),
      ),
  );
}

function hasTwoRenumberings({ events, pollEveryMs }: Plan): boolean {
  const changes = events.filter((event) => event.kind === 'uids change');
  return changes.some((one) =>
    changes.some(
      (other) =>
        other !== one && other.mailbox === one.mailbox && Math.abs(timeOf(one) - timeOf(other)) < 2 * pollEveryMs,
    ),
  );
}

function hasMoveDuringListing({ events }: Plan): boolean {
  return events.some((event) => event.kind === 'mail is moved' && event.during?.startsWith('session.uids'));
}

describe('the 10,000 plans of CI', () => {
  it.each([
    { what: 'move older email around a renumbering', has: hasMoveAroundRenumbering },
    { what: 'renumber one mailbox twice within two polls', has: hasTwoRenumberings },
    { what: 'move email while a mailbox is listed', has: hasMoveDuringListing },
  ])('$what, dozens of them', ({ has }) => {
    expect(PLANS.filter(has).length).toBeGreaterThanOrEqual(48);
  });

  it('let nothing new go wrong once everything heals', () => {
    const late = PLANS.filter(({ events, healsAtMs }) => events.some((event) => timeOf(event) > healsAtMs));
    expect(late.map(({ seed }) => seed)).toEqual([]);
  });
});
