import * as z from 'zod';
import { systemClock } from '../adapters/system-clock.ts';
import { type PollReport, pollMailbox } from '../core/poll/poll.ts';
import { compileRules } from '../core/rules/classify.ts';
import { authservIdsOf, polledMailboxNamed } from '../core/settings/polled-mailbox.ts';
import type { HandlerDependencies } from '../handler-dependencies.ts';
import { ledgerFrom, watermarksFrom } from '../wiring/dynamo.ts';
import { loginsFrom } from '../wiring/logins.ts';
import { mailReadersFrom } from '../wiring/mail-readers.ts';
import { routeQueuesFrom } from '../wiring/queues.ts';
import { spoolFrom } from '../wiring/spool.ts';

const eventSchema = z.object({ mailbox: z.string().min(1) });

/** Polls the mailbox that the schedule names: `{ "mailbox": "support/INBOX" }`. */
export function createPollInbox({ settings, environment, journal }: HandlerDependencies) {
  const services = {
    watermarks: watermarksFrom(environment),
    ledger: ledgerFrom(environment),
    routeQueues: routeQueuesFrom(environment),
    spool: spoolFrom(environment),
    classify: compileRules(settings.routes, { authservIdOf: authservIdsOf(settings) }),
    routes: settings.routes.map(({ id }) => id),
    clock: systemClock,
    journal,
  };
  const readerOf = mailReadersFrom(environment, settings);
  const loginOf = loginsFrom(environment);
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<PollReport> => {
    const polled = polledMailboxNamed(eventSchema.parse(event).mailbox, settings);
    const ofAccount = { reader: readerOf(polled.account), login: loginOf(polled.account) };
    return await pollMailbox(polled, { ...services, ...ofAccount }, () => context.getRemainingTimeInMillis());
  };
}
