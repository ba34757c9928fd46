import { type NewLedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';

/**
 * The entry as it is handed over. If its route was removed from the settings, an alert no longer has a queue: it goes
 * to the digest as unknown email, with that reason; the ledger keeps its route.
 *
 * @param routes those of the settings
 */
export function placedEntry(entry: NewLedgerEntry, routes: readonly string[]): NewLedgerEntry {
  const { route } = entry;
  if (route === UNKNOWN_ROUTE || routes.includes(route)) return entry;
  const reason = `an alert of ${route}, a route that is no longer in the settings`;
  return { ...entry, route: UNKNOWN_ROUTE, rule: null, reason };
}
