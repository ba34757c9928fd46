import { systemClock } from '../adapters/system-clock.ts';
import { type DigestReport, sendDigest } from '../core/digest/send-digest.ts';
import { polledMailboxes } from '../core/settings/polled-mailbox.ts';
import { ledgerFrom, pathChecksFrom, routeChecksFrom, watermarksFrom } from '../from-environment/dynamo.ts';
import { mailerFrom } from '../from-environment/mailer.ts';
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
  return (): Promise<DigestReport> => sendDigest(services, { mailboxes, routes, timeZone });
}
