import { endOfComment, endOfMatch, endOfQuote } from '../mail/header-syntax.ts';
import { normaliseDomain } from './address-pattern.ts';

/** One method's result as the receiver wrote it, `spf=pass smtp.mailfrom=…`; method, result and names in lower case. */
export type MethodResult = { method: string; result: string; properties: ReadonlyMap<string, string> };

/** The statements of one field, each as its words, with quotes kept. */
export type AuthenticationField = { identity: readonly string[]; statements: readonly (readonly string[])[] };

type Token = { kind: 'text' | 'comment' | 'space' | 'semicolon'; text: string };

/** JavaScript's `\s` would also match bytes of UTF-8 text, such as 0xA0. */
const SPACES = /[ \t\r\n]+/y;
const PLAIN_TEXT = /[^ \t\r\n;"()\\]+/y;

/**
 * Splits an Authentication-Results field (RFC 8601, 2.2) into words; undefined if it is ambiguous.
 *
 * A comment separates tokens and is never simply removed: a parser that joins the text on both sides of a comment reads
 * a verdict that the receiver did not write (CVE-2020-12272). So a comment with text directly on both sides, or after
 * an equals sign, makes the field unreadable, and so does an open quote or comment.
 */
export function authenticationFieldOf(header: string): AuthenticationField | undefined {
  const tokens = tokensOf(header);
  if (tokens === undefined || tokens.some((_, index) => isCommentInValue(tokens, index))) return undefined;
  const statements: string[][] = [[]];
  let word = '';
  for (const { kind, text } of [...tokens, END]) {
    if (kind === 'text') {
      word += text;
      continue;
    }
    if (word) statements.at(-1)?.push(word);
    word = '';
    if (kind === 'semicolon') statements.push([]);
  }
  const [identity = [], ...rest] = statements;
  return { identity, statements: rest };
}

const END: Token = { kind: 'space', text: '' };

/** Undefined if a quote or comment is left open, or a character is not allowed by the grammar. */
function tokensOf(header: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let position = 0; position < header.length; ) {
    const kind = kindOf(header.charAt(position));
    const end = endOfToken(header, position);
    if (end <= position) return undefined;
    // Consecutive comments count as one: the second must not hide that the first is within a word.
    if (kind !== 'comment' || tokens.at(-1)?.kind !== 'comment')
      tokens.push({ kind, text: header.slice(position, end) });
    position = end;
  }
  return tokens;
}

function kindOf(character: string): Token['kind'] {
  if (character === ';') return 'semicolon';
  if (character === '(') return 'comment';
  return /[ \t\r\n]/.test(character) ? 'space' : 'text';
}

/** At `start` or before it if the token is empty or has no end. */
function endOfToken(header: string, start: number): number {
  const character = header.charAt(start);
  if (character === ';') return start + 1;
  if (character === '(') return endOfComment(header, start);
  if (character === '"') return endOfQuote(header, start);
  return Math.max(endOfMatch(SPACES, header, start), endOfMatch(PLAIN_TEXT, header, start));
}

function isCommentInValue(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.kind !== 'comment') return false;
  const before = tokens[index - 1];
  const isGlued = before?.kind === 'text' && tokens[index + 1]?.kind === 'text';
  const isBehindLoneEquals = before?.kind === 'space' && tokens[index - 2]?.text === '=';
  return isGlued || isBehindLoneEquals || (before?.kind === 'text' && before.text.endsWith('='));
}

/** The authserv-id of the field, in lower case; empty if it has none. */
export function authservIdOf({ identity: [id = ''] }: AuthenticationField): string {
  return unquoted(id).toLowerCase();
}

/** `[CFWS] authserv-id [CFWS version]` and nothing else. */
export function hasPlainIdentity({ identity: [, version = '', ...leftover] }: AuthenticationField): boolean {
  return leftover.length === 0 && /^\d*$/.test(version);
}

/** Methods that decide. Results of other methods are not used, and receivers add methods of their own. */
const DECIDING: ReadonlySet<string> = new Set(['dmarc', 'spf', 'dkim']);

const METHODSPEC = /^([a-z][a-z0-9_.-]*)(?:\/\d+)?=([^"]*|"(?:[^"\\]|\\.)*")$/is;
/** `reason=…`, `ptype.property=…`, and Microsoft's `action=…`, which is not in RFC 8601. */
const PROPERTY = /^([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)?)=([^"]*|"(?:[^"\\]|\\.)*"(?:@[^"]*)?)$/is;

/** `methodspec [reasonspec] *propspec` of RFC 8601, 2.2; undefined if a word is left over or a name repeats. */
export function methodResultOf(words: readonly string[]): MethodResult | undefined {
  // A method may have white space around its equals sign; a property may not, since its value may be empty.
  const [methodspec = '', ...rest] = words[1] === '=' ? [words.slice(0, 3).join(''), ...words.slice(3)] : words;
  const [, method = '', result = ''] = METHODSPEC.exec(methodspec)?.map((part) => part?.toLowerCase()) ?? [];
  const isDeciding = DECIDING.has(method);
  if (method === '' || (isDeciding && !/^[a-z][a-z_-]*$/.test(result))) return undefined;
  const properties = new Map<string, string>();
  for (const word of rest) {
    const [, name, value] = PROPERTY.exec(word) ?? [];
    if (name === undefined || value === undefined) return undefined;
    // A dmarc result whose semicolon is missing would be overlooked.
    if (name.toLowerCase() === 'dmarc') return undefined;
    if (isDeciding && properties.has(name.toLowerCase())) return undefined;
    properties.set(name.toLowerCase(), unquoted(value));
  }
  return { method, result, properties };
}

/** RFC 8601, 2.7: the domain that an spf or dkim result is about. */
export function authenticatedDomain({ method, properties }: MethodResult): string | undefined {
  if (method === 'spf') return domainOf(properties.get('smtp.mailfrom'));
  if (method === 'dkim') return domainOf(properties.get('header.d') ?? properties.get('header.i'));
  return undefined;
}

/** Some receivers write the address of From or of the envelope with its angle brackets. */
export function domainOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const address = /^<([^<>]*)>$/.exec(value)?.[1] ?? value;
  return normaliseDomain(address.slice(address.lastIndexOf('@') + 1));
}

function unquoted(text: string): string {
  return text.replace(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => inner.replace(/\\(.)/gs, '$1'));
}
