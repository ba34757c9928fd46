import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import type { Journal } from '../journal.ts';
import { type Mail, recordOf } from '../mail/mail.ts';
import { queueMessageOf } from '../records/alert.ts';
import { LEDGER_CONCURRENCY, type Ledger } from '../records/ledger.ts';
import { type LedgerEntry, type NewLedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import type { RouteQueues } from '../records/route-queues.ts';
import { type Spool, segmentOf } from '../records/spool.ts';
import type { Classifier } from '../rules/classify.ts';
import type { Clock } from '../time.ts';
import { placedEntry } from './placed-entry.ts';
import { throwTogether } from './poll-failure.ts';

export type TriageServices = {
  classify: Classifier;
  ledger: Pick<Ledger, 'find' | 'accept' | 'markDispatched'>;
  routeQueues: Pick<RouteQueues, 'send'>;
  spool: Pick<Spool, 'write'>;
  /** Those of the settings: an alert of any other one has no queue. */
  routes: readonly string[];
  /** An audit reads the emails: what it accepts was lost, and is marked so. */
  isRecovery?: boolean;
  clock: Clock;
  journal: Journal;
};

export type TriageReport = {
  accepted: number;
  recognised: number;
  /** Entries that the ledger had before, wherever their mail was read then. */
  known: readonly LedgerEntry[];
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
 * @param recognised entries of mails that the ledger knows under another mailId
 * @throws whatever a service throws; the page can then be run again
 */
export async function triagePage(
  mails: readonly Mail[],
  services: TriageServices,
  recognised: ReadonlyMap<Mail, LedgerEntry> = new Map(),
): Promise<TriageReport> {
  const report = await acceptNew(mails, recognised, services);
  return { ...report, handedOver: await handOver(report.handedOver, services) };
}

async function acceptNew(
  mails: readonly Mail[],
  underOtherIds: ReadonlyMap<Mail, LedgerEntry>,
  services: TriageServices,
): Promise<TriageReport> {
  const { ledger, journal } = services;
  // The same mail twice in one page, copied within its folder, is one mail.
  const distinct = groupBy(mails, ({ mailId }) => mailId);
  const known = await ledger.find([...distinct.keys()]);
  const accepted = new Set<Mail>();
  const entries = await pMap(
    [...distinct.values()].map(([first]) => first),
    async (mail): Promise<NewLedgerEntry | LedgerEntry> => {
      const entry = known.get(mail.mailId) ?? underOtherIds.get(mail);
      if (entry) return entry;
      const candidate = newEntryOf(mail, services);
      // Another poll was faster. Whether it lives to hand the mail over is not known, so its entry is looked at.
      if ((await ledger.accept(candidate)) === 'already there') return await existing(mail, ledger);
      accepted.add(mail);
      journal({ kind: 'mail accepted', entry: candidate });
      return candidate;
    },
    { concurrency: LEDGER_CONCURRENCY },
  );
  const recognised = mails.filter((mail) => !accepted.has(mail));
  for (const { mailId, location } of recognised) {
    journal({ kind: 'mail recognised', mailbox: location.mailbox, mailId, uid: location.uid });
  }
  return {
    handedOver: entries.filter(stillToHandOver),
    known: [...known.values()],
    recognised: recognised.length,
    accepted: accepted.size,
  };
}

async function existing({ mailId, location }: Mail, ledger: TriageServices['ledger']): Promise<LedgerEntry> {
  const entry = (await ledger.find([mailId])).get(mailId);
  if (entry) return entry;
  throw new Error(
    `${location.mailbox} uid ${location.uid}: the ledger had this mail and has lost it; the next poll tries again.`,
  );
}

/** A new entry, or one that is still `accepted`: it was left by a crash between ledger and hand-over. */
function stillToHandOver(entry: NewLedgerEntry | LedgerEntry): boolean {
  return !('state' in entry) || entry.state === 'accepted';
}

function newEntryOf(mail: Mail, { classify, clock, isRecovery }: TriageServices): NewLedgerEntry {
  const { route, rule, reason } = classify(mail);
  const { mailId, location } = mail;
  return {
    mailId,
    location,
    route,
    rule,
    reason,
    record: recordOf(mail),
    acceptedAt: clock.now(),
    ...(isRecovery && { isRecovery }),
  };
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
  services: Omit<TriageServices, 'classify'>,
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
  { routeQueues, spool }: Pick<TriageServices, 'routeQueues' | 'spool'>,
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
