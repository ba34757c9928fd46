import { randomUUID } from 'node:crypto';
import { systemClock } from '../adapters/system-clock.ts';
import { type DigestReport, sendDigest } from '../core/digest/send-digest.ts';
import { polledMailboxes } from '../core/settings/polled-mailbox.ts';
import {
  digestRunsFrom,
  ledgerFrom,
  pathChecksFrom,
  routeChecksFrom,
  watermarksFrom,
} from '../from-environment/dynamo.ts';
import { mailerFrom } from '../from-environment/mailer.ts';
import { deadLettersFrom } from '../from-environment/queues.ts';
import { spoolFrom } from '../from-environment/spool.ts';
import type { Surroundings } from '../surroundings.ts';

/** Sends the digest: what needs a person, the unknown mail, the counts, the health. */
export function createSendDigest({ settings, environment, journal }: Surroundings) {
  const services = {
    watermarks: watermarksFrom(environment),
    ledger: ledgerFrom(environment),
    spool: spoolFrom(environment),
    routeChecks: routeChecksFrom(environment),
    pathChecks: pathChecksFrom(environment),
    deadLetters: deadLettersFrom(environment),
    digestRuns: digestRunsFrom(environment),
    mailer: mailerFrom(environment, settings.digest),
    clock: systemClock,
    journal,
  };
  const mailboxes = polledMailboxes(settings).map(({ mailbox, formerly, account: { everyMinutes } }) => ({
    mailbox,
    formerly,
    everyMinutes,
  }));
  const routes = settings.routes.map(({ id }) => id);
  const { timeZone } = settings.digest.schedule;
  return (_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<DigestReport> => {
    // Not by the id of the request: the repeats of one event have the same, and so has an event that comes twice.
    const invocation = { holder: randomUUID(), remainingMs: () => context.getRemainingTimeInMillis() };
    return sendDigest(services, { mailboxes, routes, timeZone }, invocation);
  };
}
