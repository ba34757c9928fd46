import type { Journal } from '../journal.ts';
import type { Ledger } from '../records/ledger.ts';
import type { Clock } from '../time.ts';

/**
 * Reports how long the oldest alert of these routes has waited, dead letters included. From the ledger, because a queue
 * drops messages after 14 days, and its own age metric ignores messages that were received more than three times.
 */
export async function reportOldestOpenAlert(
  routes: readonly string[],
  { ledger, clock, journal }: { ledger: Pick<Ledger, 'openEntries'>; clock: Clock; journal: Journal },
): Promise<void> {
  const at = clock.now();
  let oldestAgeMs = 0;
  for (const route of routes) {
    for await (const { acceptedAt } of ledger.openEntries(route)) {
      oldestAgeMs = Math.max(oldestAgeMs, at.getTime() - acceptedAt.getTime());
      // Entries come oldest first.
      break;
    }
  }
  journal({ kind: 'oldest open alert', at, oldestAgeMs });
}
