import { placedEntry } from '../poll/placed-entry.ts';
import { MAILS_PER_PAGE } from '../poll/poll-limits.ts';
import { type HandOverServices, handOver } from '../poll/triage.ts';
import type { AuditFinding, AuditReport } from '../records/audit-report.ts';
import type { Ledger } from '../records/ledger.ts';
import { type LedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import { parseSegment, type Spool } from '../records/spool.ts';
import { findingOf } from './audit-findings.ts';
import { FINDINGS_NAMED, OPEN_ENTRIES_RESERVE_MS, STALE_ALERT_MS, STALE_UNKNOWN_MS } from './audit-limits.ts';

/** What the settings name. */
export type Configured = {
  /** In their order: the audit of the first one also covers entries of mailboxes that are no longer polled. */
  mailboxes: readonly string[];
};

export type StaleServices = HandOverServices & {
  ledger: Pick<Ledger, 'allOpenEntries' | 'find'>;
  spool: Pick<Spool, 'pending'>;
  configured: Configured;
};

/** What an audit found among the ledger's open entries. */
export type StaleFound = Pick<AuditReport, 'staleAlerts' | 'staleUnknown' | 'left' | 'findings'>;

export const NOTHING_STALE: StaleFound = { staleAlerts: 0, staleUnknown: 0, left: 0, findings: [] };

/**
 * Hands over again what waits too long: alerts to the queue of their route, unknown email that is not in the spool to a
 * segment. Alerts of a route that was removed from the settings no longer have a queue, so they go to the digest as
 * unknown email does. Dead alerts wait for a person, and email in the spool waits for a digest: these are only
 * reported.
 *
 * @throws whatever a service throws; the next audit finds the same entries again
 */
export async function handOverStale(
  mailbox: string,
  services: StaleServices,
  remainingMs: () => number,
): Promise<StaleFound> {
  let found = NOTHING_STALE;
  let spooled: Promise<ReadonlySet<string>> | undefined;
  const readSpool = () => {
    spooled ??= pendingMailIds(services.spool);
    return spooled;
  };
  for await (const entries of staleEntries(mailbox, services)) {
    const isTimeLeft = remainingMs() >= OPEN_ENTRIES_RESERVE_MS;
    const findings = isTimeLeft ? await handOverAgain(entries, services, readSpool) : [];
    const unknown = findings.filter(({ kind }) => kind === 'stale unknown').length;
    found = {
      staleAlerts: found.staleAlerts + findings.length - unknown,
      staleUnknown: found.staleUnknown + unknown,
      left: found.left + (isTimeLeft ? 0 : entries.length),
      findings: [...found.findings, ...findings].slice(0, FINDINGS_NAMED),
    };
  }
  return found;
}

/** Yields pages of the entries that this mailbox's audit covers. */
async function* staleEntries(
  mailbox: string,
  { ledger, clock, configured }: StaleServices,
): AsyncGenerator<LedgerEntry[]> {
  let page: LedgerEntry[] = [];
  for await (const entry of ledger.allOpenEntries()) {
    if (!answersFor(mailbox, entry.location.mailbox, configured) || !isStale(entry, clock.now())) continue;
    page.push(entry);
    if (page.length < MAILS_PER_PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function answersFor(audited: string, mailbox: string, { mailboxes }: Configured): boolean {
  return mailboxes.includes(mailbox) ? mailbox === audited : audited === mailboxes[0];
}

/** By its last hand-over: an entry that was requeued an hour ago is on its way. */
function isStale({ state, route, dispatchedAt, acceptedAt }: LedgerEntry, now: Date): boolean {
  const limitMs = route === UNKNOWN_ROUTE ? STALE_UNKNOWN_MS : STALE_ALERT_MS;
  return state !== 'settled' && now.getTime() - (dispatchedAt ?? acceptedAt).getTime() > limitMs;
}

async function handOverAgain(
  indexed: readonly LedgerEntry[],
  services: StaleServices,
  readSpool: () => Promise<ReadonlySet<string>>,
): Promise<AuditFinding[]> {
  const { ledger, clock, routes } = services;
  const isForDigest = (entry: LedgerEntry) => placedEntry(entry, routes).route === UNKNOWN_ROUTE;
  // Read before the entries are: a digest settles an entry first and then removes it from the spool.
  const spooled = indexed.some(isForDigest) ? await readSpool() : new Set<string>();
  // The index that returned these lags behind the table.
  const entries = [...(await ledger.find(indexed.map(({ mailId }) => mailId))).values()];
  const stale = entries
    .filter((candidate) => isStale(candidate, clock.now()))
    .map((entry) => ({ entry, outcome: outcomeOf(entry, isForDigest(entry), spooled) }));
  const due = stale.flatMap(({ entry, outcome }) => (outcome === 'sent' ? [entry] : []));
  await handOver(due, services);
  return stale.map(({ entry, outcome }) => {
    const kind = entry.route === UNKNOWN_ROUTE ? 'stale unknown' : 'stale alert';
    return findingOf(kind, outcome, placedEntry(entry, routes));
  });
}

function outcomeOf(
  { mailId, state }: LedgerEntry,
  isForDigest: boolean,
  spooled: ReadonlySet<string>,
): AuditFinding['outcome'] {
  if (isForDigest) return spooled.has(mailId) ? 'in the spool' : 'sent';
  return state === 'dead' ? 'dead' : 'sent';
}

async function pendingMailIds(spool: Pick<Spool, 'pending'>): Promise<ReadonlySet<string>> {
  const mailIds = new Set<string>();
  for await (const { text } of spool.pending()) for (const { mailId } of parseSegment(text).lines) mailIds.add(mailId);
  return mailIds;
}
