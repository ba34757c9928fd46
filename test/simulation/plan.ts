import type { StartFrom } from '../../functions/core/poll/watermark-start.ts';
import type { Fault } from './invocation.ts';
import type { MailboxName, RouteId } from './simulated-settings.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The deployed functions. Of `post` there is one a route, of `poll` one schedule a mailbox. */
export const FUNCTIONS = ['poll', 'post', 'digest', 'audit', 'check'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Services that fail as a whole, with the ports behind which they lie. */
export const SERVICES = {
  dynamodb: ['ledger', 'watermarks', 'pauses', 'targetChecks', 'digestRuns'],
  sqs: ['routeQueues', 'alertQueue', 'deadLetters'],
  s3: ['spool'],
  ssm: ['secrets'],
  ses: ['mailer'],
} as const;
export type ServiceName = keyof typeof SERVICES;

/** A mail as its sender made it. */
export type PlannedMail = {
  /** Stands in its From, so that it is recognised wherever it is shown. */
  token: number;
  route: RouteId | 'unknown';
  subject: string;
  snippet: string;
  /** Undefined where it has none. */
  messageId: string | undefined;
  senderName: string;
  /** Discord refuses to show its words. */
  isRefused: boolean;
  /** Its From is an address of `vip`, and the receiver's check of the sender failed: no rule takes it. */
  isForged?: boolean;
};

/** What a listing still names, where the server cuts it. */
export type Cap = { keeps: 'newest' | 'oldest'; count: number };

/** What a second email has of its own; all else that identifies an email is that of the first. */
export type TwinDifference = 'text' | 'verdict';

/** A time since the start, in milliseconds. Where a call is named, the event waits for the first such call after that. */
type When = { atMs: number; during?: string };
type Window = { fromMs: number; toMs: number };

export type ChannelDeath = 'no access' | 'no permission' | 'gone';

export type DiscordTrouble =
  | 'refuses connections'
  | 'is unavailable'
  | 'loses answers'
  | 'does not answer'
  | 'limits the channel'
  | 'limits everything'
  | 'is blocked by Cloudflare'
  | 'is a captive portal';

/** Something that happens in a simulation, each for itself: a plan without it is a plan as well. */
export type PlannedEvent =
  | ({ kind: 'mail arrives'; mailbox: MailboxName; mail: PlannedMail } & When)
  /** A client puts a copy of it into a mailbox of the same account. */
  | ({ kind: 'mail is copied'; token: number; to: MailboxName } & When)
  | ({ kind: 'mail is moved'; token: number; to: MailboxName } & When)
  | ({ kind: 'mail is expunged'; token: number } & When)
  | ({ kind: 'uids change'; mailbox: MailboxName } & When)
  /** The server numbers its emails from 1 on again and keeps UIDVALIDITY, as if uids were sequence numbers. */
  | ({ kind: 'uids are reused'; mailbox: MailboxName; isReversed: boolean } & When)
  /**
   * An email with Message-ID, From, Subject and Date of another one: with a text of its own, or with the same text and the
   * other verdict on its sender. Without the other one it does not arrive.
   */
  | ({ kind: 'twin arrives'; of: number; token: number; mailbox: MailboxName; differsIn: TwinDifference } & When)
  /** The server hands out others, but not this one. */
  | ({ kind: 'mail is withheld'; token: number } & Window)
  /** Listings lack emails that EXISTS counts. */
  | ({ kind: 'listing is capped'; mailbox: MailboxName; cap: Cap } & Window)
  /**
   * An email gets its uid at `fromMs`, and no client sees it before `toMs`. Meanwhile UIDNEXT moves by `uidsAfter` more:
   * emails that came and went.
   */
  | ({ kind: 'mail is visible late'; mailbox: MailboxName; mail: PlannedMail; uidsAfter: number } & Window)
  /**
   * On the server, with or without a new UIDVALIDITY. From `toMs` on the settings have the new name, and the old one as
   * `formerly`; until then nobody reads it. No plan renames more than one.
   */
  | ({ kind: 'folder is renamed'; mailbox: MailboxName; isRenumbered: boolean; during?: string } & Window)
  /** Somebody deletes its item from the table: the watermark, and what is known of its polls, audits and digests. */
  | ({ kind: 'watermark is lost'; mailbox: MailboxName } & When)
  | ({ kind: 'mailbox fails'; mailbox: MailboxName; failure: 'credentials' | 'connection' | 'throttled' } & Window)
  | ({ kind: 'channel dies'; route: RouteId; death: ChannelDeath; isForGood: boolean } & Window)
  /** Discord knows another secret from `fromMs` on, and the parameter holds it from `toMs` on. */
  | ({ kind: 'secret changes'; secret: 'bot' | 'webhook' } & Window)
  | ({ kind: 'Discord fails'; trouble: DiscordTrouble; route: RouteId | 'all' } & Window)
  | ({ kind: 'service fails'; service: ServiceName; fault: Fault } & Window)
  /** Its schedule or event source does not start it. */
  | ({ kind: 'function stops'; function: FunctionName } & Window)
  | { kind: 'call is struck'; atMs: number; call: string; fault: Fault; times: number }
  /** The so-manieth of all port calls, from 0. */
  | { kind: 'one call is struck'; atMs: number; number: number; fault: Fault }
  /** A part of what the call does is done, and then it fails. */
  | { kind: 'call is half done'; atMs: number; call: HalfDone }
  /** A schedule delivers twice, or a person starts it beside its schedule. */
  | { kind: 'function runs besides'; atMs: number; function: Exclude<FunctionName, 'post'>; mailbox: MailboxName }
  | { kind: 'person redrives'; atMs: number; route: RouteId }
  | { kind: 'person rescans'; atMs: number; mailbox: MailboxName; days: number }
  /** It leaves the settings, and a deployment takes its queues, its poster and its rules along. */
  | { kind: 'route is removed'; atMs: number; route: RouteId }
  /** It names no email. From then on a person removes what the dead-letter queue of the route has of its kind. */
  | { kind: 'message is unreadable'; atMs: number; route: RouteId }
  | { kind: 'queue delivers twice'; atMs: number; route: RouteId }
  | { kind: 'queue is purged'; atMs: number; route: RouteId }
  | { kind: 'spool line is damaged'; atMs: number }
  | { kind: 'segment is lost'; atMs: number }
  /** Somebody moves it by hand, past mail that no poll has read. */
  | { kind: 'watermark jumps'; atMs: number; mailbox: MailboxName; uids: number };

export type HalfDone = 'routeQueues.send' | 'spool.archive';

export type Plan = {
  /** Of everything that is left to chance: how long calls take, what a queue hands out first. */
  seed: number;
  /** From here on nothing new goes wrong, and what is wrong heals but for what is gone for good. */
  healsAtMs: number;
  pollEveryMs: number;
  checkEveryMs: number;
  digestEveryMs: number;
  firstDigestMs: number;
  /** The longest that a call usually takes. */
  latencyMs: number;
  mailboxes: readonly MailboxName[];
  startFrom: StartFrom;
  /** Without audits the others have to keep the promises alone; what only an audit could find then stays away. */
  hasAudits: boolean;
  events: readonly PlannedEvent[];
};

/** Two quiet days with few polls: what fixed plans are made of. */
export const CALM: Plan = {
  seed: 1,
  healsAtMs: 30 * HOUR_MS,
  pollEveryMs: 6 * HOUR_MS,
  checkEveryMs: 6 * HOUR_MS,
  digestEveryMs: 24 * HOUR_MS,
  firstDigestMs: 7 * HOUR_MS,
  latencyMs: 120,
  mailboxes: ['support/INBOX'],
  startFrom: 'all',
  hasAudits: true,
  events: [],
};

export function isWindow(event: PlannedEvent): event is PlannedEvent & Window {
  return 'toMs' in event;
}

/** When it begins. */
export function timeOf(event: PlannedEvent): number {
  return isWindow(event) ? event.fromMs : event.atMs;
}
