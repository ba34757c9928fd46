import type { DeadLetters } from '../records/dead-letters.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import { type AcceptedEntry, type LedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import type { Spool } from '../records/spool.ts';
import type { TargetCheck, TargetChecks } from '../records/target-check.ts';
import type { MailboxHealth, Watermark, Watermarks } from '../records/watermark.ts';
import { type DeadLetterFacts, readDeadLetters } from './dead-letter-facts.ts';
import { EXAMPLES_SHOWN, SETTLED_MS } from './limits.ts';
import { type PendingMail, readPendingMail } from './pending-email.ts';
import type { DigestRuns } from './run.ts';
import { type DigestWindow, isWithin, windowOf } from './window.ts';

/** A mailbox that a digest covers, such as `support/INBOX`, its former names, and how often it is polled. */
export type DigestMailbox = { mailbox: string; formerly?: readonly string[]; everyMinutes: number };

/** What is known of one mailbox when a digest is written. */
export type MailboxFacts = DigestMailbox & {
  /** Undefined if no poll has run yet, whether successful or not. */
  health: MailboxHealth | undefined;
  /** Of the name under which polls last read it; undefined if none has yet. */
  watermark: Watermark | undefined;
};

/** A failure in two or three words, as the chat service calls it: `Missing Access`. */
export type FailureName = (failure: DeliveryFailure) => string;

/** Everything that a digest is made of, as read from watermarks, ledger and spool. */
export type DigestFacts = {
  at: Date;
  mailboxes: readonly MailboxFacts[];
  /** Undefined if this is the first digest. */
  previousDigestAt: Date | undefined;
  /** What this digest counts, and reports once: emails that were accepted, and restarts of polls. */
  window: DigestWindow;
  /** Emails that were accepted within the window, of all mailboxes and routes. */
  accepted: readonly AcceptedEntry[];
  /** Configured routes, in the order of the settings. */
  routes: readonly string[];
  /** Of configured routes that have been checked. */
  routeChecks: ReadonlyMap<string, TargetCheck>;
  /** Of configured routes. */
  deadLetters: readonly DeadLetterFacts[];
  /** Whether alarms arrive; undefined if that was never checked. A digest that arrives need not report its own path. */
  alarmPath: TargetCheck | undefined;
  /** Alerts of all routes that are not settled, including those of removed routes and mailboxes; oldest first. */
  openAlerts: readonly LedgerEntry[];
  /** Unknown emails that are not settled and are in no pending segment; oldest first. */
  notInSpool: readonly LedgerEntry[];
  /** Of the emails that an audit recovered within the window, the first few of each mailbox. */
  recovered: readonly LedgerEntry[];
  failureName: FailureName;
} & PendingMail;

export type FactServices = {
  watermarks: Pick<Watermarks, 'get'>;
  ledger: Pick<Ledger, 'find' | 'allOpenEntries' | 'acceptedBetween'>;
  spool: Pick<Spool, 'pending'>;
  targetChecks: Pick<TargetChecks, 'get'>;
  deadLetters: Pick<DeadLetters, 'unreadable'>;
  digestRuns: Pick<DigestRuns, 'lastSent'>;
  failureName: FailureName;
};

/**
 * Reads everything that a digest is made of. The spool is read first: what the ledger then shows as dispatched before
 * `at` must be in it.
 *
 * @throws whatever a service throws; nothing is changed
 */
export async function readDigestFacts(
  { watermarks, ledger, spool, targetChecks, deadLetters, digestRuns, failureName }: FactServices,
  {
    mailboxes,
    routes,
    settledMs = SETTLED_MS,
  }: { mailboxes: readonly DigestMailbox[]; routes: readonly string[]; settledMs?: number | undefined },
  at: Date,
): Promise<DigestFacts> {
  const pending = await readPendingMail(spool, ledger);
  const previous = await digestRuns.lastSent();
  const facts = await Promise.all(mailboxes.map((mailbox) => readMailbox(mailbox, watermarks)));
  const window = windowOf(at, settledMs, previous);
  const accepted: AcceptedEntry[] = [];
  for await (const entry of ledger.acceptedBetween(window.from, window.until)) accepted.push(entry);
  const recovered = facts.flatMap((mailbox) =>
    [...recoveredMailIds(mailbox, { window, accepted })].slice(0, EXAMPLES_SHOWN),
  );
  return {
    at,
    mailboxes: facts,
    previousDigestAt: previous?.at,
    window,
    accepted,
    routes,
    routeChecks: await checksOf(routes, targetChecks),
    deadLetters: await readDeadLetters(routes, deadLetters),
    alarmPath: await targetChecks.get('path/alarms'),
    ...(await readOpen(ledger, pending)),
    recovered: [...(await ledger.find(recovered)).values()],
    failureName,
    ...pending,
  };
}

/** A renamed mailbox has its watermark under a former name until a poll has carried it over. */
async function readMailbox(mailbox: DigestMailbox, watermarks: FactServices['watermarks']): Promise<MailboxFacts> {
  const health = await watermarks.get(mailbox.mailbox);
  let { watermark } = health ?? {};
  for (const name of mailbox.formerly ?? []) watermark ??= (await watermarks.get(name))?.watermark;
  return { ...mailbox, health, watermark };
}

/** What was accepted of a mailbox, under any of its names. */
export function acceptedOf(
  { mailbox, formerly = [] }: DigestMailbox,
  { accepted }: Pick<DigestFacts, 'accepted'>,
): AcceptedEntry[] {
  return accepted.filter((entry) => entry.mailbox === mailbox || formerly.includes(entry.mailbox));
}

/** Emails that audits accepted within the window, and those that the last audit found accepted but not handed over. */
export function recoveredMailIds(
  facts: MailboxFacts,
  { window, accepted }: Pick<DigestFacts, 'window' | 'accepted'>,
): ReadonlySet<string> {
  const { lastAudit } = facts.health ?? {};
  const marked = acceptedOf(facts, { accepted }).filter(({ isRecovery }) => isRecovery);
  const found = lastAudit && isWithin(lastAudit.at, window) ? lastAudit.findings : [];
  return new Set([...marked, ...found.filter(({ kind }) => kind === 'missing')].map(({ mailId }) => mailId));
}

/** Of unknown email, only what is not in the spool is kept: a backlog of it would not fit into memory. */
async function readOpen(ledger: Pick<Ledger, 'allOpenEntries'>, { carried, heldBack }: PendingMail) {
  const inSpool = new Set(carried.map(({ mailId }) => mailId));
  const openAlerts: LedgerEntry[] = [];
  const notInSpool: LedgerEntry[] = [];
  for await (const entry of ledger.allOpenEntries()) {
    if (entry.route !== UNKNOWN_ROUTE) openAlerts.push(entry);
    else if (!inSpool.has(entry.mailId) && !heldBack.has(entry.mailId)) notInSpool.push(entry);
  }
  return { openAlerts: openAlerts.sort(byAge), notInSpool: notInSpool.sort(byAge) };
}

function byAge(one: LedgerEntry, other: LedgerEntry): number {
  return one.acceptedAt.getTime() - other.acceptedAt.getTime();
}

async function checksOf(
  routes: readonly string[],
  targetChecks: FactServices['targetChecks'],
): Promise<Map<string, TargetCheck>> {
  const checks = new Map<string, TargetCheck>();
  for (const route of routes) {
    const check = await targetChecks.get(`route/${route}`);
    if (check) checks.set(route, check);
  }
  return checks;
}
