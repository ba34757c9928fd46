import type { ChatPoster, ChatProbe } from '../core/chat/chat-service.ts';
import type { OperatorPaths } from '../core/checks/path-status.ts';
import type { Mailer } from '../core/digest/mailer.ts';
import type { DigestRuns } from '../core/digest/run.ts';
import type { MethodLists } from '../core/handed-ports.ts';
import type { Login } from '../core/mail/login.ts';
import type { MailReader } from '../core/mail/mail-reader.ts';
import type { AlertQueue } from '../core/records/alert-queue.ts';
import type { DeadLetters } from '../core/records/dead-letters.ts';
import type { Ledger } from '../core/records/ledger.ts';
import type { Pauses } from '../core/records/pause.ts';
import type { RouteQueues } from '../core/records/route-queues.ts';
import type { Spool } from '../core/records/spool.ts';
import type { TargetChecks } from '../core/records/target-check.ts';
import type { Watermarks } from '../core/records/watermark.ts';

/** Every port that a use case can receive, by its name there. */
export type Ports = {
  reader: MailReader;
  login: Login;
  watermarks: Watermarks;
  ledger: Ledger;
  /** The ledger again, to find the post that last showed an alert. Only a bot's poster needs it. */
  sentPosts: Ledger;
  routeQueues: RouteQueues;
  queue: AlertQueue;
  deadLetters: DeadLetters;
  spool: Spool;
  chat: ChatPoster & ChatProbe;
  pauses: Pauses;
  targetChecks: TargetChecks;
  operatorPaths: OperatorPaths;
  mailer: Mailer;
  digestRuns: DigestRuns;
};

/** A list of port methods from which a policy is derived. */
export type PortList = MethodLists<Ports>;
