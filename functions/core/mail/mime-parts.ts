import { type ContentType, contentTypeOf, parametersOf } from './content-type.ts';
import { decodedValue } from './encoded-words.ts';
import { firstValue, type HeaderFields, headerFieldsOf } from './header-fields.ts';
import { decodedContent } from './transfer-encoding.ts';

/** A text part of an email, as sent. */
export type TextContent = {
  type: 'text/plain' | 'text/html';
  charset: string | undefined;
  /** Content-Transfer-Encoding. */
  encoding: string | undefined;
  flow?: TextFlow;
  /** One character per byte. */
  content: string;
};

/** RFC 3676: whether lines form paragraphs, and whether the space before a soft line break is part of the text. */
type TextFlow = 'flowed' | 'flowed, delsp' | undefined;

/** Parts with the same content, the preferred one first; a part without alternatives is alone. */
export type Choice = readonly TextContent[];

/** What an email shows to its reader, in order. */
export type ReadableParts = {
  body: readonly Choice[];
  /** For an email whose body is blank: attached emails and texts, or the email that a bounce returns. */
  attached: readonly Choice[];
};

/** No honest email has more in its first kilobytes; further parts are ignored. */
const MAX_PARTS = 100;

/** No honest email nests deeper; each level reads its content once. */
const MAX_DEPTH = 20;

/**
 * Finds the readable parts of a message whose body may be cut anywhere.
 *
 * Own code, because readers of whole messages (postal-mime, mailparser) decode a part by its label before its bytes can
 * be examined, take a cut text for a complete one, and need three times as long.
 */
export function readablePartsOf(fields: HeaderFields, body: string): ReadableParts {
  return partsIn({ fields, body, type: contentTypeOf(fields) }, MAX_DEPTH);
}

/** A message or one of its parts (RFC 2045, 2.4). */
export type Entity = { fields: HeaderFields; body: string; type: ContentType };

/** The message and everything in it, each entity before its content. */
export function entitiesOf(fields: HeaderFields, body: string): readonly Entity[] {
  return entitiesIn({ fields, body, type: contentTypeOf(fields) }, MAX_DEPTH);
}

function entitiesIn(entity: Entity, depthLeft: number): readonly Entity[] {
  if (depthLeft === 0) return [];
  const held = isMultipart(entity) ? childrenOf(entity) : isMessage(entity) ? [messageIn(entity)] : [];
  return [entity, ...held.flatMap((child) => entitiesIn(child, depthLeft - 1))];
}

function isMultipart({ type }: Entity): boolean {
  return type.type.startsWith('multipart/');
}

function isMessage({ type }: Entity): boolean {
  return type.type === 'message/rfc822' || type.type === 'message/global';
}

const NOTHING: ReadableParts = { body: [], attached: [] };

function partsIn(entity: Entity, depthLeft: number): ReadableParts {
  if (depthLeft === 0) return NOTHING;
  if (isMultipart(entity)) return partsOfMultipart(entity, depthLeft);
  if (isMessage(entity)) return partsOfMessage(entity, depthLeft);
  return partsOfLeaf(entity);
}

function partsOfMultipart(entity: Entity, depthLeft: number): ReadableParts {
  const { type } = entity;
  const parts = childrenOf(entity);
  // A multipart without parts is something that some scripts send: text.
  if (parts.length === 0) return { body: [[textContent('text/plain', decodedBodyOf(entity))]], attached: [] };
  const read = parts.map((part) => partsIn(part, depthLeft - 1));
  const attached = read.flatMap((part) => part.attached);
  if (type.type === 'multipart/alternative') return { body: asOneChoice(read.flatMap((part) => part.body)), attached };
  // The first part of a report is for people; the others repeat it for machines or return an email (RFC 6522, 3).
  if (type.type === 'multipart/report') {
    const [forPeople, ...others] = read;
    return { body: forPeople?.body ?? [], attached: [...others.flatMap((part) => part.body), ...attached] };
  }
  return { body: read.flatMap((part) => part.body), attached };
}

/** Base64 and quoted-printable are forbidden for a multipart (RFC 2045, 6.4), but SAP sends whole ones in base64. */
function childrenOf(entity: Entity): readonly Entity[] {
  const { body, type } = entity;
  const fallback = type.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const plain = split(body, type.boundaries);
  const parts = plain.length > 0 ? plain : split(decodedBodyOf(entity), type.boundaries);
  return parts.map((part) => entityOf(part, fallback));
}

/** Decodes an encoding of the whole message or multipart, which is forbidden but used. */
function decodedBodyOf({ fields, body }: Entity): string {
  const encoding = firstValue(fields, 'content-transfer-encoding');
  return /base64|quoted/i.test(encoding) ? decodedContent(body, encoding).toString('latin1') : body;
}

/** Plain text first: the sender wrote it for uses like a snippet. */
function asOneChoice(choices: readonly Choice[]): Choice[] {
  const all = choices.flat();
  if (all.length === 0) return [];
  return [[...all.filter(({ type }) => type === 'text/plain'), ...all.filter(({ type }) => type === 'text/html')]];
}

