import type { DeliveryFailure } from './delivery-failure.ts';

/** The ways to reach the operator: digests by SES, alarms by SNS. Neither depends on a chat service. */
export const OPERATOR_PATHS = ['digest', 'alarms'] as const;
export type OperatorPath = (typeof OPERATOR_PATHS)[number];

/** What is checked: the target of a route, or a path to the operator. */
export type CheckedTarget = `route/${string}` | `path/${OperatorPath}`;

/**
 * The result of one probe. `dead`: what is sent there does not arrive. `unknown`: the service could not be reached.
 * `not checked`: there is no service to ask, as for the operator paths in a local run. The failure says why, and what
 * to do.
 */
export type TargetStatus =
  | { state: 'alive'; failure?: undefined }
  | { state: 'dead' | 'unknown' | 'not checked'; failure: DeliveryFailure };

/** What is known of a target since its last probe. */
export type TargetCheck = TargetStatus & {
  checkedAt: Date;
  /** When this state began. */
  since: Date;
};

/** The check after a previous one: an unchanged state keeps its start time, and only an answer ends `dead`. */
export function nextCheck(previous: TargetCheck | undefined, status: TargetStatus, at: Date): TargetCheck {
  if (status.state === 'unknown' && previous?.state === 'dead') return { ...previous, checkedAt: at };
  const since = previous?.state === status.state ? previous.since : at;
  return { ...status, checkedAt: at, since };
}

/** The last check of each target. */
export interface TargetChecks {
  /** Undefined if the target was never checked. */
  get(target: CheckedTarget): Promise<TargetCheck | undefined>;
  record(target: CheckedTarget, check: TargetCheck): Promise<void>;
}
