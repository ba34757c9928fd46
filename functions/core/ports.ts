import type { AuditReport } from './audit/audit-report.ts';
import type { DeliveryFailure } from './delivery/delivery-outcome.ts';
import type { DiscordAnswer, DiscordMessage, DiscordTarget } from './delivery/discord.ts';
import type { Pause } from './delivery/pause.ts';
import type { QueueMessage } from './delivery/queue-message.ts';
import type { RouteCheck } from './delivery/route-check.ts';
import type { AcceptedEntry, LedgerEntry, LedgerLine, NewLedgerEntry, SentPost } from './ledger/ledger-entry.ts';
import type { Mail, MailLocation } from './mail/mail.ts';
import type { OperatorPath, PathCheck } from './operator/operator-path.ts';
import type { AlarmPathLook, DigestPathLook } from './operator/path-verdict.ts';
import type { DigestHistory, MailboxHealth, Numbering, Watermark } from './poll/watermark.ts';

/** The time, in a form that a test can hold still. */
export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds. */
  wait(ms: number): Promise<void>;
}

/** Reads one account over IMAP. Every failure is a `MailboxFailure`. */
export interface MailReader {
  /** Connects, runs `visit`, and closes the connection on every way out. */
  visit<T>(folder: string, visit: (session: MailSession) => Promise<T>): Promise<T>;
}

/** One connection to one folder. The mailbox is only read: EXAMINE and BODY.PEEK, no flag ever changes. */
export interface MailSession {
  /** The cheapest question: STATUS, without selecting the folder. */
  status(): Promise<{ uidValidity: string; uidNext: number }>;
  /** All uids above `uid`, ascending. */
  uidsAbove(uid: number): Promise<number[]>;
  /** All uids, ascending, and as many as the server says there are, also where its SEARCH leaves some out. */
  everyUid(): Promise<number[]>;
  /** All uids of mail that the server received since then, ascending; of that day's earlier mail too where the server knows days only. */
  uidsSince(since: Date): Promise<number[]>;
  /**
   * Reads these mails, one page an item, in the order of their uids, fetching the next page while one is worked on.
   * Every uid is in a page, or was expunged since it was listed; anything else is a `MailboxFailure`.
   */
  pages(uids: readonly number[], mailsPerPage: number): AsyncIterable<Mail[]>;
}

/** Where each mailbox stands. */
export interface Watermarks {
  /** Undefined where no poll has run yet, good or bad. */
  get(mailbox: string): Promise<MailboxHealth | undefined>;
  /**
   * Puts the first watermark under a name; `already there` when another poll was first. The polls of a history add to those
   * of this name.
   */
  create(watermark: Watermark, history?: DigestHistory): Promise<'created' | 'already there'>;
  /**
   * Moves by compare-and-swap; `overtaken` when another poll moved it meanwhile, began again, or created it again because
   * it was lost.
   */
  move(from: Watermark, to: Watermark): Promise<'moved' | 'overtaken'>;
  /** A poll ended well: counts it and clears the last error. It is complete where it left nothing for the next one. */
  recordPoll(mailbox: string, poll: { at: Date; uidNext: number; isComplete: boolean }): Promise<void>;
  /** A person wants read again what arrived since then: the next poll begins there. Of two such wishes the earlier one counts. */
  requestRescan(mailbox: string, since: Date): Promise<void>;
  /** A poll has begun to read again what arrived since then. */
  recordRescan(mailbox: string, since: Date): Promise<void>;
  /** Keeps the figures of the last audit. Works before a watermark exists. */
  recordAudit(report: AuditReport): Promise<void>;
  /** A poll failed: counts it and keeps the error, with the time at which failing began. Works before a watermark exists. */
  recordPollFailure(mailbox: string, failure: { at: Date; kind: string; text: string }): Promise<void>;
  /**
   * SES accepted a digest: the counts of polls begin again, less those that it reported. By compare-and-swap on
   * lastDigestAt; `overtaken` where a digest that ran at the same time has reported these polls already, or where the
   * mailbox was lost meanwhile and has had fewer.
   */
  recordDigest(mailbox: string, digest: RecordedDigest): Promise<'recorded' | 'overtaken'>;
}

