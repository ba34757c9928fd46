import type { Journal, JournalEvent } from '../journal.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import {
  type CheckedTarget,
  nextCheck,
  type TargetCheck,
  type TargetChecks,
  type TargetStatus,
} from '../records/target-check.ts';
import type { Clock } from '../time.ts';

export type RecordServices = { targetChecks: Pick<TargetChecks, 'get' | 'record'>; clock: Clock; journal: Journal };

/** Records the result of a probe, and reports with one of these events that a target died or is alive again. */
export async function recordStatus(
  target: CheckedTarget,
  status: TargetStatus,
  events: { died: (failure: DeliveryFailure) => JournalEvent; revived: (deadSince: Date) => JournalEvent },
  { targetChecks, clock, journal }: RecordServices,
): Promise<TargetCheck> {
  const previous = await targetChecks.get(target);
  const current = nextCheck(previous, status, clock.now());
  await targetChecks.record(target, current);
  if (current.state === 'dead' && previous?.state !== 'dead') journal(events.died(current.failure));
  if (current.state === 'alive' && previous?.state === 'dead') journal(events.revived(previous.since));
  return current;
}
