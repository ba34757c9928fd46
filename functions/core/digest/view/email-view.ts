import type { MailRecord } from '../../mail/mail.ts';
import { openableLink } from './openable-link.ts';
import { shown, type TimeTeller } from './words.ts';

/** One mail as a digest lists it. */
export type MailTold = {
  subject: string;
  link: string | undefined;
  from: string;
  date: string;
  snippet: string;
  note: string | undefined;
  /** What a reader has to know before believing anything else of it. */
  mark: string | undefined;
};

/** @param about what is to be said of this mail besides what it says itself */
export function mailTold(
  { subject, from, date, snippet, link }: Pick<MailRecord, 'subject' | 'from' | 'date' | 'snippet' | 'link'>,
  tell: TimeTeller,
  { note, mark }: { note?: string | undefined; mark?: string | undefined } = {},
): MailTold {
  return {
    subject: shown(subject, 150) || '(no subject)',
    link: openableLink(link),
    from: shown(from, 100) || '(no sender)',
    date: dateTold(date, tell),
    snippet: shown(snippet, 240),
    note: note === undefined ? undefined : shown(note, 200),
    mark,
  };
}

/** What cannot be read as a date is shown as it stands. */
function dateTold(date: string, tell: TimeTeller): string {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? shown(date, 40) : tell(time);
}
