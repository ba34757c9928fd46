import { cutDisplayedText } from './displayed-text.ts';
import { type Mail, type MailLocation, mailIdOf } from './mail.ts';

/** Used instead of a fingerprint if an email could not be read, so that an audit tries again. */
export const WITHHELD = 'withheld';

const MARK = 'the server does not hand it out: ';
const WORDS_CHARACTERS = 300;

/**
 * The placeholder for an email that the server lists but does not return, though it returns others. Only its location
 * is known.
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

/** Whether that is the reason why an email is unknown. */
export function isWithheld(reason: string): boolean {
  return reason.startsWith(MARK);
}
