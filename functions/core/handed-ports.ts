import type {
  AlertQueue,
  DeadLetters,
  DigestRuns,
  Discord,
  DiscordTargets,
  Ledger,
  Mailer,
  MailReader,
  OperatorPaths,
  PathChecks,
  Pauses,
  RouteChecks,
  RouteQueues,
  Spool,
  Watermarks,
} from './ports.ts';

/** Every port that a use case can be handed, by the name it is handed under. */
export type Ports = {
  reader: MailReader;
  watermarks: Watermarks;
  ledger: Ledger;
  /** The ledger again, for which post last showed an alert. Only a bot's poster needs it. */
  sentPosts: Ledger;
  routeQueues: RouteQueues;
  queue: AlertQueue;
  deadLetters: DeadLetters;
  spool: Spool;
  discord: Discord;
  discordTargets: DiscordTargets;
  pauses: Pauses;
  routeChecks: RouteChecks;
  operatorPaths: OperatorPaths;
  pathChecks: PathChecks;
  mailer: Mailer;
  digestRuns: DigestRuns;
};

/**
 * The port methods that one function's use case is handed. Both what the use case can call and what the function's role
 * allows come from this one list: its services are `Handed<typeof LIST>`, and the stack derives the policy from it.
 */
export type PortList = { readonly [Name in keyof Ports]?: readonly (keyof Ports[Name])[] };

/** The ports of a list, each with the listed methods and no others. */
export type Handed<List extends PortList> = {
  [Name in keyof List & keyof Ports]: List[Name] extends readonly (infer Method extends keyof Ports[Name])[]
    ? Pick<Ports[Name], Method>
    : never;
};
