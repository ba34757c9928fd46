/** The metrics of Rollcall's own: the journal tells them, the stack's alarms and dashboard watch them. */

export type MetricDefinition = {
  readonly namespace: string;
  readonly name: string;
  readonly unit: 'Count' | 'Seconds';
};

const NAMESPACE = 'Rollcall';

/** Polls of one mailbox that ended well; the only metric that each mailbox has for itself. */
export const SUCCESSFUL_POLLS = define('SuccessfulPolls', 'Count');
/** Mails that entered the ledger, by a poll or an audit. */
export const ACCEPTED_MAILS = define('AcceptedMails', 'Count');
/** Of the accepted mails, those that no rule matched. */
export const UNKNOWN_MAILS = define('UnknownMails', 'Count');
/** Alerts that were posted. */
export const POSTED_ALERTS = define('PostedAlerts', 'Count');
/** How long the oldest alert waits that is not posted, dead letters included; 0 where none waits. Told hourly. */
export const OLDEST_OPEN_ALERT_AGE = define('OldestOpenAlertAge', 'Seconds');
/** Routes that take no posts, and paths on which nobody is told, at each hourly check. */
export const DEAD_TARGETS = define('DeadTargets', 'Count');
/** Digests that SES accepted. */
export const SENT_DIGESTS = define('SentDigests', 'Count');
/** What an audit found, whether it could mend it or not. */
export const AUDIT_FINDINGS = define('AuditFindings', 'Count');

/** Tells apart the stacks of one account. Powertools adds it to every metric. */
export const STACK_DIMENSION = 'service';

const MAILBOX_DIMENSION = 'mailbox';

/**
 * What tells a mailbox's metric apart. CloudWatch takes printable ASCII only, so other characters of a folder's name are
 * percent-encoded: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
export function dimensionOfMailbox(mailbox: string): Readonly<Record<string, string>> {
  return { [MAILBOX_DIMENSION]: mailbox.replaceAll(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent) };
}

function define(name: string, unit: MetricDefinition['unit']): MetricDefinition {
  return { namespace: NAMESPACE, name, unit };
}
