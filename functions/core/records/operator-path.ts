/** A path on which a person is told: digests travel by SES, alarms by SNS. Neither shares anything with a chat service. */
export type OperatorPath = 'digest' | 'alarms';

/** What the last look at a path to the operator showed. */
export type PathCheck = {
  checkedAt: Date;
  /**
   * `closed`: what is sent reaches nobody. `unknown`: the service could not be asked, and the path was not closed before.
   * `not checked`: there is nobody to ask, as in a local run.
   */
  state: 'open' | 'closed' | 'unknown' | 'not checked';
  /** When this state began. */
  since: Date;
  /** What is wrong, and what to do about it; undefined where it is open. */
  reason: string | undefined;
};

/** What one look says. */
export type PathVerdict = Pick<PathCheck, 'state' | 'reason'>;

/** The check that follows another: a state that goes on keeps its beginning, and only an answer opens a closed path. */
export function nextPathCheck(previous: PathCheck | undefined, { state, reason }: PathVerdict, at: Date): PathCheck {
  if (state === 'unknown' && previous?.state === 'closed') return { ...previous, checkedAt: at };
  const since = previous?.state === state ? previous.since : at;
  return { checkedAt: at, state, since, reason };
}

/** What is known of each path to the operator. */
export interface PathChecks {
  /** Undefined where the path was never looked at. */
  get(path: OperatorPath): Promise<PathCheck | undefined>;
  record(path: OperatorPath, check: PathCheck): Promise<void>;
}
