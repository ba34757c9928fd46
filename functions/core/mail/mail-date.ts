/** Longer texts are not dates. */
const DATE_CHARACTERS = 100;

/**
 * The date of a Date field, if it is unambiguous: RFC 5322 with common mistakes, ISO 8601, and `dd.mm.yyyy`.
 * `03/02/2026` is rejected: `new Date` reads it as 2 March, most of the world as 3 February.
 *
 * A date without a zone counts as UTC, like `-0000` (RFC 5322, 3.3). An abbreviation that RFC 5322 does not list is
 * rejected: `IST` is a zone of India, of Israel and of Ireland.
 */
export function dateIn(value: string): Date | undefined {
  const text = withoutComments(value.slice(0, DATE_CHARACTERS))
    .replace(/[\s,]+/g, ' ')
    .trim();
  for (const form of FORMS) {
    const { year = '', month = '', day = '', rest = '' } = form.exec(yearFirst(text))?.groups ?? {};
    if (year) return dateOf([yearOf(year), monthOf(month), Number(day)], timeIn(rest));
  }
  return undefined;
}

/** Comments nest (RFC 5322, 3.2.2); a text this short has few of them. */
function withoutComments(text: string): string {
  const without = text.replace(/\([^()]*\)/g, ' ');
  return without === text ? text : withoutComments(without);
}

/** C's asctime puts the year after the time: `Mon Mar 2 09:00:00 CET 2026`. */
function yearFirst(text: string): string {
  return text.replace(/ (\d{1,2}:\d\d(?::\d\d)?(?: [a-z]+)?) (\d{4})(?= |$)/i, ' $2 $1');
}

const WEEKDAY = String.raw`(?:\p{L}{2,10}\.? )?`;
const MONTH_NAME = String.raw`(?<month>[a-z]{3,9})\.?`;

const FORMS: readonly RegExp[] = [
  String.raw`^${WEEKDAY}(?<day>\d{1,2})[ -]${MONTH_NAME}[ -](?<year>\d{2,4})(?<rest> .*)?$`,
  String.raw`^${WEEKDAY}${MONTH_NAME} (?<day>\d{1,2}) (?<year>\d{4})(?<rest> .*)?$`,
  String.raw`^(?<year>\d{4})([-/.])(?<month>\d{1,2})\2(?<day>\d{1,2})(?:T|(?= )|$)(?<rest>.*)$`,
  String.raw`^${WEEKDAY}(?<day>\d{1,2})\. ?(?<month>\d{1,2})\. ?(?<year>\d{4})(?<rest> .*)?$`,
].map((form) => new RegExp(form, 'iu'));

/** RFC 5322, 4.3: two and three digits mean years of this and the last century. */
function yearOf(digits: string): number {
  const year = Number(digits);
  if (digits.length === 4) return year;
  return digits.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** Counted from 0, as in `Date`; -1 if it is not a month. */
function monthOf(text: string): number {
  return /^\d/.test(text) ? Number(text) - 1 : MONTHS.findIndex((month) => month.startsWith(text.toLowerCase()));
}

const TIME =
  /^ ?(?:(?<hours>\d{1,2})[:.](?<minutes>\d\d)(?:[:.](?<seconds>\d\d)(?:\.(?<fraction>\d+))?)?)? ?(?<half>[ap]m)? ?(?<zone>[a-z]*(?:[+-]\d\d:?\d\d(?: [a-z]+)?)?)$/i;

/** Milliseconds since midnight UTC. */
function timeIn(text: string): number | undefined {
  const {
    hours = '0',
    minutes = '0',
    seconds = '0',
    fraction = '',
    half = '',
    zone = '',
  } = TIME.exec(text)?.groups ?? {
    hours: '99',
  };
  const hour = hourOf(Number(hours), half.toLowerCase());
  const offset = minutesOfZone(zone);
  // A leap second is second 60 (RFC 5322, 3.3).
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 60 || offset === undefined) return undefined;
  return (
    ((hour * 60 + Number(minutes) - offset) * 60 + Number(seconds)) * 1_000 +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  );
}

function hourOf(hours: number, half: string): number {
  if (half === '') return hours;
  if (hours < 1 || hours > 12) return Number.POSITIVE_INFINITY;
  return (hours % 12) + (half === 'pm' ? 12 : 0);
}

/** RFC 5322, 4.3. */
const HOURS_OF_ZONE: ReadonlyMap<string, number> = new Map([
  ...['', 'z', 'ut', 'utc', 'gmt'].map((zone) => [zone, 0] as const),
  ...['edt', 'cdt', 'mdt', 'pdt'].map((zone, at) => [zone, -4 - at] as const),
  ...['est', 'cst', 'mst', 'pst'].map((zone, at) => [zone, -5 - at] as const),
]);

/** No time zone is further from UTC. */
const MAX_ZONE_MINUTES = 14 * 60;

function minutesOfZone(zone: string): number | undefined {
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [];
  if (sign === undefined) {
    const named = HOURS_OF_ZONE.get(zone.toLowerCase());
    return named === undefined ? undefined : named * 60;
  }
  const offset = Number(hours) * 60 + Number(minutes);
  if (offset > MAX_ZONE_MINUTES || Number(minutes) > 59) return undefined;
  return sign === '-' ? -offset : offset;
}

/** Undefined for 31 February and for years before email. */
function dateOf([year, month, day]: readonly [number, number, number], time: number | undefined): Date | undefined {
  const midnight = new Date(Date.UTC(year, month, day));
  const isOfCalendar = midnight.getUTCMonth() === month && midnight.getUTCDate() === day && year >= 1970;
  if (!isOfCalendar || time === undefined) return undefined;
  const date = new Date(midnight.getTime() + time);
  // ISO 8601 cannot write later years in four digits.
  return date.getUTCFullYear() <= 9999 ? date : undefined;
}
