import { DIGEST_RUNS_RIGHTS } from './dynamo/digest-runs.ts';
import { LEDGER_RIGHTS } from './dynamo/ledger.ts';
import { PAUSES_RIGHTS } from './dynamo/pauses.ts';
import { TARGET_CHECKS_RIGHTS } from './dynamo/target-checks.ts';
import { WATERMARKS_RIGHTS } from './dynamo/watermarks.ts';
import type { Ports } from './ports.ts';
import type { RightsOf } from './rights.ts';
import { SPOOL_RIGHTS } from './s3-spool.ts';
import { DIGEST_PATH_RIGHTS } from './ses/digest-path.ts';
import { MAILER_RIGHTS } from './ses/mailer.ts';
import { ALARM_PATH_RIGHTS } from './sns-alarm-path.ts';
import { ALERT_QUEUE_RIGHTS } from './sqs/alert-queue.ts';
import { DEAD_LETTERS_RIGHTS } from './sqs/dead-letters.ts';
import { ROUTE_QUEUES_RIGHTS } from './sqs/route-queues.ts';
import { SECRETS_RIGHTS } from './ssm-secrets.ts';

/** The IAM actions of each port method, from its adapter. */
export const PORT_RIGHTS = {
  // The reader and the chat service log in with a secret, and make no other AWS calls.
  reader: { visit: SECRETS_RIGHTS.read },
  login: { version: SECRETS_RIGHTS.version },
  chat: { pack: {}, waitMs: {}, mayBeStaleSecret: {}, post: SECRETS_RIGHTS.read, probe: SECRETS_RIGHTS.read },
  watermarks: WATERMARKS_RIGHTS,
  ledger: LEDGER_RIGHTS,
  sentPosts: LEDGER_RIGHTS,
  routeQueues: ROUTE_QUEUES_RIGHTS,
  queue: ALERT_QUEUE_RIGHTS,
  deadLetters: DEAD_LETTERS_RIGHTS,
  spool: SPOOL_RIGHTS,
  pauses: PAUSES_RIGHTS,
  targetChecks: TARGET_CHECKS_RIGHTS,
  operatorPaths: { digest: DIGEST_PATH_RIGHTS, alarms: ALARM_PATH_RIGHTS },
  mailer: MAILER_RIGHTS,
  digestRuns: DIGEST_RUNS_RIGHTS,
} as const satisfies { readonly [Name in keyof Ports]: RightsOf<Ports[Name]> };
