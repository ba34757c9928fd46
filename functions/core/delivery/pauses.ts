import type { ChatTarget } from '../chat/chat-target.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Pause } from '../records/pause.ts';

/**
 * The names of the pauses that affect a target: its credential, by the parameter that holds it, and the target itself.
 */
export function pauseNamesOf({ secretParameter, name }: ChatTarget): { credential: string; target: string } {
  return { credential: secretParameter, target: name };
}

/** Whether the target cannot recover by itself. */
export function isOfDeadTarget({ kind }: DeliveryFailure): boolean {
  return kind === 'target' || kind === 'credential';
}

/** The pause that applies: one for a dead target if there is one, otherwise the longest. */
export function effectivePause(pauses: readonly Pause[]): Pause | undefined {
  const byEnd = pauses.toSorted((one, other) => other.until.getTime() - one.until.getTime());
  return byEnd.find(({ failure }) => isOfDeadTarget(failure)) ?? byEnd[0];
}
