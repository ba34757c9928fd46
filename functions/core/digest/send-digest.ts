import pMap from 'p-map';
import type { Journal } from '../journal.ts';
import { LEDGER_CONCURRENCY } from '../poll/poll-limits.ts';
import type { Clock, Ledger, Mailer, RouteChecks, Spool, Watermarks } from '../ports.ts';
import { composeDigest } from './digest.ts';
import { type DigestMailbox, readDigestFacts } from './digest-facts.ts';
import { digestMailOf } from './digest-mail.ts';

type DigestServices = {
  watermarks: Watermarks;
  ledger: Ledger;
  spool: Spool;
  routeChecks: RouteChecks;
  mailer: Mailer;
  clock: Clock;
  journal: Journal;
};

type DigestSettings = {
  mailboxes: readonly DigestMailbox[];
  /** Configured routes, in the order in which they are told. */
  routes: readonly string[];
  /** IANA name, for the times that a reader sees. */
  timeZone: string;
};

export type DigestReport = {
  subject: string;
  messageId: string;
  /** The unknown mails that it carried; they are settled now. */
  mailIds: readonly string[];
  text: string;
  html: string;
};

/**
 * Sends one digest, also when there is nothing to say, and settles exactly the unknown mail that it carried.
 *
 * The order keeps mail safe: nothing is settled before the mail service accepted the digest, no segment moves before its
 * mails are settled, and the counts begin anew last. A crash in between makes the next digest repeat what is not settled
 * and skip what is; it never loses a mail. Dead letters are told, not settled: a digest does not deliver an alert.
 *
 * A segment with damaged lines moves as well. Left behind, it would come again every day with nothing new. Nothing is
 * lost by moving it: this digest has told of the lines, the moved object keeps them byte for byte, and the mails in them
 * stay open in the ledger, which names them in every digest until one has carried them.
 *
 * @throws whatever a service throws; the next run repeats what this one did not finish
 */
export async function sendDigest(services: DigestServices, settings: DigestSettings): Promise<DigestReport> {
  const { watermarks, ledger, spool, mailer, clock, journal } = services;
  const at = clock.now();
  const facts = await readDigestFacts(services, settings, at);
  const mail = digestMailOf(composeDigest(facts), settings.timeZone);
  const { messageId } = await mailer.send(mail);

  const { subject, text, html } = mail;
  const mailIds = facts.carried.map(({ mailId }) => mailId);
  journal({ kind: 'digest sent', subject, messageId, mailIds });
  await pMap(mailIds, (mailId) => ledger.settle(mailId, { at: clock.now() }), { concurrency: LEDGER_CONCURRENCY });
  await pMap(facts.segmentKeys, (key) => spool.archive(key, at), { concurrency: LEDGER_CONCURRENCY });
  for (const { mailbox, health } of facts.mailboxes) {
    if (!health) continue;
    const { pollsSinceDigest: polls, failedPollsSinceDigest: failedPolls } = health;
    await watermarks.recordDigest(mailbox, { at, polls, failedPolls });
  }
  return { subject, messageId, mailIds, text, html };
}
