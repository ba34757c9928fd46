/** The part of a deployment that an AWS call uses. The stack knows the ARNs of each place, and their conditions. */
export type Place =
  | 'ledger'
  | 'ledgerByLocation'
  | 'ledgerByDay'
  | 'openLedgerEntries'
  | 'watermarks'
  /** Items in the watermarks' table, each kind with its own key prefix. */
  | 'targetChecks'
  | 'pauses'
  | 'digestRun'
  | 'routeQueues'
  | 'deadLetterQueues'
  /** The queue of a poster's one route. */
  | 'ownQueue'
  | 'ownDeadLetterQueue'
  | 'spool'
  | 'pendingSegments'
  | 'digestedSegments'
  | 'secrets'
  /** The identities of the digest's addresses, and the same ones for sending from the digest's address only. */
  | 'digestIdentities'
  | 'digestSender'
  | 'sesAccount'
  | 'alarmTopic';

type Action = `${'dynamodb' | 'sqs' | 's3' | 'ssm' | 'ses' | 'sns'}:${string}`;

/** The IAM actions that a call needs, by the place that it uses. */
export type Rights = { readonly [Name in Place]?: readonly Action[] };

/** What each method of a port needs. A method that is missing here does not compile. */
export type RightsOf<Port> = { readonly [Method in keyof Port]: Rights };
