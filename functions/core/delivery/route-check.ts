import type { TargetLook } from '../ports.ts';
import { withWayOut } from './alert-endings.ts';
import { type DeliveryFailure, deliveryOutcomeOf } from './delivery-outcome.ts';
import { type DiscordTarget, nameOfTarget } from './discord.ts';

/** What the last look at a route's target showed. */
export type RouteCheck = {
  checkedAt: Date;
  /** `unknown`: Discord could not be asked, and was not dead before. */
  state: 'alive' | 'dead' | 'unknown';
  /** When this state began. */
  since: Date;
  /** Why it is dead or unknown; undefined where it is alive. */
  failure: DeliveryFailure | undefined;
};

/** What one look says. */
export type Verdict = Pick<RouteCheck, 'state' | 'failure'>;

/** Judges a look by the same table as a post: what would make a post dead makes its target dead. */
export function verdictOf({ answer, missingPermissions }: TargetLook, target: DiscordTarget, at: Date): Verdict {
  const outcome = deliveryOutcomeOf(answer, at);
  if (outcome.kind === 'dead') {
    const { failure } = outcome;
    return { state: 'dead', failure: { ...failure, text: withWayOut(failure, { target }) } };
  }
  if (outcome.kind !== 'delivered') return { state: 'unknown', failure: outcome.failure };
  if (missingPermissions.length === 0) return { state: 'alive', failure: undefined };
  const text = `The bot lacks ${missingPermissions.join(' and ')} in ${nameOfTarget(target)}. Give it that permission.`;
  return { state: 'dead', failure: { kind: 'target', status: null, code: MISSING_PERMISSIONS, text, at } };
}

/** What Discord would answer to a post: https://docs.discord.com/developers/topics/opcodes-and-status-codes */
const MISSING_PERMISSIONS = '50013';

/** The check that follows another: a state that goes on keeps its beginning, and only an answer ends a death. */
export function nextCheck(previous: RouteCheck | undefined, { state, failure }: Verdict, at: Date): RouteCheck {
  if (state === 'unknown' && previous?.state === 'dead') return { ...previous, checkedAt: at };
  const since = previous?.state === state ? previous.since : at;
  return { checkedAt: at, state, since, failure };
}
