import type { MailLocation, MailRecord } from '../mail/mail.ts';
import type { DeliveryFailure } from './delivery-failure.ts';

/** The route of every email that no rule matched; never a configured route. */
export const UNKNOWN_ROUTE = 'unknown';

/** The route of every copy of a known email; never a configured route. */
export const COPY_ROUTE = 'copy';

/**
 * `accepted → dispatched → settled`, and `dispatched → dead → dispatched` by redrive. An entry that is not settled is
 * open. An open entry never expires.
 */
export const LEDGER_STATES = ['accepted', 'dispatched', 'dead', 'settled'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** What the poll records of an email before it is handed to a queue or the spool. */
export type NewLedgerEntry = {
  mailId: string;
  location: MailLocation;
  /** Undefined if the server does not send both of its parts; emails cannot be compared then. */
  fingerprint?: string | undefined;
  /** A configured route, `unknown`, or `copy`. */
  route: string;
  /** The rule that chose the route; null for unknown email. */
  rule: string | null;
  /** Why unknown email is unknown; null for alerts. */
  reason: string | null;
  record: MailRecord;
  acceptedAt: Date;
  /** Set if an audit found it in the mailbox, and no poll had accepted it. */
  isRecovery?: boolean | undefined;
  /** The email that this one is a copy of; a copy is settled from the beginning. */
  copyOf?: string | undefined;
};

/** A post as it was begun: these alerts in this order, and therefore with this nonce. */
export type SentPost = { mailIds: readonly string[]; at: Date };

/** The one record of what happened to an email. */
export type LedgerEntry = NewLedgerEntry & {
  state: LedgerState;
  dispatchedAt: Date | undefined;
  settledAt: Date | undefined;
  /** Posts that were tried and failed. */
  attempts: number;
  lastFailure: DeliveryFailure | undefined;
  postId: string | undefined;
  /** The last post with it that a bot began. Until the entry is settled, it is unknown whether that post arrived. */
  sentPost?: SentPost | undefined;
  /**
   * The end of the last lease that was not released: before that time an invocation is posting it, unless it has died.
   */
  leaseUntil?: Date | undefined;
};

/** What the index by day has of an entry, without its record. */
export type AcceptedEntry = {
  mailId: string;
  /** Of its current location. */
  mailbox: string;
  route: string;
  state: LedgerState;
  acceptedAt: Date;
  isRecovery: boolean;
};

/** What the index by location has of an entry, without its record. */
export type LedgerIndexEntry = {
  mailId: string;
  uid: number;
  fingerprint?: string | undefined;
  route: string;
  state: LedgerState;
  acceptedAt: Date;
};
