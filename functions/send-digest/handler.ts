import { randomUUID } from 'node:crypto';
import { systemClock } from '../adapters/system-clock.ts';
import type { Digest } from '../core/digest/digest.ts';
import { type DigestReport, sendDigest } from '../core/digest/send-digest.ts';
import { digestMailOf } from '../core/digest/view/digest-mail.ts';
import { polledMailboxes } from '../core/settings/polled-mailbox.ts';
import type { HandlerDependencies } from '../handler-dependencies.ts';
import { failureName } from '../wiring/chat.ts';
import { digestRunsFrom, ledgerFrom, targetChecksFrom, watermarksFrom } from '../wiring/dynamo.ts';
import { mailerFrom } from '../wiring/mailer.ts';
import { deadLettersFrom } from '../wiring/queues.ts';
import { spoolFrom } from '../wiring/spool.ts';

/**
 * Sends the digest: what needs attention, the unknown email, the counts, the health.
 *
 * @param options `settledMs` is for a run that certainly overlaps no poll; see `DigestSettings`
 */
export function createSendDigest(
  { settings, environment, journal }: HandlerDependencies,
  options: { settledMs?: number } = {},
) {
  const services = {
    watermarks: watermarksFrom(environment),
    ledger: ledgerFrom(environment),
    spool: spoolFrom(environment),
    targetChecks: targetChecksFrom(environment),
    deadLetters: deadLettersFrom(environment),
    digestRuns: digestRunsFrom(environment),
    mailer: mailerFrom(environment, settings.digest),
    failureName,
    format: (digest: Digest) => digestMailOf(digest, settings.digest.schedule.timeZone),
    clock: systemClock,
    journal,
  };
  const mailboxes = polledMailboxes(settings).map(({ mailbox, formerly, account: { everyMinutes } }) => ({
    mailbox,
    formerly,
    everyMinutes,
  }));
  const routes = settings.routes.map(({ id }) => id);
  return (_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<DigestReport> => {
    // Not the request id: repeats of one event have the same one, and so does an event that is delivered twice.
    const invocation = { holder: randomUUID(), remainingMs: () => context.getRemainingTimeInMillis() };
    return sendDigest(services, { mailboxes, routes, ...options }, invocation);
  };
}
