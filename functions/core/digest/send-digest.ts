import pMap from 'p-map';
import type { Handed, MethodLists } from '../handed-ports.ts';
import type { Journal } from '../journal.ts';
import type { DeadLetters } from '../records/dead-letters.ts';
import { LEDGER_CONCURRENCY, type Ledger } from '../records/ledger.ts';
import type { Spool } from '../records/spool.ts';
import type { TargetChecks } from '../records/target-check.ts';
import type { Watermarks } from '../records/watermark.ts';
import type { Clock } from '../time.ts';
import { composeContinuation, composeDigest, type Digest } from './digest.ts';
import { type DigestFacts, type DigestMailbox, type FailureName, readDigestFacts } from './facts.ts';
import { MAILS_PER_RUN } from './limits.ts';
import type { DigestMail, Mailer } from './mailer.ts';
import { type PendingMail, readPendingMail } from './pending-email.ts';
import { type DigestInvocation, type DigestRuns, whileNoOtherRuns } from './run.ts';

type Ports = {
  watermarks: Watermarks;
  ledger: Ledger;
  spool: Spool;
  targetChecks: TargetChecks;
  mailer: Mailer;
  deadLetters: DeadLetters;
  digestRuns: DigestRuns;
};

/** What a digest may call. The policy of send-digest derives from this list. */
export const SEND_DIGEST_PORTS = {
  watermarks: ['get', 'recordDigest'],
  ledger: ['find', 'settle', 'allOpenEntries', 'acceptedBetween'],
  spool: ['pending', 'archive'],
  targetChecks: ['get'],
  mailer: ['send'],
  deadLetters: ['unreadable'],
  digestRuns: ['begin', 'end', 'recordSent', 'lastSent'],
} as const satisfies MethodLists<Ports>;

type DigestServices = Handed<Ports, typeof SEND_DIGEST_PORTS> & {
  failureName: FailureName;
  /** Formats a digest for its reader. */
  format: (digest: Digest) => DigestMail;
  clock: Clock;
  journal: Journal;
};

type DigestSettings = {
  mailboxes: readonly DigestMailbox[];
  /** Configured routes, in display order. */
  routes: readonly string[];
  /** How long before the digest its counts end, in milliseconds; `SETTLED_MS` if a poll may be running. */
  settledMs?: number;
};

export type DigestReport = {
  /** The subject of the first email; what did not fit was sent in further ones. */
  subject: string;
  messageId: string;
  text: string;
  html: string;
  /** The unknown emails carried by this or a further digest email; they are settled now. */
  mailIds: readonly string[];
};

type SentMail = Omit<DigestReport, 'mailIds'>;

/**
 * Sends one digest, even if there is nothing to report, and settles exactly the unknown email that it carried. What
 * does not fit into one email follows in further ones, each of which is settled before the next.
 *
 * The order keeps email safe: nothing is settled before the mail service accepted the digest email, no segment is
 * archived before its emails are settled, and the window is recorded last. After a crash in between, the next digest
 * repeats what is not settled and skips what is; it never loses an email. If two digests start at once, the second
 * waits for the end of the first, so that each email is carried once, unless one of them died. Dead letters are
 * reported, not settled: a digest does not deliver an alert.
 *
 * A segment with damaged lines is archived as well. Otherwise it would return every day with nothing new. Nothing is
 * lost: this digest reports the lines, the archived object keeps them byte for byte, and their emails stay open in the
 * ledger, which lists them in every digest until one has carried them.
 *
 * @throws AnotherDigestRuns, or whatever a service throws; the next run repeats what this one did not finish
 */
export async function sendDigest(
  services: DigestServices,
  settings: DigestSettings,
  invocation: DigestInvocation,
): Promise<DigestReport> {
  return await whileNoOtherRuns(invocation, services, () => sendAll(services, settings));
}

async function sendAll(services: DigestServices, settings: DigestSettings): Promise<DigestReport> {
  const { ledger, spool, clock } = services;
  const at = clock.now();
  const facts = await readDigestFacts(services, settings, at);
  const first = await sendAndSettle(composeDigest(facts), facts, services);
  await recordDigest(facts, services);
  await services.digestRuns.recordSent({ at, countedUntil: facts.window.until });

  const mailIds = facts.carried.map(({ mailId }) => mailId);
  let pending: PendingMail = facts;
  for (let mails = 1; mails < MAILS_PER_RUN && pending.heldBack.size > 0; mails += 1) {
    pending = await readPendingMail(spool, ledger);
    await sendAndSettle(composeContinuation(pending, at), pending, services);
    mailIds.push(...pending.carried.map(({ mailId }) => mailId));
  }
  return { ...first, mailIds };
}

async function sendAndSettle(
  digest: Digest,
  { carried, segmentKeys }: PendingMail,
  { ledger, spool, format, mailer, clock, journal }: DigestServices,
): Promise<SentMail> {
  const mail = format(digest);
  const { messageId } = await mailer.send(mail);

  const { subject, text, html } = mail;
  const mailIds = carried.map(({ mailId }) => mailId);
  journal({ kind: 'digest sent', subject, messageId, mailIds });
  await pMap(mailIds, (mailId) => ledger.settle(mailId, { at: clock.now() }), { concurrency: LEDGER_CONCURRENCY });
  await pMap(segmentKeys, (key) => spool.archive(key, digest.at), { concurrency: LEDGER_CONCURRENCY });
  return { subject, messageId, text, html };
}

/** If a digest that died has already reported these polls, this one has reported them too. */
async function recordDigest({ at, mailboxes }: DigestFacts, { watermarks }: DigestServices): Promise<void> {
  for (const { mailbox, health } of mailboxes) {
    if (!health) continue;
    const { lastDigestAt: previousAt, pollsSinceDigest: polls, failedPollsSinceDigest: failedPolls } = health;
    await watermarks.recordDigest(mailbox, { at, previousAt, polls, failedPolls });
  }
}
