import type { ChatTarget } from '../chat/chat-target.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Pause } from '../records/pause.ts';

/** The names under which pauses concern a target: its credential, by the parameter that holds it, and itself. */
export function pauseNamesOf({ secretParameter, name }: ChatTarget): { credential: string; target: string } {
  return { credential: secretParameter, target: name };
}

/** Whether what failed cannot heal by itself. */
export function isOfDeadTarget({ kind }: DeliveryFailure): boolean {
  return kind === 'target' || kind === 'credential';
}

/** The pause among these that decides: a death ends the matter, otherwise the one that lasts longest. */
export function effectivePause(pauses: readonly Pause[]): Pause | undefined {
  const byEnd = pauses.toSorted((one, other) => other.until.getTime() - one.until.getTime());
  return byEnd.find(({ failure }) => isOfDeadTarget(failure)) ?? byEnd[0];
}
