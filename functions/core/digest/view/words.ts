import { cutText, displayedText } from '../../mail/displayed-text.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time.ts';

/** How a digest formats numbers, times and email text, the same in its subject, text and HTML. */

/** `1,204`. */
export function figure(count: number): string {
  return count.toLocaleString('en');
}

/** `1 alert`, `3 alerts`. */
export function counted(count: number, noun: string): string {
  return `${figure(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A length of time in its largest unit, rounded down: `19 days`, `5 hours`; undefined below a minute. */
export function duration(ms: number): string | undefined {
  if (ms >= 2 * DAY_MS) return counted(Math.floor(ms / DAY_MS), 'day');
  if (ms >= HOUR_MS) return counted(Math.floor(ms / HOUR_MS), 'hour');
  return ms >= MINUTE_MS ? counted(Math.floor(ms / MINUTE_MS), 'minute') : undefined;
}

/** Formats a time for the reader. */
export type FormatTime = (time: Date) => string;

/** Times in the reader's time zone, `Mon 23 Nov, 07:00`; with the year if it differs from that of `now`. */
export function timeFormatIn(timeZone: string, now: Date): FormatTime {
  const { yearOf, thisYear, otherYear } = formatsIn(timeZone);
  return (time) =>
    (yearOf.format(time) === yearOf.format(now) ? thisYear : otherYear).format(time).replace(/^(\w+), /, '$1 ');
}

type Formats = Readonly<Record<'yearOf' | 'thisYear' | 'otherYear', Intl.DateTimeFormat>>;

/** Creating a format takes as long as using it a hundred times. */
const formatsByZone = new Map<string, Formats>();

function formatsIn(timeZone: string): Formats {
  const known = formatsByZone.get(timeZone);
  if (known) return known;
  const parts = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  const formats = {
    yearOf: new Intl.DateTimeFormat('en-GB', { year: 'numeric', timeZone }),
    thisYear: new Intl.DateTimeFormat('en-GB', { ...parts, timeZone }),
    otherYear: new Intl.DateTimeFormat('en-GB', { ...parts, year: 'numeric', timeZone }),
  };
  formatsByZone.set(timeZone, formats);
  return formats;
}

/** Quotes a text as one word of a shell command. */
export function shellWord(text: string): string {
  return /^[\w./@:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text of unknown origin on one line, cut to this length. */
export function clip(text: string, maxCharacters: number): string {
  return cutText(displayedText(text), maxCharacters);
}
