import type { Journal } from '../journal.ts';
import { parseQueueMessage, type QueueMessage } from '../records/alert.ts';
import type { DeadLetter, DeadLetters, UnreadableLetter } from '../records/dead-letters.ts';
import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { Ledger } from '../records/ledger.ts';
import type { LedgerEntry, NewLedgerEntry } from '../records/ledger-entry.ts';
import { CLOCK_TOLERANCE_MS, type Clock } from '../time.ts';
import { MAX_RECEIVES } from './delivery-limits.ts';

export type ReconcileServices = {
  ledger: Pick<Ledger, 'find' | 'accept' | 'recordGivenUp'>;
  deadLetters: Pick<DeadLetters, 'deleteWhere'>;
  clock: Clock;
  journal: Journal;
};

export type ReconcileReport = {
  /** Alerts that were open in the ledger, and that are dead. */
  recorded: number;
  /** Letters that were deleted, because their alert was delivered or handed over again. */
  removed: number;
  /** Letters that name no email; they stay for a person. */
  unreadable: number;
};

/**
 * Makes the ledger and the dead-letter queue of a route agree. An alert that the queue's own redrive policy moved
 * (after a crash or a time-out) is recorded as dead; a letter whose alert was settled or handed over again is deleted.
 * Safe to run at any time, and twice.
 */
export async function reconcileDeadLetters(route: string, services: ReconcileServices): Promise<ReconcileReport> {
  const report: ReconcileReport = { recorded: 0, removed: 0, unreadable: 0 };
  await services.deadLetters.deleteWhere(route, async (letters) => {
    const alerts = letters.flatMap(alertIn);
    const known = await services.ledger.find(alerts.map(({ mailId }) => mailId));
    const isDone = ({ mailId, letter }: LetteredAlert) => isObsolete(letter, known.get(mailId));
    for (const alert of alerts.filter((candidate) => !isDone(candidate))) {
      if (await recordGivenUp(alert, known.get(alert.mailId), route, services)) report.recorded += 1;
    }
    const obsolete = alerts.filter(isDone);
    report.unreadable += letters.length - alerts.length;
    report.removed += obsolete.length;
    return obsolete.map(({ letter }) => letter);
  });
  return report;
}

type LetteredAlert = { letter: DeadLetter; mailId: string; message: QueueMessage | undefined };

/** Empty if the letter names no email. */
function alertIn(letter: DeadLetter): LetteredAlert[] {
  const parsed = parseQueueMessage(letter.body);
  const message = parsed.valid ? parsed.message : undefined;
  const mailId = letter.mailId ?? message?.mailId;
  return mailId === undefined ? [] : [{ letter, mailId, message }];
}

/** The letter as one that cannot be redriven, because it names no email; empty if it names one. */
export function unreadableIn(messageId: string, { mailId, body, sentAt }: DeadLetter): UnreadableLetter[] {
  const parsed = parseQueueMessage(body);
  return parsed.valid || mailId !== undefined ? [] : [{ messageId, sentAt, reason: parsed.reason, body }];
}

/** The letter is obsolete if its alert was delivered, handed over again, or has died again since. */
function isObsolete(letter: DeadLetter, entry: LedgerEntry | undefined): boolean {
  if (!entry) return false;
  const { state, dispatchedAt, lastFailure } = entry;
  if (state === 'settled') return true;
  if (dispatchedAt && dispatchedAt > handedOverBy(letter)) return true;
  if (state !== 'dead' || !letter.failure || !lastFailure) return false;
  return lastFailure.at > letter.failure.at;
}

/** The hand-over that ended in this letter was no later than this. */
function handedOverBy({ failure, sentAt }: DeadLetter): Date {
  return failure ? failure.at : new Date(sentAt.getTime() + CLOCK_TOLERANCE_MS);
}

function newEntryOf({ mailId, location, route, rule, record, acceptedAt }: QueueMessage): NewLedgerEntry {
  return { mailId, location, route, rule, reason: null, record, acceptedAt: new Date(acceptedAt) };
}

async function recordGivenUp(
  { letter, mailId, message }: LetteredAlert,
  entry: LedgerEntry | undefined,
  route: string,
  { ledger, clock, journal }: ReconcileServices,
): Promise<boolean> {
  if (entry?.state === 'dead') return false;
  // The letter may be all that is left of an alert that the ledger has lost.
  if (!entry && message) await ledger.accept(newEntryOf(message));
  const at = clock.now();
  const failure = letter.failure ?? givenUpByQueue(at);
  const failedAt = letter.failure?.at;
  const recorded = await ledger.recordGivenUp(mailId, failure, { at, handedOverBy: handedOverBy(letter), failedAt });
  if (recorded) journal({ kind: 'alert dead', route, alert: message, failure });
  return recorded;
}

function givenUpByQueue(at: Date): DeliveryFailure {
  const text =
    `SQS stopped after ${MAX_RECEIVES} receives: the function ended without an answer; see its log, ` +
    'then redrive the route.';
  return { kind: 'unexpected', status: null, code: null, text, at };
}
