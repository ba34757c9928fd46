import type { DeliveryFailure } from '../records/delivery-failure.ts';
import type { TargetStatus } from '../records/target-check.ts';

type NotChecked = { kind: 'not checked'; reason: string };

/** What the mail service reports of the digest's addresses. */
export type DigestPathReport =
  | NotChecked
  | {
      kind: 'checked';
      /** Whether the account may send email at all. */
      sendingEnabled: boolean;
      sender: { address: string; verified: boolean };
      /** Recipients that must be verified and are not: only in the sandbox of SES. */
      unverifiedRecipients: readonly string[];
    };

/** What the alarm topic reports of its subscription. */
export type AlarmPathReport =
  | NotChecked
  | { kind: 'checked'; email: string; topicArn: string; subscription: 'confirmed' | 'pending' | 'none' };

/** Whether SES would accept a digest. */
export function statusOfDigest(report: DigestPathReport, at: Date): TargetStatus {
  if (report.kind === 'not checked') return { state: 'not checked', failure: failureOf(report.reason, at) };
  const { sendingEnabled, sender, unverifiedRecipients } = report;
  const problems = [
    ...(sendingEnabled ? [] : ['sending is paused for the account; the SES console says why and resumes it']),
    ...(sender.verified ? [] : [`its sender ${sender.address} is not verified; verify the address or its domain`]),
    ...(unverifiedRecipients.length === 0
      ? []
      : [
          `the account is in the SES sandbox, where recipients must be verified too; verify ${unverifiedRecipients.join(', ')}`,
        ]),
  ];
  if (problems.length === 0) return ALIVE;
  const reason = `SES would not accept the digest: ${problems.join('. Also, ')}.`;
  return { state: 'dead', failure: failureOf(reason, at) };
}

/** Whether an alarm would arrive. */
export function statusOfAlarms(report: AlarmPathReport, at: Date): TargetStatus {
  if (report.kind === 'not checked') return { state: 'not checked', failure: failureOf(report.reason, at) };
  const { email, topicArn, subscription } = report;
  if (subscription === 'confirmed') return ALIVE;
  const subscribe = `aws sns subscribe --protocol email --notification-endpoint ${email} --topic-arn ${topicArn}`;
  const reason =
    subscription === 'pending'
      ? `No alarm reaches ${email}: its subscription is not confirmed. Click the link in the email "AWS Notification - ` +
        `Subscription Confirmation"; if that is lost, this sends another: ${subscribe}`
      : `No alarm reaches ${email}: it is not subscribed. It was not confirmed in time, or it was ended by the link ` +
        `that every alarm carries. Subscribe it again, then click the link in the email: ${subscribe}`;
  return { state: 'dead', failure: failureOf(reason, at) };
}

const ALIVE: TargetStatus = { state: 'alive', failure: undefined };

function failureOf(text: string, at: Date): DeliveryFailure {
  return { kind: 'target', status: null, code: null, text, at };
}

/** Checks the operator paths without sending anything. Throws if the service does not answer. */
export interface OperatorPaths {
  digest(): Promise<DigestPathReport>;
  alarms(): Promise<AlarmPathReport>;
}