/** What a digest has told of one mailbox. */
type RecordedDigest = {
  at: Date;
  /** The digest before it, as it found it; undefined where it was the first. */
  previousAt: Date | undefined;
  polls: number;
  failedPolls: number;
};

export type Claim =
  | { kind: 'claimed' }
  /** Discord has it already, or a digest carried it. */
  | { kind: 'settled' }
  /** Another invocation holds it; it is free again at `until`. */
  | { kind: 'leased'; until: Date };

/** The record of every mail's fate. Single-item conditional writes only. */
export interface Ledger {
  /** The entries among these ids, strongly consistent. */
  find(mailIds: readonly string[]): Promise<ReadonlyMap<string, LedgerEntry>>;
  /** Puts the entry in state `accepted` if the ledger knows nothing of this mailId. */
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
  /** Discord took it (with the message's id), or a digest carried it. Starts the entry's expiry; unknown ids are ignored. */
  settle(mailId: string, settlement: { at: Date; discordMessageId?: string }): Promise<void>;
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
  relocate(mailId: string, from: MailLocation, to: MailLocation): Promise<boolean>;
  /**
   * All entries accepted after `after` and until `until`, of all mailboxes and routes, in no order. Entries of the last
   * moments may be missing, since an index lags behind.
   */
  acceptedBetween(after: Date, until: Date): AsyncIterable<AcceptedEntry>;
  /** All lines of one uidValidity of a mailbox with a uid above `uid`, by uid. */
  linesAbove(mailbox: string, uidValidity: string, uid: number): AsyncIterable<LedgerLine>;
  /**
   * All lines of these mailboxes under every uidValidity, in no order. Reads the whole index, so it is for a mailbox
   * whose watermark is gone.
   */
  linesOfMailboxes(mailboxes: readonly string[]): AsyncIterable<LedgerLine & Numbering>;
}

/** Hands alerts to the queue of their route. */
export interface RouteQueues {
  /** Sends in batches of ten; throws `HandOverFailed` if the queue did not take every one of them. */
  send(route: string, messages: readonly QueueMessage[]): Promise<void>;
}

/** A message that a queue delivered to an invocation. */
export type ReceivedMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  /** How often the queue has delivered it, this time included. */
  receiveCount: number;
};

/** The queue's end at which alerts are taken from. */
export interface AlertQueue {
  /** Hides the message for `delayMs` more; the invocation must also report it as failed, or Lambda deletes it. */
  handBack(message: ReceivedMessage, delayMs: number): Promise<void>;
  /** Copies the message to the dead-letter queue with the reason as attributes. */
  deadLetter(
    message: ReceivedMessage,
    letter: { mailId: string | undefined; target: string; failure: DeliveryFailure },
  ): Promise<void>;
}

/** A message in the dead-letter queue of a route. */
export type DeadLetter = {
  body: string;
  /** Undefined where the letter does not say, because the queue moved it by itself. */
  mailId: string | undefined;
  /** Why it was given up; undefined where the queue moved it by itself. */
  failure: DeliveryFailure | undefined;
  /** When it was put into this queue, or, where the queue moved it by itself, into the queue it came from. */
  sentAt: Date;
};

/** A message of a dead-letter queue that names no email. */
export type UnreadableLetter = {
  messageId: string;
  sentAt: Date;
  /** Why it cannot be read. Like the body, it may quote what is in the message. */
  reason: string;
  body: string;
};

/** The dead-letter queues of the routes. */
export interface DeadLetters {
  /** Shows every letter, a few at a time, and deletes those that `visit` gives back; the others stay where they are. */
  sift(route: string, visit: (letters: readonly DeadLetter[]) => Promise<readonly DeadLetter[]>): Promise<void>;
  /** Messages of the dead-letter queue that name no email, so that no redrive can take them; they stay where they are. */
  unreadable(route: string): Promise<readonly UnreadableLetter[]>;
  /** Deletes one of the unreadable messages; false where the queue shows none with this id. */
  remove(route: string, messageId: string): Promise<boolean>;
}

