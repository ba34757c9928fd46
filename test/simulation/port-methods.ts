import type { OperatorPaths } from '../../functions/core/checks/path-status.ts';
import type { Mailer } from '../../functions/core/digest/mailer.ts';
import type { DigestRuns } from '../../functions/core/digest/run.ts';
import type { Discord, DiscordTargets } from '../../functions/core/discord/discord.ts';
import type { Login } from '../../functions/core/mail/login.ts';
import type { MailReader, MailSession } from '../../functions/core/mail/mail-reader.ts';
import type { AlertQueue } from '../../functions/core/records/alert-queue.ts';
import type { DeadLetters } from '../../functions/core/records/dead-letters.ts';
import type { Ledger } from '../../functions/core/records/ledger.ts';
import type { Pauses } from '../../functions/core/records/pause.ts';
import type { RouteQueues } from '../../functions/core/records/route-queues.ts';
import type { Spool } from '../../functions/core/records/spool.ts';
import type { TargetChecks } from '../../functions/core/records/target-check.ts';
import type { Watermarks } from '../../functions/core/records/watermark.ts';
import type { Secrets } from '../../functions/core/secrets.ts';

type Methods<Port> = Readonly<Record<keyof Port, true>>;

/**
 * Every method of every port but the clock, by the name under which an invocation reaches the port. A method that is
 * missing here does not compile; that no port is missing is looked up in ports.ts by a test.
 */
export const PORT_METHODS = {
  reader: { visit: true } satisfies Methods<MailReader>,
  login: { version: true } satisfies Methods<Login>,
  session: {
    status: true,
    list: true,
    pages: true,
  } satisfies Methods<MailSession>,
  watermarks: {
    get: true,
    create: true,
    move: true,
    recordPoll: true,
    recordPollFailure: true,
    requestRescan: true,
    recordRescan: true,
    recordAudit: true,
    recordDigest: true,
  } satisfies Methods<Watermarks>,
  ledger: {
    find: true,
    accept: true,
    markDispatched: true,
    claim: true,
    beginPost: true,
    settle: true,
    recordFailure: true,
    recordDead: true,
    recordGivenUp: true,
    openEntries: true,
    allOpenEntries: true,
    acceptedBetween: true,
    entriesAboveUid: true,
    entriesOfMailboxes: true,
    relocate: true,
  } satisfies Methods<Ledger>,
  routeQueues: { send: true } satisfies Methods<RouteQueues>,
  alertQueue: { returnToQueue: true, deadLetter: true } satisfies Methods<AlertQueue>,
  deadLetters: { deleteWhere: true, unreadable: true, remove: true } satisfies Methods<DeadLetters>,
  spool: { write: true, pending: true, archive: true } satisfies Methods<Spool>,
  discord: { post: true } satisfies Methods<Discord>,
  pauses: { active: true, pause: true, lift: true } satisfies Methods<Pauses>,
  discordTargets: { look: true } satisfies Methods<DiscordTargets>,
  targetChecks: { get: true, record: true } satisfies Methods<TargetChecks>,
  operatorPaths: { digest: true, alarms: true } satisfies Methods<OperatorPaths>,
  digestRuns: { begin: true, end: true, recordSent: true, lastSent: true } satisfies Methods<DigestRuns>,
  mailer: { send: true } satisfies Methods<Mailer>,
  secrets: { read: true } satisfies Methods<Secrets>,
};

/** `ledger.settle` and all others. */
export const PORT_CALLS: readonly string[] = Object.entries(PORT_METHODS).flatMap(([port, methods]) =>
  Object.keys(methods).map((method) => `${port}.${method}`),
);
