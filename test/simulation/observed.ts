import type { Digest } from '../../functions/core/digest/digest.ts';
import type { DigestMail } from '../../functions/core/digest/mailer.ts';
import type { SentDigest } from '../../functions/core/digest/run.ts';
import type { NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import type { StandInPost } from '../../lib/local/discord-stand-in/messages.ts';
import type { Ended, Fault } from './invocation.ts';
import type { Plan } from './plan.ts';
import type { SimulatedMail } from './simulated-mail.ts';
import type { MailboxName, RouteId } from './simulated-settings.ts';

/** Times are milliseconds since the start. */

export type ObservedInvocation = {
  id: string;
  function: 'poll' | 'post' | 'digest' | 'audit' | 'check' | 'redrive' | 'rescan' | 'letters';
  /** Of a poll or an audit. */
  mailbox: MailboxName | undefined;
  /** Of a post or a command. */
  route: RouteId | undefined;
  startedMs: number;
  endedMs: number;
  ended: Ended<unknown>['kind'] | 'running';
  /** What befell its calls. */
  strikes: ObservedStrike[];
};

export type ObservedStrike = { atMs: number; call: string; fault: Fault };

/** `status` is undefined where no answer came. */
export type ObservedRequest = { atMs: number; route: RouteId; status: number | undefined };

export type ObservedDigest = { sentMs: number; mail: DigestMail; digest: Digest; invocation: ObservedInvocation };

export type WatermarkStart = {
  atMs: number;
  mailbox: MailboxName;
  /** Under which it was written; a folder that was renamed has another one than its mailbox. */
  name: string;
  uidValidity: string;
  /** `created` where the mailbox had no watermark: it had none before, or that was lost. */
  kind: 'created' | 'renumbered' | 'renamed';
};

/** A folder had another name than the settings have: nobody could read it. */
export type ObservedRename = { mailbox: MailboxName; fromMs: number; toMs: number };

export type ObservedCall = { name: string; function: ObservedInvocation['function'] };

/** What can be seen of a simulation from the outside. */
export type Observed = {
  plan: Plan;
  startMs: number;
  mails: ReadonlyMap<number, SimulatedMail>;
  invocations: readonly ObservedInvocation[];
  posts: readonly StandInPost[];
  /** Every post that a function tried, as Discord's own rules or a trouble answered it; in order. */
  requests: readonly ObservedRequest[];
  digests: readonly ObservedDigest[];
  /**
   * Each watermark that was created, and each that a poll started again under another UIDVALIDITY or another name; oldest
   * first.
   */
  watermarkStarts: readonly WatermarkStart[];
  /** When the watermark of a mailbox, and what else stands beside it, was lost. */
  lostWatermarks: readonly { atMs: number; mailbox: MailboxName }[];
  renames: readonly ObservedRename[];
  /** When a listing lacked emails that EXISTS counts, so that the adapter refused it. */
  refusedListings: readonly { mailbox: MailboxName; atMs: number }[];
  /** Settlements as they took effect, by mailId. With the next two the only look into what is stored, for what nobody else could know. */
  settledMs: ReadonlyMap<string, number>;
  /** What the ledger has accepted, in order. */
  accepted: readonly NewLedgerEntry[];
  /** What digests have recorded of themselves, in order. */
  recordedDigests: readonly (SentDigest & { recordedMs: number })[];
  /** Routes whose queue gave messages up by itself. */
  givenUpByQueue: ReadonlySet<RouteId>;
  writesToMailbox: readonly string[];
  /** Every port call until everything healed, in order. */
  calls: readonly ObservedCall[];
  /** Until here nobody gave a command since everything healed. */
  silentUntilMs: number;
  endsMs: number;
};
