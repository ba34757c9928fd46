import type { Journal } from '../journal.ts';
import type { Ledger } from '../records/ledger.ts';
import type { Clock } from '../time.ts';

/**
 * Tells how long the oldest alert of these routes waits, dead letters included: from the ledger, because a queue forgets
 * after 14 days, and its own age leaves out what was received more than three times.
 */
export async function tellOldestOpenAlert(
  routes: readonly string[],
  { ledger, clock, journal }: { ledger: Pick<Ledger, 'openEntries'>; clock: Clock; journal: Journal },
): Promise<void> {
  const at = clock.now();
  let oldestAgeMs = 0;
  for (const route of routes) {
    for await (const { acceptedAt } of ledger.openEntries(route)) {
      oldestAgeMs = Math.max(oldestAgeMs, at.getTime() - acceptedAt.getTime());
      // They come oldest first.
      break;
    }
  }
  journal({ kind: 'open alerts looked at', at, oldestAgeMs });
}
