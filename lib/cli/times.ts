import { duration, timeFormatIn } from '../../functions/core/digest/view/words.ts';

/** How long ago, and the time in this machine's time zone: `5 hours ago (Mon 23 Nov, 07:00)`. */
export function ago(time: Date, now: Date): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const age = duration(now.getTime() - time.getTime()) ?? 'less than a minute';
  return `${age} ago (${timeFormatIn(timeZone, now)(time)})`;
}
