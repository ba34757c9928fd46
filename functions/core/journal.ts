import type { QueueMessage } from './records/alert.ts';
import type { AuditReport } from './records/audit-report.ts';
import type { DeliveryFailure } from './records/delivery-failure.ts';
import type { NewLedgerEntry } from './records/ledger-entry.ts';
import type { OperatorPath } from './records/target-check.ts';
import type { Restart } from './records/watermark.ts';

/** What happened, as facts. Logs, metrics and the local terminal output derive from these. */
export type JournalEvent =
  | { kind: 'baseline set'; mailbox: string; uidValidity: string; baselineUid: number }
  /** For a mailbox that was polled before: `restart` says why a part of it is read again. */
  | { kind: 'poll restarted'; mailbox: string; uidValidity: string; rescanFromUid: number; restart: Restart }
  | { kind: 'mail accepted'; entry: NewLedgerEntry }
  | { kind: 'mail recognised'; mailbox: string; mailId: string; uid: number }
  | { kind: 'mail handed over'; entry: NewLedgerEntry }
  | { kind: 'poll overtaken'; mailbox: string }
  /** The server assigned these uids, but no email was there when the poll looked. */
  | { kind: 'email came and went'; mailbox: string; fromUid: number; toUid: number }
  | { kind: 'poll finished'; mailbox: string; accepted: number; recognised: number; left: number; uidNext: number }
  | { kind: 'poll failed'; mailbox: string; failure: { kind: string; text: string } }
  | { kind: 'alerts posted'; route: string; postId: string; alerts: readonly QueueMessage[] }
  | { kind: 'alert handed back'; alert: QueueMessage; delayMs: number; failure: DeliveryFailure | undefined }
  | { kind: 'alert dead'; route: string; alert: QueueMessage | undefined; failure: DeliveryFailure }
  | { kind: 'alert already settled'; alert: QueueMessage }
  | { kind: 'alerts redriven'; route: string; alerts: readonly QueueMessage[] }
  /** Reported when it begins. */
  | { kind: 'route dead'; route: string; failure: DeliveryFailure }
  /** Reported when it ends. */
  | { kind: 'route alive again'; route: string; deadSince: Date }
  /** Reported when it begins: digests, or alarms, do not arrive. */
  | { kind: 'path closed'; path: OperatorPath; reason: string }
  /** Reported when it ends. */
  | { kind: 'path open again'; path: OperatorPath; closedSince: Date }
  /** `closedPaths`: of the two operator paths. */
  | { kind: 'routes checked'; at: Date; alive: number; dead: number; unknown: number; closedPaths: number }
  /** How long the oldest alert that is not posted has waited; 0 if there is none. */
  | { kind: 'oldest open alert'; at: Date; oldestAgeMs: number }
  | { kind: 'audit finished'; report: AuditReport }
  | { kind: 'audit failed'; mailbox: string; failure: { kind: string; text: string } }
  /** Another digest is running, until then at the latest. */
  | { kind: 'digest waits'; until: Date }
  /**
   * The digest has ended, but its lease lasts until it expires, because the table refused the release for this reason.
   */
  | { kind: 'digest lease not ended'; until: Date; reason: string }
  | { kind: 'digest sent'; subject: string; messageId: string; mailIds: readonly string[] };

/** Reports an event. Never throws and never waits: observing must not make the work fail. */
export type Journal = (event: JournalEvent) => void;
