import type { MailLocation, MailRecord } from '../mail/mail.ts';
import type { DeliveryFailure } from './delivery-failure.ts';

/** The route of every mail that no rule matched; never a configured route. */
export const UNKNOWN_ROUTE = 'unknown';

/** The route of every copy of a known email; never a configured route. */
export const COPY_ROUTE = 'copy';

/**
 * `accepted → dispatched → settled`, and `dispatched → dead → dispatched` by redrive.
 * Open means: not settled. An open entry never expires.
 */
export const LEDGER_STATES = ['accepted', 'dispatched', 'dead', 'settled'] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** What the poll writes down of a mail before it is handed to a queue or the spool. */
export type NewLedgerEntry = {
  mailId: string;
  location: MailLocation;
  /** Undefined where the server does not tell what it is made of; nothing can be compared then. */
  fingerprint?: string | undefined;
  /** A configured route, `unknown`, or `copy`. */
  route: string;
  /** The rule that chose the route; null for unknown mail. */
  rule: string | null;
  /** Why unknown mail is unknown; null for alerts. */
  reason: string | null;
  record: MailRecord;
  acceptedAt: Date;
  /** No poll brought it: an audit found it in the mailbox and nowhere else. */
  isRecovery?: boolean | undefined;
  /** The email that this one is a copy of; a copy is settled from the beginning. */
  copyOf?: string | undefined;
};

/** A post as it was begun: these alerts in this order, and so with this nonce. */
export type SentPost = { mailIds: readonly string[]; at: Date };

/** The one record of a mail's fate. */
export type LedgerEntry = NewLedgerEntry & {
  state: LedgerState;
  dispatchedAt: Date | undefined;
  settledAt: Date | undefined;
  /** Posts that were tried and failed. */
  attempts: number;
  lastFailure: DeliveryFailure | undefined;
  postId: string | undefined;
  /** The last post that was begun with it by a bot. Until the entry is settled, nobody knows whether it arrived. */
  sentPost?: SentPost | undefined;
  /** The end of the last lease that nobody has ended: before that, an invocation is posting it, unless it has died. */
  leaseUntil?: Date | undefined;
};

/** What the index by day tells of an entry, without its record. */
export type AcceptedEntry = {
  mailId: string;
  /** Of its location now. */
  mailbox: string;
  route: string;
  state: LedgerState;
  acceptedAt: Date;
  isRecovery: boolean;
};

/** What the index by location tells of an entry, without its record. */
export type LedgerIndexEntry = {
  mailId: string;
  uid: number;
  fingerprint?: string | undefined;
  route: string;
  state: LedgerState;
  acceptedAt: Date;
};
