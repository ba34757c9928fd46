import type { FetchHandler, HoodiecrowServer, Token, TypedToken } from 'hoodiecrow-imap';
import defaultFetchHandlers from 'hoodiecrow-imap/lib/commands/handlers/fetch.js';
import parseMime, { type MimeNode } from 'hoodiecrow-imap/lib/mimeparser.js';

/** A plugin that makes hoodiecrow-imap 2.1.0 answer a FETCH like other servers; each repair says what it fixes. */
export function repairFetch(server: HoodiecrowServer): void {
  server.messageHandlers.push((_server, message) => {
    // A file appended with curl has the line ends of its system.
    message.raw = message.raw.replaceAll(/\r?\n/g, '\r\n');
    message.parsed = repairedStructure(message.raw);
  });
  server.fetchHandlers.BODY = readSection;
  server.fetchHandlers['BODY.PEEK'] = readSection;
  server.outputHandlers.push((_connection, response, description) => {
    if (description.endsWith('FETCH')) response.attributes = repairedToken(response.attributes) as Token[];
  });
  server.formatInternalDate = internalDate;
}

/** `05-Jan-2026 08:00:00 +0000`. hoodiecrow's own is wrong in time zones that are not whole hours. */
export function internalDate(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${day}-${month}-${year} ${time} +0000`;
}

function repairedStructure(raw: string): MimeNode {
  const message = parseMime(raw);
  const headerEnd = raw.indexOf('\r\n\r\n');
  // hoodiecrow's BODY[TEXT] lacks the headers of the parts.
  message.text = headerEnd === -1 ? '' : raw.slice(headerEnd + 4);
  repairNode(message);
  return message;
}

function repairNode(node: MimeNode): void {
  for (const [name, value] of Object.entries(node.parsedHeader)) {
    // A repeated field makes ENVELOPE and BODYSTRUCTURE fail, and with them the FETCH of the whole page.
    if (Array.isArray(value) && typeof value[0] === 'string') node.parsedHeader[name] = value.at(-1);
  }
  const contentType = (node.parsedHeader['content-type'] ?? {}) as { type?: string; subtype?: string };
  if (contentType.type === 'message') {
    // BODY[n] of a forwarded email must be the email; hoodiecrow sets `text` to the forwarded text at every
    // BODYSTRUCTURE.
    Object.defineProperty(node, 'text', { get: () => node.body, set: () => undefined });
    // It treats every message/* as an email. In upper case it does not recognise the type, but still writes it.
    if (contentType.subtype?.toLowerCase() !== 'rfc822') contentType.type = 'MESSAGE';
  }
  node.childNodes?.forEach(repairNode);
}

/** The query is one object for all emails of a FETCH, and hoodiecrow shortens its range at the first short email. */
const readSection: FetchHandler = (connection, message, query) => {
  const copy: TypedToken = { ...query };
  if (query.partial) copy.partial = [...query.partial];
  if (query.section) copy.section = query.section.map(withReadableNumber);
  return defaultFetchHandlers.BODY(connection, message, copy);
};

/** hoodiecrow reads a section number of two digits only if a dot follows. */
function withReadableNumber(token: Token): Token {
  if (!isTyped(token) || !/\d\d$/.test(token.value ?? '')) return token;
  return { ...token, value: `${token.value}.` };
}

function repairedToken(token: Token): Token {
  if (Array.isArray(token)) return token.map(repairedToken);
  // Quoted strings cannot contain control characters or 8-bit ones (RFC 3501, 9); hoodiecrow writes them as in JSON.
  return typeof token === 'string' && /[^\x20-\x7e]/.test(token) ? { type: 'LITERAL', value: token } : token;
}

function isTyped(token: Token): token is TypedToken {
  return typeof token === 'object' && token !== null && !Array.isArray(token);
}
