import type { MailLocation } from '../mail/mail.ts';
import type { QueueMessage } from './alert.ts';
import type { DeliveryFailure } from './delivery-failure.ts';
import type { AcceptedEntry, LedgerEntry, LedgerIndexEntry, NewLedgerEntry, SentPost } from './ledger-entry.ts';
import type { Numbering } from './watermark.ts';

/** Calls to the ledger that one function keeps in flight. */
export const LEDGER_CONCURRENCY = 32;

export type Claim =
  | { kind: 'claimed' }
  /** The chat service has it already, or a digest carried it. */
  | { kind: 'settled' }
  /** Another invocation holds it; it is free again at `until`. */
  | { kind: 'leased'; until: Date };

/** A location, and what the email there is known by. */
type Place = { location: MailLocation; fingerprint: string | undefined };

/** The record of every mail's fate. Single-item conditional writes only. */
export interface Ledger {
  /** The entries among these ids, strongly consistent. */
  find(mailIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Puts the entry in state `accepted`, or a copy in state `settled`, if the ledger knows nothing of this mailId. */
  accept(entry: NewLedgerEntry): Promise<'accepted' | 'already there'>;
  /**
   * The mail is in its queue or spool since `at`, a time before it was sent; of several hand-overs the latest counts. A
   * settled entry stays as it is, and so does one that died at that time or later.
   */
  markDispatched(mailId: string, at: Date): Promise<void>;
  /**
   * Takes an alert for posting: fails only where it is settled or leased. An entry that the ledger has lost is written
   * anew from the message, so that its fate is known again.
   */
  claim(message: QueueMessage, lease: { holder: string; at: Date; until: Date }): Promise<Claim>;
  /**
   * Notes with an alert which post is about to show it, should its answer get lost. `lease lost` where another invocation
   * has taken the alert since, or it is settled; it must then not be posted.
   */
  beginPost(mailId: string, holder: string, post: SentPost): Promise<'begun' | 'lease lost'>;
  /** The chat service took it (with the post's id), or a digest carried it. Starts the entry's expiry; unknown ids are ignored. */
  settle(mailId: string, settlement: { at: Date; postId?: string }): Promise<void>;
  /** A post failed and will be tried again: counts the attempt, keeps the failure, ends the holder's lease. */
  recordFailure(mailId: string, holder: string, failure: DeliveryFailure): Promise<void>;
  /** A post failed for good: waits for a person. Counts the attempt, keeps the failure, ends the lease. */
  recordDead(mailId: string, failure: DeliveryFailure): Promise<void>;
  /**
   * An alert whose message lies in the dead-letter queue is dead, unless it was handed over again after `letter`, has
   * failed later than that, is being posted at `at`, or is dead or settled already. Says whether it was recorded.
   */
  recordGivenUp(
    mailId: string,
    failure: DeliveryFailure,
    letter: { at: Date; handedOverBy: Date; failedAt: Date | undefined },
  ): Promise<boolean>;
  /** Entries of a route (or of `unknown`) that are not settled, oldest first. */
  openEntries(route: string): AsyncIterable<LedgerEntry>;
  /** Entries of all routes and mailboxes that are not settled, in no order, also of those that left the settings. */
  allOpenEntries(): AsyncIterable<LedgerEntry>;
  /**
   * The email is in another place now: its server has renumbered or renamed the mailbox. Refused where the entry is no
   * longer where it was, or is lost; says whether it was done.
   */
  relocate(mailId: string, from: MailLocation, to: Place): Promise<boolean>;
  /**
   * All entries accepted after `after` and until `until`, of all mailboxes and routes, in no order. Entries of the last
   * moments may be missing, since an index lags behind.
   */
  acceptedBetween(after: Date, until: Date): AsyncIterable<AcceptedEntry>;
  /** All lines of one uidValidity of a mailbox with a uid above `uid`, by uid. */
  entriesAboveUid(mailbox: string, uidValidity: string, uid: number): AsyncIterable<LedgerIndexEntry>;
  /**
   * All lines of these mailboxes under every uidValidity, in no order. Reads the whole index, so it is for a mailbox
   * whose watermark is gone.
   */
  entriesOfMailboxes(mailboxes: readonly string[]): AsyncIterable<LedgerIndexEntry & Numbering>;
}