/** One JSONL object of unknown mail. */
export type SpoolSegment = { key: string; text: string };

/** The durable file of everything that no rule matched. */
export interface Spool {
  /** Writes a pending segment; a repeated page overwrites itself. */
  write(segment: SpoolSegment): Promise<void>;
  /** All pending segments, in no order that anyone may rely on. */
  pending(): AsyncIterable<SpoolSegment>;
  /** Moves a pending segment under the day on which a digest carried it: copy first, then delete. */
  archive(key: string, day: Date): Promise<void>;
}

/** Posts to Discord. Judging the answer is the caller's business. */
export interface Discord {
  /** `freshSecret` reads the secret past the cache, after a 401. */
  post(target: DiscordTarget, message: DiscordMessage, options: { freshSecret: boolean }): Promise<DiscordAnswer>;
}

/** What every route knows of the credentials and targets that they share: each route is a Lambda of its own. */
export interface Pauses {
  /** The pauses under these names that have not ended at `at`. */
  standing(names: readonly string[], at: Date): Promise<Pause[]>;
  /** Never shortens a pause that stands. The name is a parameter's or a target's, never a secret. */
  pause(name: string, pause: Pause): Promise<void>;
  /** Ends a pause early: someone has mended what it is about. */
  lift(name: string): Promise<void>;
}

/** What a look at a target found out, without posting. */
export type TargetLook = {
  /** Discord's answer about the channel or webhook. */
  answer: DiscordAnswer;
  /** What the bot would need and does not have there, by Discord's own names; empty where Discord does not show it. */
  missingPermissions: readonly string[];
};

/** Looks at Discord's channels and webhooks. Judging what is seen is the caller's business. */
export interface DiscordTargets {
  /** `freshSecret` reads the secret past the cache, after a 401. */
  look(target: DiscordTarget, options: { freshSecret: boolean }): Promise<TargetLook>;
}

/** What is known of each route's target. */
export interface RouteChecks {
  /** Undefined where the route was never checked. */
  get(route: string): Promise<RouteCheck | undefined>;
  record(route: string, check: RouteCheck): Promise<void>;
}

/** Looks at the paths on which the operator is told, without sending anything. Throws where nobody answers. */
export interface OperatorPaths {
  digest(): Promise<DigestPathLook>;
  alarms(): Promise<AlarmPathLook>;
}

/** What is known of each path to the operator. */
export interface PathChecks {
  /** Undefined where the path was never looked at. */
  get(path: OperatorPath): Promise<PathCheck | undefined>;
  record(path: OperatorPath, check: PathCheck): Promise<void>;
}

export type DigestMail = {
  subject: string;
  text: string;
  html: string;
  attachments: readonly { fileName: string; contentType: string; content: string }[];
};

/** Sends the digest; throws unless the mail service accepted it. */
export interface Mailer {
  send(mail: DigestMail): Promise<{ messageId: string }>;
}

/** Asking for the run of a digest. */
export type DigestRunBegin =
  | { kind: 'begun' }
  /** Another digest has the run, until then at the latest. */
  | { kind: 'another runs'; until: Date };

/** One digest runs at a time: it holds a lease, which ends by itself at `until` should the digest die. */
export interface DigestRuns {
  /** Takes the lease, unless another holder's lasts beyond `at`. Asking again, after a lost reply, does no harm. */
  begin(lease: { holder: string; at: Date; until: Date }): Promise<DigestRunBegin>;
  /** Ends the holder's lease; does nothing where another one has it by now. */
  end(holder: string): Promise<void>;
  /** SES has accepted a digest. */
  recordSent(digest: SentDigest): Promise<void>;
  /** Undefined where none was sent yet. */
  lastSent(): Promise<SentDigest | undefined>;
}

export type SentDigest = {
  at: Date;
  /** The end of its window: what was accepted later is the next one's to count. */
  countedUntil: Date;
};

/** Named secrets, cached for five minutes. */
export interface Secrets {
  /** Throws `SecretMissing` where there is no such parameter. `fresh` reads past the cache. */
  read(parameter: string, options?: { fresh: boolean }): Promise<string>;
}
