/** Rollcall's own metrics: the journal emits them, the stack's alarms and dashboard watch them. */

export type MetricDefinition = {
  readonly namespace: string;
  readonly name: string;
  readonly unit: 'Count' | 'Seconds';
};

const NAMESPACE = 'Rollcall';

/** Successful polls of one mailbox; the only metric with a dimension for each mailbox. */
export const SUCCESSFUL_POLLS = define('SuccessfulPolls', 'Count');
/** Emails that entered the ledger, by a poll or an audit. */
export const ACCEPTED_MAILS = define('AcceptedMails', 'Count');
/** Of the accepted emails, those that no rule matched. */
export const UNKNOWN_MAILS = define('UnknownMails', 'Count');
/** Alerts that were posted. */
export const POSTED_ALERTS = define('PostedAlerts', 'Count');
/**
 * How long the oldest alert that is not posted has waited, dead letters included; 0 if there is none. Emitted hourly.
 */
export const OLDEST_OPEN_ALERT_AGE = define('OldestOpenAlertAge', 'Seconds');
/** Routes that cannot receive messages, and operator paths that do not work, at each hourly check. */
export const DEAD_TARGETS = define('DeadTargets', 'Count');
/** Digests that SES accepted. */
export const SENT_DIGESTS = define('SentDigests', 'Count');
/** What an audit found, whether or not it could fix it. */
export const AUDIT_FINDINGS = define('AuditFindings', 'Count');

/** Distinguishes the stacks of one account. Powertools adds it to every metric. */
export const STACK_DIMENSION = 'service';

const MAILBOX_DIMENSION = 'mailbox';

/**
 * The dimension that distinguishes a mailbox's metric. CloudWatch accepts printable ASCII only, so other characters of
 * a folder's name are percent-encoded:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
export function dimensionOfMailbox(mailbox: string): Readonly<Record<string, string>> {
  return { [MAILBOX_DIMENSION]: mailbox.replaceAll(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent) };
}

function define(name: string, unit: MetricDefinition['unit']): MetricDefinition {
  return { namespace: NAMESPACE, name, unit };
}
