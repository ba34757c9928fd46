import { describe, expect, it } from 'vitest';
import { DAY_MS, type Plan, type PlannedEvent, type TwinDifference, timeOf } from './plan.ts';
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

/** The windows of a mailbox or an email, and what arrives there within them. */
function hasArrivalIn(
  { fromMs, toMs }: { fromMs: number; toMs: number },
  arrivals: readonly { atMs: number }[],
): boolean {
  return arrivals.some(({ atMs }) => atMs > fromMs && atMs < toMs);
}

function hasWithheldArrival(plan: Plan): boolean {
  const arrivals = eventsOf(plan, 'mail arrives');
  return eventsOf(plan, 'mail is withheld').some((window) =>
    hasArrivalIn(
      window,
      arrivals.filter(({ mail }) => mail.token === window.token),
    ),
  );
}

function hasCappedArrival(plan: Plan): boolean {
  const arrivals = eventsOf(plan, 'mail arrives');
  return eventsOf(plan, 'listing is capped').some((window) =>
    hasArrivalIn(
      window,
      arrivals.filter(({ mailbox }) => mailbox === window.mailbox),
    ),
  );
}

/** A poll passes the uid while no client sees its email. */
function hasPassedUid(plan: Plan): boolean {
  const arrivals = eventsOf(plan, 'mail arrives');
  return eventsOf(plan, 'mail is visible late').some(
    ({ fromMs, toMs, mailbox }) =>
      Math.floor(fromMs / plan.pollEveryMs) < Math.floor(toMs / plan.pollEveryMs) &&
      hasArrivalIn(
        { fromMs, toMs },
        arrivals.filter((other) => other.mailbox === mailbox),
      ),
  );
}

/** One email gone and one new between two polls, and UIDNEXT is where it was. */
function hasUidGivenTwice(plan: Plan): boolean {
  const pollOf = (atMs: number) => Math.floor(atMs / plan.pollEveryMs);
  return eventsOf(plan, 'uids are reused').some(
    (reused) =>
      eventsOf(plan, 'mail is expunged').some(
        (gone) => gone.atMs < reused.atMs && pollOf(gone.atMs) === pollOf(reused.atMs),
      ) &&
      eventsOf(plan, 'mail arrives').some(
        ({ mailbox, atMs }) =>
          mailbox === reused.mailbox && atMs >= reused.atMs && pollOf(atMs) === pollOf(reused.atMs),
      ),
  );
}

const hasTwin = (differsIn: TwinDifference) => (plan: Plan) =>
  eventsOf(plan, 'twin arrives').some(
    (twin) =>
      twin.differsIn === differsIn &&
      eventsOf(plan, 'mail arrives').some(
        ({ atMs, mail }) => mail.token === twin.of && atMs + plan.pollEveryMs < twin.atMs,
      ),
  );

describe('the 10,000 plans of CI', () => {
  it.each([
    { what: 'move older email into a mailbox that was renumbered since the last poll', has: hasMoveAfterRenumbering },
    { what: 'renumber one mailbox twice within two polls', has: hasTwoRenumberings },
    { what: 'move email while a mailbox is listed', has: hasMoveDuringListing },
    { what: 'rename a folder close to something else that happens to its mailbox', has: hasRenameBesides },
    { what: 'withhold an email from the time of its arrival on', has: hasWithheldArrival },
    { what: 'cap the listings of a mailbox while an email arrives', has: hasCappedArrival },
    { what: 'show an email only after a poll has passed its uid', has: hasPassedUid },
    { what: 'give the uid of an email that is gone to one that is new', has: hasUidGivenTwice },
    { what: 'bring an email that differs from a known one in its text', has: hasTwin('text') },
    { what: 'bring an email that differs from a known one in the verdict on its sender', has: hasTwin('verdict') },
  ])('$what, dozens of them', ({ has }) => {
    expect(PLANS.filter(has).length).toBeGreaterThanOrEqual(36);
  });

  it('let nothing new go wrong once everything heals', () => {
    const late = PLANS.filter(({ events, healsAtMs }) => events.some((event) => timeOf(event) > healsAtMs));
    expect(late.map(({ seed }) => seed)).toEqual([]);
  });
});
