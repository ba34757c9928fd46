import { TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { DigestSettings } from '../../functions/core/settings/settings-schema.ts';

type Hours = DigestSettings['schedule'];

/** With hourly digests, the audit runs before the working day. */
const AUDIT_BESIDE_HOURLY_DIGESTS = { hour: 6, minute: 30 };

/** When the digest is sent, in the user's own time zone. */
export function digestSchedule(hours: Hours): ScheduleExpression {
  return hours.kind === 'hourly'
    ? ScheduleExpression.cron({ minute: '0', timeZone: TimeZone.of(hours.timeZone) })
    : dailyAt(timeOf(hours.at), hours.timeZone);
}

/** Once a day; for a daily digest, an hour before it, so that it reports the audit. */
export function auditSchedule(hours: Hours): ScheduleExpression {
  if (hours.kind === 'hourly') return dailyAt(AUDIT_BESIDE_HOURLY_DIGESTS, hours.timeZone);
  const { hour, minute } = timeOf(hours.at);
  return dailyAt({ hour: (hour + 23) % 24, minute }, hours.timeZone);
}

function timeOf(at: string): { hour: number; minute: number } {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  return { hour, minute };
}

function dailyAt({ hour, minute }: { hour: number; minute: number }, timeZone: string): ScheduleExpression {
  return ScheduleExpression.cron({ hour: String(hour), minute: String(minute), timeZone: TimeZone.of(timeZone) });
}
