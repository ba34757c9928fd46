import type { MailLocation } from '../mail/mail.ts';
import type { QueueMessage } from './alert.ts';
import type { DeliveryFailure } from './delivery-failure.ts';
import type { AcceptedEntry, LedgerEntry, LedgerIndexEntry, NewLedgerEntry, SentPost } from './ledger-entry.ts';
import type { Numbering } from './watermark.ts';

/** Concurrent calls to the ledger in one function. */
export const LEDGER_CONCURRENCY = 32;

export type Claim =
  | { kind: 'claimed' }
  /** The chat service has it already, or a digest carried it. */
  | { kind: 'settled' }
  /** Another invocation holds it; it is free again at `until`. */
  | { kind: 'leased'; until: Date };

/** A location, and the fingerprint of the email there. */
type Place = { location: MailLocation; fingerprint: string | undefined };

/** The record of what happened to every email. Single-item conditional writes only. */
export interface Ledger {
  /** The entries among these ids, strongly consistent. */
  find(mailIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Creates the entry in state `accepted`, or a copy in state `settled`, if the ledger does not have this mailId. */
  accept(entry: NewLedgerEntry): Promise<'accepted' | 'already there'>;
  /**
   * The email is in its queue or the spool since `at`, a time before it was sent; of several hand-overs the latest
   * counts. A settled entry does not change, nor does one that died at that time or later.
   */
  markDispatched(mailId: string, at: Date): Promise<void>;
  /**
   * Takes an alert for posting: fails only if it is settled or leased. An entry that the ledger has lost is recreated
   * from the message.
   */
  claim(message: QueueMessage, lease: { holder: string; at: Date; until: Date }): Promise<Claim>;
  /**
   * Records with an alert which post is about to show it, in case its answer is lost. `lease lost` if another
   * invocation has taken the alert since, or it is settled; it must then not be posted.
   */
  beginPost(mailId: string, holder: string, post: SentPost): Promise<'begun' | 'lease lost'>;
  /**
   * The chat service took it (with the post's id), or a digest carried it. The entry will now expire; unknown ids are
   * ignored.
   */
  settle(mailId: string, settlement: { at: Date; postId?: string }): Promise<void>;
  /** A post failed and will be tried again: counts the attempt, keeps the failure, ends the holder's lease. */
  recordFailure(mailId: string, holder: string, failure: DeliveryFailure): Promise<void>;
  /** A post failed permanently and waits for a person. Counts the attempt, keeps the failure, ends the lease. */
  recordDead(mailId: string, failure: DeliveryFailure): Promise<void>;
  /**
   * Records an alert as dead because its message is in the dead-letter queue, unless it was handed over again after
   * `letter`, has failed later than that, is being posted at `at`, or is dead or settled already. Returns whether it
   * was recorded.
   */
  recordGivenUp(
    mailId: string,
    failure: DeliveryFailure,
    letter: { at: Date; handedOverBy: Date; failedAt: Date | undefined },
  ): Promise<boolean>;
  /** Entries of a route (or of `unknown`) that are not settled, oldest first. */
  openEntries(route: string): AsyncIterable<LedgerEntry>;
  /**
   * Entries of all routes and mailboxes that are not settled, in no order; includes those removed from the settings.
   */
  allOpenEntries(): AsyncIterable<LedgerEntry>;
  /**
   * Changes the location of an email whose server has renumbered or renamed its mailbox. Refused if the entry is no
   * longer at `from`, or is lost; returns whether it was done.
   */
  relocate(mailId: string, from: MailLocation, to: Place): Promise<boolean>;
  /**
   * All entries accepted after `after` and until `until`, of all mailboxes and routes, in no order. The latest ones may
   * be missing, since the index lags behind.
   */
  acceptedBetween(after: Date, until: Date): AsyncIterable<AcceptedEntry>;
  /** All index entries of one uidValidity of a mailbox with a uid above `uid`, by uid. */
  entriesAboveUid(mailbox: string, uidValidity: string, uid: number): AsyncIterable<LedgerIndexEntry>;
  /**
   * All index entries of these mailboxes under every uidValidity, in no order. Reads the whole index, so it is only for
   * a mailbox whose watermark is lost.
   */
  entriesOfMailboxes(mailboxes: readonly string[]): AsyncIterable<LedgerIndexEntry & Numbering>;
}
