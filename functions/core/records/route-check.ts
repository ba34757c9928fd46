import type { DeliveryFailure } from './delivery-failure.ts';

/** What the last look at a route's target showed. */
export type RouteCheck = {
  checkedAt: Date;
  /** `unknown`: the chat service could not be asked, and was not dead before. */
  state: 'alive' | 'dead' | 'unknown';
  /** When this state began. */
  since: Date;
  /** Why it is dead or unknown; undefined where it is alive. */
  failure: DeliveryFailure | undefined;
};

/** What one look says. */
export type Verdict = Pick<RouteCheck, 'state' | 'failure'>;

/** The check that follows another: a state that goes on keeps its beginning, and only an answer ends a death. */
export function nextCheck(previous: RouteCheck | undefined, { state, failure }: Verdict, at: Date): RouteCheck {
  if (state === 'unknown' && previous?.state === 'dead') return { ...previous, checkedAt: at };
  const since = previous?.state === state ? previous.since : at;
  return { checkedAt: at, state, since, failure };
}

/** What is known of each route's target. */
export interface RouteChecks {
  /** Undefined where the route was never checked. */
  get(route: string): Promise<RouteCheck | undefined>;
  record(route: string, check: RouteCheck): Promise<void>;
}
