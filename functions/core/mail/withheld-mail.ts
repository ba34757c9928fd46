import { cutDisplayedText } from './displayed-text.ts';
import { type Mail, type MailLocation, mailIdOf } from './mail.ts';

/** Stands in the place of a fingerprint where an email could not be read, so that an audit tries again. */
export const WITHHELD = 'withheld';

const MARK = 'the server does not hand it out: ';
const WORDS_CHARACTERS = 300;

/**
 * What stands for an email that the server lists and does not hand out, while it hands out others. Its place is all that
 * is known of it.
 *
 * @param said the server's own words
 */
export function withheldMail(location: MailLocation, receivedAt: Date, said: string): Mail {
  const nothing = { messageId: '', from: '', date: '', subject: '', text: '' };
  return {
    mailId: mailIdOf('', location, { ...nothing, fingerprint: WITHHELD }),
    location,
    fingerprint: WITHHELD,
    messageId: undefined,
    from: [],
    to: [],
    cc: [],
    subject: '',
    date: receivedAt.toISOString(),
    receivedAt,
    snippet: '',
    headers: new Map(),
    link: undefined,
    problem: `${MARK}${cutDisplayedText(said, WORDS_CHARACTERS)}`,
  };
}

/** Whether that is why an email is unknown. */
export function isWithheld(reason: string): boolean {
  return reason.startsWith(MARK);
}
