import type {
  AlertQueue,
  DeadLetters,
  DigestRuns,
  Discord,
  DiscordTargets,
  Ledger,
  Mailer,
  MailReader,
  MailSession,
  OperatorPaths,
  PathChecks,
  Pauses,
  RouteChecks,
  RouteQueues,
  Secrets,
  Spool,
  Watermarks,
} from '../../functions/core/ports.ts';

type Methods<Port> = Readonly<Record<keyof Port, true>>;

/**
 * Every method of every port but the clock, by the name under which an invocation reaches the port. A method that is
 * missing here does not compile; that no port is missing is looked up in ports.ts by a test.
 */
export const PORT_METHODS = {
  reader: { visit: true } satisfies Methods<MailReader>,
  session: {
    status: true,
    uidsAbove: true,
    uidsSince: true,
    everyUid: true,
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
    linesAbove: true,
    linesOfMailboxes: true,
    relocate: true,
  } satisfies Methods<Ledger>,
  routeQueues: { send: true } satisfies Methods<RouteQueues>,
  alertQueue: { handBack: true, deadLetter: true } satisfies Methods<AlertQueue>,
  deadLetters: { sift: true, unreadable: true, remove: true } satisfies Methods<DeadLetters>,
  spool: { write: true, pending: true, archive: true } satisfies Methods<Spool>,
  discord: { post: true } satisfies Methods<Discord>,
  pauses: { standing: true, pause: true, lift: true } satisfies Methods<Pauses>,
  discordTargets: { look: true } satisfies Methods<DiscordTargets>,
  routeChecks: { get: true, record: true } satisfies Methods<RouteChecks>,
  operatorPaths: { digest: true, alarms: true } satisfies Methods<OperatorPaths>,
  pathChecks: { get: true, record: true } satisfies Methods<PathChecks>,
  digestRuns: { begin: true, end: true, recordSent: true, lastSent: true } satisfies Methods<DigestRuns>,
  mailer: { send: true } satisfies Methods<Mailer>,
  secrets: { read: true } satisfies Methods<Secrets>,
};

/** `ledger.settle` and all others. */
export const PORT_CALLS: readonly string[] = Object.entries(PORT_METHODS).flatMap(([port, methods]) =>
  Object.keys(methods).map((method) => `${port}.${method}`),
);
