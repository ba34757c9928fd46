import { describe, expect, it } from 'vitest';
import { DAY_MS, type Plan, type PlannedEvent, timeOf } from './plan.ts';
import { randomPlan } from './random-plan.ts';

/** Those that CI lives through. */
const PLANS = Array.from({ length: 10_000 }, (_, index) => randomPlan(index + 1));

type OfKind<Kind extends PlannedEvent['kind']> = Extract<PlannedEvent, { kind: Kind }>;

function eventsOf<Kind extends PlannedEvent['kind']>({ events }: Plan, kind: Kind): OfKind<Kind>[] {
  return events.filter((event): event is OfKind<Kind> => event.kind === kind);
}

/**
 * Email from before accounting began, and older than what a poll reads again after a renumbering, that is moved into a
 * mailbox between its renumbering and the next poll.
 */
function hasMoveAfterRenumbering(plan: Plan): boolean {
  if (plan.startFrom === 'all' || !plan.hasAudits) return false;
  const pollOf = ({ atMs }: { atMs: number }) => Math.floor(atMs / plan.pollEveryMs);
  const older = eventsOf(plan, 'mail arrives').filter(({ atMs }) => atMs < -2 * DAY_MS);
  const tokens = new Set(older.map(({ mail }) => mail.token));
  return eventsOf(plan, 'mail is moved').some(
    (move) =>
      tokens.has(move.token) &&
      eventsOf(plan, 'uids change').some(
        (change) => change.mailbox === move.to && change.atMs < move.atMs && pollOf(change) === pollOf(move),
      ),
  );
}

function hasTwoRenumberings(plan: Plan): boolean {
  const changes = eventsOf(plan, 'uids change');
  return changes.some(({ atMs, mailbox }) =>
    changes.some((other) => other.mailbox === mailbox && other.atMs > atMs && other.atMs < atMs + 2 * plan.pollEveryMs),
  );
}

function hasRenameBesides(plan: Plan): boolean {
  return eventsOf(plan, 'folder is renamed').some(({ mailbox, fromMs, toMs }) =>
    plan.events.some(
      (other) =>
        other.kind !== 'mail arrives' &&
        other.kind !== 'folder is renamed' &&
        'mailbox' in other &&
        other.mailbox === mailbox &&
        timeOf(other) > fromMs - plan.pollEveryMs &&
        timeOf(other) < toMs + plan.pollEveryMs,
    ),
  );
}

function hasMoveDuringListing(plan: Plan): boolean {
  return eventsOf(plan, 'mail is moved').some(({ during }) => during === 'session.list');
}

describe('the 10,000 plans of CI', () => {
  it.each([
    { what: 'move older email into a mailbox that was renumbered since the last poll', has: hasMoveAfterRenumbering },
    { what: 'renumber one mailbox twice within two polls', has: hasTwoRenumberings },
    { what: 'move email while a mailbox is listed', has: hasMoveDuringListing },
    { what: 'rename a folder close to something else that happens to its mailbox', has: hasRenameBesides },
  ])('$what, dozens of them', ({ has }) => {
    expect(PLANS.filter(has).length).toBeGreaterThanOrEqual(36);
  });

  it('let nothing new go wrong once everything heals', () => {
    const late = PLANS.filter(({ events, healsAtMs }) => events.some((event) => timeOf(event) > healsAtMs));
    expect(late.map(({ seed }) => seed)).toEqual([]);
  });
});
