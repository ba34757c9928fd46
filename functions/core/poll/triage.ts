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
  /** Those of the settings: an alert of any other one has no queue. */
  routes: readonly string[];
  clock: Clock;
  journal: Journal;
};

export type TriageServices = AcceptServices & HandOverServices;

export type TriageReport = {
  accepted: number;
  recognised: number;
  /** New entries, and those that a crash had left between ledger and hand-over, as they were handed over. */
  handedOver: readonly NewLedgerEntry[];
};

/**
 * Accepts the mails of one page and hands them over: alerts to the queue of their route, the rest to the spool. When it
 * returns, each of them is in the ledger and in its place, and the watermark may pass it.
 *
 * The order is what keeps mail safe: ledger first, then queue or spool, then `dispatched`. Whatever dies in between
 * leaves entries that are still `accepted`; the next run of the same page finds them and hands them over again.
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
 * Hands entries over that stand in the ledger: alerts to the queue of their route, unknown mail to segments of the spool.
 * A queue or a spool that fails keeps what is meant for it, and nothing else.
 *
 * @returns the entries as they were handed over
 * @throws whatever the services throw, after everything was tried; handing the same entries over again does no harm
 */
export async function handOver(
  entries: readonly NewLedgerEntry[],
  services: HandOverServices,
): Promise<NewLedgerEntry[]> {
  const { ledger, routes, clock, journal } = services;
  // Before the alerts leave: one that a poster buries a moment later must stay dead.
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

/** Entries that go to the same place. */
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

/** The queue of a route, or one segment: of the mailbox that the mail was accepted in, should it have been moved since. */
function placeOf({ route, location }: NewLedgerEntry): string {
  if (route !== UNKNOWN_ROUTE) return route;
  return JSON.stringify([location.mailbox, location.uidValidity]);
}
