import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import type { Journal } from '../journal.ts';
import type { Mail } from '../mail/mail.ts';
import { queueMessageOf } from '../records/alert.ts';
import { LEDGER_CONCURRENCY, type Ledger } from '../records/ledger.ts';
import { type NewLedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import type { RouteQueues } from '../records/route-queues.ts';
import { type Spool, segmentOf } from '../records/spool.ts';
import type { Clock } from '../time.ts';
import { type AcceptServices, acceptPage, type KnownPlaces } from './accept-page.ts';
import { placedEntry } from './placed-entry.ts';
import { throwTogether } from './poll-failure.ts';

export type HandOverServices = {
  ledger: Pick<Ledger, 'markDispatched'>;
  routeQueues: Pick<RouteQueues, 'send'>;
  spool: Pick<Spool, 'write'>;
  /** Those of the settings: an alert of any other route has no queue. */
  routes: readonly string[];
  clock: Clock;
  journal: Journal;
};

export type TriageServices = AcceptServices & HandOverServices;

export type TriageReport = {
  accepted: number;
  recognised: number;
  /** New entries, and those that a crash left between ledger and hand-over, as they were handed over. */
  handedOver: readonly NewLedgerEntry[];
};

/**
 * Accepts the emails of one page and hands them over: alerts to the queue of their route, the rest to the spool. After
 * that, each of them is in the ledger and in its queue or spool, and the watermark may pass it.
 *
 * The order keeps email safe: ledger first, then queue or spool, then `dispatched`. A crash in between leaves entries
 * that are still `accepted`; the next run of the same page finds them and hands them over again.
 *
 * @param mails of one mailbox and one uidValidity
 * @throws whatever a service throws; the page can then be run again
 */
export async function triagePage(
  mails: readonly Mail[],
  services: TriageServices,
  places: KnownPlaces = {},
): Promise<TriageReport> {
  const { accepted, recognised, toHandOver } = await acceptPage(mails, services, places);
  return { accepted, recognised, handedOver: await handOver(toHandOver, services) };
}

/**
 * Hands over entries of the ledger: alerts to the queue of their route, unknown email to segments of the spool. If a
 * queue or the spool fails, only its own entries are held up.
 *
 * @returns the entries as they were handed over
 * @throws whatever the services throw, after everything was tried; handing over the same entries again is harmless
 */
export async function handOver(
  entries: readonly NewLedgerEntry[],
  services: HandOverServices,
): Promise<NewLedgerEntry[]> {
  const { ledger, routes, clock, journal } = services;
  // The time before the alerts are sent: if a poster dead-letters one a moment later, it must stay dead.
  const at = clock.now();
  const placed = entries.map((entry) => placedEntry(entry, routes));
  const errors: unknown[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T[]> => {
    try {
      return [await work()];
    } catch (error) {
      errors.push(error);
      return [];
    }
  };
  const groups = [...groupBy(placed, placeOf).values()];
  const sent = await Promise.all(groups.map((together) => attempt(() => handOverTogether(together, at, services))));
  await pMap(
    sent.flat(2),
    (entry) =>
      attempt(async () => {
        await ledger.markDispatched(entry.mailId, at);
        journal({ kind: 'mail handed over', entry });
      }),
    { concurrency: LEDGER_CONCURRENCY },
  );
  throwTogether(errors);
  return placed;
}

/** Entries with the same destination. */
async function handOverTogether(
  together: [NewLedgerEntry, ...NewLedgerEntry[]],
  at: Date,
  { routeQueues, spool }: Pick<HandOverServices, 'routeQueues' | 'spool'>,
): Promise<readonly NewLedgerEntry[]> {
  const [{ route, location }] = together;
  if (route === UNKNOWN_ROUTE) {
    await spool.write(segmentOf(location.mailbox, location.uidValidity, together, at));
  } else {
    await routeQueues.send(route, together.map(queueMessageOf));
  }
  return together;
}

/** The queue of a route, or one segment: of the mailbox in which the email was accepted, even if it has moved since. */
function placeOf({ route, location }: NewLedgerEntry): string {
  if (route !== UNKNOWN_ROUTE) return route;
  return JSON.stringify([location.mailbox, location.uidValidity]);
}
