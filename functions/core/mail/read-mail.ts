import { addressesIn } from './addresses.ts';
import { withSeparations } from './adjacent-fields.ts';
import { contentTypeOf } from './content-type.ts';
import { cutDisplayedText, displayedText } from './displayed-text.ts';
import { decodedValue } from './encoded-words.ts';
import { explanationOf } from './explanation.ts';
import { firstValue, type HeaderFields, headerFieldsOf } from './header-fields.ts';
import { accountOf, type Mail, type MailAddress, type MailLocation, mailIdOf, namesAnEmail } from './mail.ts';
import { dateIn } from './mail-date.ts';
import type { RawMail } from './raw-mail.ts';
import { snippetOfMessage, snippetOfText } from './snippet.ts';

export { SNIPPET_CHARACTERS } from './snippet.ts';

/** Longer subjects are only sent to do harm; the rest is neither shown nor stored. */
const SUBJECT_CHARACTERS = 300;

const AUTHENTICATION_RESULTS = 'authentication-results';

/** What cannot be read from the email itself. */
export type MailContext = {
  location: MailLocation;
  /**
   * The account that is part of its identity; by default that of its mailbox. A renamed account keeps its first name
   * here.
   */
  identityAccount?: string;
  /** Opens the email in the reader's mail client, given its Message-ID. */
  linkTo: (messageId: string | undefined) => string | undefined;
  /** The fields to keep, in lower case, since decoding fields that no rule uses takes time. All if undefined. */
  headerFields?: ReadonlySet<string>;
};

/**
 * Reads one email: decodes header, charset and transfer encoding, and takes a snippet of its text.
 *
 * Never throws because of the content of an email: one that cannot be read is returned with its `problem`, its identity
 * and the envelope as parsed by the server, so that one email never blocks the mailbox.
 */
export function readMail(raw: RawMail, context: MailContext): Mail {
  const fields = headerFieldsOf(latin1(raw.header));
  try {
    if (fields.size > 0) return mailFrom(raw, fields, context);
  } catch (error) {
    return mailByEnvelope(raw, fields, context, error instanceof Error ? error.message : String(error));
  }
  return mailByEnvelope(raw, fields, context, 'the server handed out no header');
}

/** True if the first kilobytes of the body had no readable text. */
export function lacksText(mail: Mail): boolean {
  return mail.snippet === '' && mail.problem === undefined;
}

/** One character per byte: text is decoded where it is shown. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function mailFrom(raw: RawMail, fields: HeaderFields, context: MailContext): Mail {
  const { location, linkTo, headerFields } = context;
  const charset = contentTypeOf(fields).parameter('charset');
  const messageId = keptMessageId(displayedText(decodedValue(firstValue(fields, 'message-id'))));
  return {
    mailId: mailIdIn(raw, fields, context),
    location,
    messageId,
    from: sendersIn(fields, charset),
    to: addressesIn(readableRecipients(fields, 'to'), charset),
    cc: addressesIn(readableRecipients(fields, 'cc'), charset),
    subject: subjectOf(firstValue(fields, 'subject'), charset),
    date: (dateIn(firstValue(fields, 'date')) ?? received(raw)).toISOString(),
    receivedAt: received(raw),
    fingerprint: raw.fingerprint,
    snippet: snippetOf(raw, fields),
    headers: new Map(
      [...fields]
        .filter(([name]) => headerFields?.has(name) ?? true)
        .map(([name, values]) => [
          name,
          // Encoded words in Authentication-Results are an attempt by the sender to forge them (RFC 8601, 7.1); the
          // field has none.
          name === AUTHENTICATION_RESULTS
            ? withSeparations(values, name, latin1(raw.header))
            : values.map((value) => decodedValue(value, charset)),
        ]),
    ),
    link: linkTo(messageId),
    problem: undefined,
  };
}

/** Longer ones are only sent to do harm: the address parser takes a tenth of a second for 100 kB. */
const FROM_CHARACTERS = 5_000;

/**
 * The senders. A field that is too long is shown without an address: cutting it could leave the address of another
 * domain, for which the server did not authenticate the email.
 */
function sendersIn(fields: HeaderFields, charset: string | undefined): readonly MailAddress[] {
  let charactersLeft = FROM_CHARACTERS;
  return (fields.get('from') ?? []).flatMap((value) => {
    charactersLeft -= value.length;
    return charactersLeft >= 0
      ? addressesIn([value], charset)
      : [{ name: cutDisplayedText(value.slice(0, FROM_CHARACTERS), ADDRESS_CHARACTERS), address: '' }];
  });
}

