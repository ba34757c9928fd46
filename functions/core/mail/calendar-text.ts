/** The titles of invitations by METHOD (RFC 5546, 1.4); any other METHOD is an invitation. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['cancel', 'calendar cancellation'],
  ['reply', 'calendar reply'],
  ['publish', 'calendar event'],
]);

/**
 * The first event of a calendar (RFC 5545) on one line: `calendar invitation: Quarterly review, Thu 12 Mar 10:00`. The
 * text may be cut anywhere.
 */
export function invitationIn(calendar: string, method: string | undefined): string {
  // Time zones come before the events and have a DTSTART too.
  const begin = calendar.search(/^BEGIN:VEVENT/im);
  const event = begin < 0 ? '' : calendar.slice(begin);
  const title = TITLES.get((method ?? propertyIn('METHOD', calendar)).toLowerCase()) ?? 'calendar invitation';
  const what = [unescaped(propertyIn('SUMMARY', event)).trim(), shownTime(propertyIn('DTSTART', event))].filter(
    Boolean,
  );
  return what.length > 0 ? `${title}: ${what.join(', ')}` : title;
}

/** A line may be folded anywhere (RFC 5545, 3.1), even within a character, so it is unfolded before it is decoded. */
export function unfolded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/\r?\n[ \t]/g, ''), 'latin1');
}

/** The value of a property. Its parameters may contain quoted colons. */
function propertyIn(name: string, calendar: string): string {
  return new RegExp(String.raw`^${name}(?:;(?:"[^"\n]*"|[^":\n])*)?:(.*)`, 'im').exec(calendar)?.[1]?.trim() ?? '';
}

/** RFC 5545, 3.3.11. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (/n/i.test(character) ? ' ' : character));
}

/** `Thu 12 Mar 10:00`, in the event's local time unless it is given in UTC (RFC 5545, 3.3.5). */
function shownTime(value: string): string {
  const [, year, month, day, hours, minutes, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$/i.exec(value) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return '';
  const [weekday, , monthName] = date.toUTCString().split(/,? /);
  const time = hours ? ` ${hours}:${minutes}${utc ? ' UTC' : ''}` : '';
  return `${weekday} ${date.getUTCDate()} ${monthName}${time}`;
}