function partsOfMessage(entity: Entity, depthLeft: number): ReadableParts {
  const inner = partsIn(messageIn(entity), depthLeft - 1);
  return isAttachment(entity.fields) ? { body: [], attached: [...inner.body, ...inner.attached] } : inner;
}

const HTML = /^text\/(?:html|enriched|richtext)$/;
const PLAIN = /^text\/(?:plain|markdown|x-markdown)$/;

function messageIn(entity: Entity): Entity {
  return entityOf(decodedBodyOf(entity), 'text/plain');
}

function partsOfLeaf(entity: Entity): ReadableParts {
  const content = textContentOf(entity);
  if (!content || isAttachment(entity.fields)) return NOTHING;
  return entity.type.parameter('name') === undefined
    ? { body: [[content]], attached: [] }
    : { body: [], attached: [[content]] };
}

/** Undefined if it is not readable text. */
export function textContentOf({ fields, body, type }: Entity): TextContent | undefined {
  const kind = HTML.test(type.type) ? 'text/html' : PLAIN.test(type.type) ? 'text/plain' : undefined;
  if (!kind) return undefined;
  return {
    type: kind,
    charset: type.parameter('charset'),
    encoding: firstValue(fields, 'content-transfer-encoding'),
    flow: flowOf(type.parameter('format'), type.parameter('delsp')),
    content: body,
  };
}

/** The decoded file name of a part; undefined if it has none. */
export function nameOf({ fields, type }: Entity): string | undefined {
  const name = parametersOf(firstValue(fields, 'content-disposition'))('filename') ?? type.parameter('name');
  return name && decodedValue(name);
}

export function flowOf(format: string | undefined, delSp: string | undefined): TextFlow {
  if (format?.toLowerCase() !== 'flowed') return undefined;
  return delSp?.toLowerCase() === 'yes' ? 'flowed, delsp' : 'flowed';
}

function textContent(type: TextContent['type'], content: string): TextContent {
  return { type, charset: undefined, encoding: undefined, content };
}

export function isAttachment(fields: HeaderFields): boolean {
  return /^\s*attachment/i.test(firstValue(fields, 'content-disposition'));
}

/** The parts between the boundaries (RFC 2046, 5.1.1); the last one may be incomplete. */
function split(body: string, boundaries: readonly string[]): string[] {
  for (const boundary of boundaries) {
    const parts = splitAt(body, `--${boundary}`);
    if (parts.length > 0) return parts;
  }
  // If the header names no boundary, as it must, the first line that looks like one is used.
  const delimiter = boundaries.length === 0 ? /(?<![^\n])--[^\s-][^\s]*/.exec(body)?.[0] : undefined;
  return delimiter ? splitAt(body, delimiter) : [];
}

function splitAt(body: string, delimiter: string): string[] {
  const parts: string[] = [];
  let begin: number | undefined;
  let at = body.indexOf(delimiter);
  for (; at >= 0 && parts.length < MAX_PARTS; at = body.indexOf(delimiter, at + delimiter.length)) {
    const line = delimiterLine(body, at, delimiter);
    if (!line) continue;
    if (begin !== undefined) parts.push(body.slice(begin, at));
    begin = line.isLast ? undefined : line.end;
    if (line.isLast) break;
  }
  if (begin !== undefined && parts.length < MAX_PARTS) parts.push(withoutCutDelimiter(body.slice(begin), delimiter));
  return parts;
}

/** A delimiter is alone on its line; a longer one with the same beginning does not match. */
function delimiterLine(body: string, at: number, delimiter: string): { isLast: boolean; end: number } | undefined {
  if (at > 0 && body[at - 1] !== '\n') return undefined;
  const lineEnd = body.indexOf('\n', at);
  const end = lineEnd < 0 ? body.length : lineEnd + 1;
  const rest = body.slice(at + delimiter.length, end).trimEnd();
  return rest === '' || rest === '--' ? { isLast: rest === '--', end } : undefined;
}

/** The fetched text may end within a delimiter. */
function withoutCutDelimiter(part: string, delimiter: string): string {
  const lastLine = part.lastIndexOf('\n') + 1;
  return part.length > lastLine && delimiter.startsWith(part.slice(lastLine)) ? part.slice(0, lastLine) : part;
}

function entityOf(text: string, fallbackType: string): Entity {
  const bodyStart = endOfHeader(text);
  const fields = headerFieldsOf(text.slice(0, bodyStart));
  return { fields, body: text.slice(bodyStart), type: contentTypeOf(fields, fallbackType) };
}

/** Where the header ends: after a blank line, or, if that is missing, before a line that cannot be a field. */
function endOfHeader(text: string): number {
  for (let at = 0; at < text.length; ) {
    const lineEnd = text.indexOf('\n', at);
    // The fetched text ends within the header.
    if (lineEnd < 0) return text.length;
    const line = text.slice(at, lineEnd);
    if (line === '' || line === '\r') return lineEnd + 1;
    if (!/^(?:[!-9;-~]+[ \t]*:|[ \t])/.test(line)) return at;
    at = lineEnd + 1;
  }
  return text.length;
}
