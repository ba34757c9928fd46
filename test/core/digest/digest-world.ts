import { DIGEST_TIMEOUT_MS } from '../../../functions/core/digest/limits.ts';
import type { Mailer } from '../../../functions/core/digest/mailer.ts';
import type { DigestRuns } from '../../../functions/core/digest/run.ts';
import { sendDigest } from '../../../functions/core/digest/send-digest.ts';
import type { DeadLetters } from '../../../functions/core/records/dead-letters.ts';
import type { Ledger } from '../../../functions/core/records/ledger.ts';
import type { NewLedgerEntry } from '../../../functions/core/records/ledger-entry.ts';
import { PENDING_PREFIX, type Spool, segmentOf } from '../../../functions/core/records/spool.ts';
import type { Watermarks } from '../../../functions/core/records/watermark.ts';
import type { Clock } from '../../../functions/core/time.ts';
import { MAILBOX, testWorld } from '../../test-world.ts';
import { AUDIT, entryOf, hoursAgo, NOW, WATERMARK } from './digest-fixtures.ts';

export const SETTINGS = {
  mailboxes: [{ mailbox: MAILBOX, everyMinutes: 15 }],
  routes: ['vip'],
};

type Changes = Partial<{
  ledger: Ledger;
  spool: Spool;
  watermarks: Watermarks;
  deadLetters: Pick<DeadLetters, 'unreadable'>;
  digestRuns: DigestRuns;
  mailer: Mailer;
  clock: Clock;
}>;

/** A mail that the ledger can accept three hours before the digest. */
export function newEntry(uid: number, route = 'unknown'): NewLedgerEntry {
  const { record, rule } = entryOf();
  return {
    mailId: `mail-${uid}`,
    location: { mailbox: MAILBOX, uidValidity: '7', uid },
    route,
    rule: route === 'unknown' ? null : rule,
    reason: null,
    record: { ...record, subject: `Subject ${uid}.` },
    acceptedAt: hoursAgo(3),
  };
}

/**
 * A mailbox that was polled and audited, with these unknown emails in the ledger and, one segment each, in the spool.
 */
export async function digestWorld(uids: readonly number[] = [1, 2, 3]) {
  const { services } = testWorld({ now: NOW, timeZone: 'Europe/Berlin' });
  const { ledger, spool, watermarks } = services;
  await watermarks.create({ ...WATERMARK, lastUid: 0 });
  await watermarks.recordPollFailure(MAILBOX, { at: hoursAgo(1), kind: 'timeout', text: 'It took too long.' });
  await watermarks.recordPoll(MAILBOX, { at: hoursAgo(0.1), uidNext: 10, isComplete: true });
  await watermarks.recordAudit(AUDIT);
  async function hasUnknown(uid: number, acceptedAt = hoursAgo(3)) {
    const entry = { ...newEntry(uid), acceptedAt };
    await ledger.accept(entry);
    await spool.write(segmentOf(MAILBOX, '7', [entry], acceptedAt));
    await ledger.markDispatched(entry.mailId, acceptedAt);
  }
  for (const uid of uids) await hasUnknown(uid);
  let invocations = 0;
  /** As Lambda invokes it, which ends it after its time. */
  function invocation({ now }: Clock) {
    invocations += 1;
    const endsAtMs = now().getTime() + DIGEST_TIMEOUT_MS;
    return { holder: `digest ${invocations}`, remainingMs: () => endsAtMs - now().getTime() };
  }
  const keys = () => [...spool.objects.keys()];
  return {
    ...services,
    hasUnknown,
    send: (changes: Changes = {}) =>
      sendDigest({ ...services, ...changes }, SETTINGS, invocation(changes.clock ?? services.clock)),
    pending: () => keys().filter((key) => key.startsWith(PENDING_PREFIX)),
    digested: () => keys().filter((key) => !key.startsWith(PENDING_PREFIX)),
    settled: () => ledger.entries().flatMap(({ mailId, state }) => (state === 'settled' ? [mailId] : [])),
  };
}
