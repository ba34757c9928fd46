import { type NewLedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';

/**
 * The entry as it is handed over. An alert of a route that was removed from the settings has no queue any more, so it
 * goes to the digest as unknown mail does, and says why; in the ledger it keeps its route.
 *
 * @param routes those of the settings
 */
export function placedEntry(entry: NewLedgerEntry, routes: readonly string[]): NewLedgerEntry {
  const { route } = entry;
  if (route === UNKNOWN_ROUTE || routes.includes(route)) return entry;
  const reason = `an alert of ${route}, a route that is no longer in the settings`;
  return { ...entry, route: UNKNOWN_ROUTE, rule: null, reason };
}
