import type { DeliveryFailure } from './delivery-failure.ts';

/** The paths that report to a person: digests by SES, alarms by SNS. Neither shares anything with a chat service. */
export const OPERATOR_PATHS = ['digest', 'alarms'] as const;
export type OperatorPath = (typeof OPERATOR_PATHS)[number];

/** What is checked: where a route posts, or a path to the operator. */
export type CheckedTarget = `route/${string}` | `path/${OperatorPath}`;

/**
 * What one probe shows. `dead`: what is sent there reaches nobody. `unknown`: the service could not be asked. `not checked`:
 * there is no service to ask, as for the paths of a local run. The failure says why, and what to do about it.
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

/** The check that follows another: a state that lasts keeps its beginning, and only an answer ends a death. */
export function nextCheck(previous: TargetCheck | undefined, status: TargetStatus, at: Date): TargetCheck {
  if (status.state === 'unknown' && previous?.state === 'dead') return { ...previous, checkedAt: at };
  const since = previous?.state === status.state ? previous.since : at;
  return { ...status, checkedAt: at, since };
}

/** What is known of each target. */
export interface TargetChecks {
  /** Undefined where the target was never checked. */
  get(target: CheckedTarget): Promise<TargetCheck | undefined>;
  record(target: CheckedTarget, check: TargetCheck): Promise<void>;
}
