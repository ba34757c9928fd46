import { senderWithin } from '../../mail/address-text.ts';
import type { MailRecord } from '../../mail/mail.ts';
import { openableLink } from './openable-link.ts';
import { clip, type FormatTime } from './words.ts';

/** One email as a digest lists it. */
export type EmailView = {
  subject: string;
  link: string | undefined;
  from: string;
  date: string;
  snippet: string;
  note: string | undefined;
  /** A warning that the reader must see before the rest of the email. */
  mark: string | undefined;
};

/** @param about what to say about this email in addition to its own content */
export function emailView(
  { subject, from, date, snippet, link }: Pick<MailRecord, 'subject' | 'from' | 'date' | 'snippet' | 'link'>,
  formatTime: FormatTime,
  { note, mark }: { note?: string | undefined; mark?: string | undefined } = {},
): EmailView {
  return {
    subject: clip(subject, 150) || '(no subject)',
    link: openableLink(link),
    from: senderWithin(from, 100) || '(no sender)',
    date: dateText(date, formatTime),
    snippet: clip(snippet, 240),
    note: note === undefined ? undefined : clip(note, 200),
    mark,
  };
}

/** Text that is not a readable date is shown unchanged. */
function dateText(date: string, formatTime: FormatTime): string {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? clip(date, 40) : formatTime(time);
}