const TO_CHARACTERS = 32_000;
const TO_SEPARATORS = 1_000;
const SEPARATOR = /[,;:]/g;

/** The recipients up to the thousandth, to bound the work of the address parser. */
function readableRecipients(fields: HeaderFields, name: 'to' | 'cc'): readonly string[] {
  const values: string[] = [];
  let characters = TO_CHARACTERS;
  let separators = TO_SEPARATORS;
  for (const value of fields.get(name) ?? []) {
    const start = value.slice(0, characters);
    let end = 0;
    for (const { index } of start.matchAll(SEPARATOR)) {
      if (separators === 0) break;
      separators -= 1;
      end = index;
    }
    // If there is more than one address, cut between two of them.
    const isWhole = start.length === value.length && separators > 0;
    values.push(isWhole || end === 0 ? start : start.slice(0, end));
    characters -= start.length;
    if (characters === 0 || separators === 0) break;
  }
  return values;
}

/** More than a poll ever fetches of a text: this bounds what is read of a body, whatever a server sends. */
const TEXT_BYTES = 100_000;

function snippetOf(raw: RawMail, fields: HeaderFields): string {
  const body = latin1(raw.body.subarray(0, TEXT_BYTES));
  const text = raw.text && { ...raw.text.part, content: latin1(raw.text.content.subarray(0, TEXT_BYTES)) };
  const snippet = text ? snippetOfText(text) : snippetOfMessage(fields, body);
  return snippet || (raw.isAllFetched ? explanationOf(fields, body, text) : '');
}

/** The identity uses the values as sent, so that no update of a decoder changes an id. */
function mailIdIn(
  { body, fingerprint }: RawMail,
  fields: HeaderFields,
  { location, identityAccount = accountOf(location.mailbox) }: MailContext,
): string {
  return mailIdOf(identityAccount, location, {
    messageId: firstValue(fields, 'message-id'),
    from: firstValue(fields, 'from'),
    date: firstValue(fields, 'date'),
    subject: firstValue(fields, 'subject'),
    text: latin1(body),
    fingerprint,
  });
}

/** RFC 5322, 2.1.1: no line may be longer. A longer one identifies its email, but is of no use to a reader. */
const MESSAGE_ID_CHARACTERS = 998;

function keptMessageId(messageId: string): string | undefined {
  return namesAnEmail(messageId) && messageId.length <= MESSAGE_ID_CHARACTERS ? messageId : undefined;
}

/** Encoded, a character takes up to 15 bytes: four UTF-8 bytes in the Q encoding, and the delimiters of each word. */
const ENCODED_SUBJECT_CHARACTERS = 15 * SUBJECT_CHARACTERS;

function subjectOf(value: string, charset: string | undefined): string {
  return cutDisplayedText(decodedValue(value.slice(0, ENCODED_SUBJECT_CHARACTERS), charset), SUBJECT_CHARACTERS);
}

/** A server's internal date can be wrong too; an email from 1970 is still shown, with its problem. */
function received({ internalDate }: RawMail): Date {
  return Number.isNaN(internalDate.getTime()) ? new Date(0) : internalDate;
}

const ADDRESS_CHARACTERS = 500;
const PROBLEM_CHARACTERS = 200;

function mailByEnvelope(raw: RawMail, fields: HeaderFields, context: MailContext, why: string): Mail {
  const { location, linkTo } = context;
  const { envelope } = raw;
  const messageId = keptMessageId(displayedText(envelope.messageId));
  const addressesOf = (text: string) => [{ name: '', address: cutDisplayedText(text, ADDRESS_CHARACTERS) }];
  return {
    mailId: mailIdIn(raw, fields, context),
    location,
    messageId,
    from: addressesOf(envelope.from),
    to: addressesOf(envelope.to),
    cc: [],
    subject: cutDisplayedText(envelope.subject, SUBJECT_CHARACTERS),
    date: received(raw).toISOString(),
    receivedAt: received(raw),
    fingerprint: raw.fingerprint,
    snippet: '',
    headers: new Map(),
    link: linkTo(messageId),
    problem: `the mail could not be read: ${cutDisplayedText(why, PROBLEM_CHARACTERS)}`,
  };
}
