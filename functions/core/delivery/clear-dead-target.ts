import type { ChatTarget } from '../chat/chat-target.ts';
import type { Pauses } from '../records/pause.ts';
import type { Clock } from '../time.ts';
import { isOfDeadTarget, pauseNamesOf } from './pauses.ts';

/**
 * Ends the pause of a target that a poster found dead, because there is newer information. A pause that the chat
 * service asked for stays.
 */
export async function clearDeadTargetPause(
  target: ChatTarget,
  { pauses, clock }: { pauses: Pick<Pauses, 'active' | 'lift'>; clock: Clock },
): Promise<void> {
  for (const name of Object.values(pauseNamesOf(target))) {
    const [pause] = await pauses.active([name], clock.now());
    if (pause && isOfDeadTarget(pause.failure)) await pauses.lift(name);
  }
}
