import type { DeliveryFailure } from './delivery-failure.ts';

/** A path on which a person is told: digests travel by SES, alarms by SNS. Neither shares anything with a chat service. */
export type OperatorPath = 'digest' | 'alarms';

/** What is checked: where a route posts, or a path to the operator. */
export type CheckedTarget = `route/${string}` | `path/${OperatorPath}`;

/** What the last probe of a target showed. */
export type TargetCheck = {
  checkedAt: Date;
  /**
   * `dead`: what is sent there reaches nobody. `unknown`: the service could not be asked, and the target was not dead
   * before. `not checked`: there is nobody to ask, as for the paths of a local run.
   */
  state: 'alive' | 'dead' | 'unknown' | 'not checked';
  /** When this state began. */
  since: Date;
  /** What keeps it from being alive, and what to do about it; undefined where it is alive. */
  failure: DeliveryFailure | undefined;
};

/** What one probe says. */
export type TargetStatus = Pick<TargetCheck, 'state' | 'failure'>;

/** The check that follows another: a state that lasts keeps its beginning, and only an answer ends a death. */
export function nextCheck(previous: TargetCheck | undefined, { state, failure }: TargetStatus, at: Date): TargetCheck {
  if (state === 'unknown' && previous?.state === 'dead') return { ...previous, checkedAt: at };
  const since = previous?.state === state ? previous.since : at;
  return { checkedAt: at, state, since, failure };
}

/** What is known of each target. */
export interface TargetChecks {
  /** Undefined where the target was never checked. */
  get(target: CheckedTarget): Promise<TargetCheck | undefined>;
  record(target: CheckedTarget, check: TargetCheck): Promise<void>;
}
