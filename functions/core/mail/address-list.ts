import { withoutBlanksAround } from './blanks.ts';
import { displayedText } from './displayed-text.ts';
import { decodedValue } from './encoded-words.ts';
import type { MailAddress } from './mail.ts';

/**
 * `quoted`, `comment` and `angle` hold their content without the frame; `open` is an angle bracket that is not closed.
 * The rest are separators.
 */
type Token = {
  kind: 'word' | 'quoted' | 'comment' | 'angle' | 'open' | ',' | ':' | ';';
  text: string;
  start: number;
  end: number;
};

/**
 * An address list (RFC 5322, 3.4) as addresses and their names. A part that holds no address comes back as a name with
 * an empty address.
 *
 * The syntax is read as sent, and only names are decoded afterwards: an encoded word is text (RFC 2047, 5), whatever
 * brackets and commas it decodes to. postal-mime's `addressParser` decodes first in places, and takes one of several
 * addresses that nothing separates.
 *
 * @param value a byte a character, as in `HeaderFields`
 * @param charsetHint charset of the message's text, for names in 8-bit characters that are not UTF-8
 */
export function addressListOf(value: string, charsetHint?: string): MailAddress[] {
  const show = (text: string) => displayedText(decodedValue(text, charsetHint));
  const holdsNone = value.length > HOSTILE_CHARACTERS && !value.includes('@');
  const tokens = holdsNone ? undefined : addressTokensOf(value);
  if (tokens === undefined) return [{ name: show(value), address: '' }];
  const addresses: MailAddress[] = [];
  for (const { members, name } of groupsOf(tokens)) {
    const read = itemsOf(members).flatMap((item) => addressesIn(item, show));
    // A group without members (`undisclosed-recipients:;`) stands for its name, and a name must not hide an address.
    if (name.length > 0 && (read.length === 0 || name.some(({ text }) => text.includes('@'))))
      addresses.push({ name: show(textOf(name)), address: '' });
    for (const address of read) addresses.push(address);
  }
  return addresses;
}

/** Without an at sign there is no address, and to split a text of this length costs more than it is worth. */
const HOSTILE_CHARACTERS = 10_000;

type Group = { name: readonly Token[]; members: readonly Token[] };

/** What stands outside of groups is a group without a name. Groups do not nest: another colon separates words. */
function groupsOf(tokens: readonly Token[]): Group[] {
  const groups: Group[] = [];
  let name: Token[] = [];
  let members: Token[] = [];
  let isOpen = false;
  const finish = () => {
    if (name.length + members.length > 0) groups.push({ name, members });
    name = [];
    members = [];
    isOpen = false;
  };
  for (const token of tokens) {
    if (token.kind === ';') finish();
    else if (token.kind !== ':') members.push(token);
    else if (!isOpen) {
      // The name is what stands since the last comma; what stands before that is no member.
      const start = members.findLastIndex(({ kind }) => kind === ',') + 1;
      const opening = members.slice(start);
      members = members.slice(0, start);
      if (members.length > 0) finish();
      name = opening;
      isOpen = true;
    }
  }
  finish();
  return groups;
}

function itemsOf(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === ',') items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.filter((item) => item.length > 0);
}

type Show = (text: string) => string;

/** The addresses that stand between two commas: each in angle brackets, with the name before it, or one without them. */
function addressesIn(item: readonly Token[], show: Show): MailAddress[] {
  const addresses: MailAddress[] = [];
  let phrase: Token[] = [];
  for (const token of withClosedAngle(item)) {
    if (token.kind !== 'angle') {
      phrase.push(token);
      continue;
    }
    const name = show(textOf(phrase));
    const address = addressOf(withoutBlanksAround(token.text));
    addresses.push(address === undefined ? { name: joined(name, show(token.text)), address: '' } : { name, address });
    phrase = [];
  }
  const last = addresses.pop();
  if (last === undefined) return [bareAddress(phrase, show)];
  // A name may follow its address, against RFC 5322; text with another address is a part of its own.
  if (wordsOf(phrase).some(({ text }) => text.includes('@'))) return [...addresses, last, bareAddress(phrase, show)];
  return [
    ...addresses,
    { ...last, name: joined(last.name, last.name ? wordText(phrase, show) : show(textOf(phrase))) },
  ];
}

/** `Ada <ada@example.com` where the end of the field or a comma cut off the bracket. */
function withClosedAngle(item: readonly Token[]): readonly Token[] {
  const open = item.findLastIndex(({ kind }) => kind === 'open');
  if (open < 0) return item;
  const [first, ...others] = item.slice(open + 1);
  if (first?.kind !== 'word' || others.length > 0 || addressOf(first.text) === undefined) return item;
  return [...item.slice(0, open), { ...first, kind: 'angle' }];
}

/** Without angle brackets, the words between comments are an address if they are one as a whole. */
function bareAddress(phrase: readonly Token[], show: Show): MailAddress {
  const words = wordsOf(phrase);
  const hasAt = words.some(({ text }) => text.includes('@'));
  const isWhole = words.every(({ start }, index) => index === 0 || start === words[index - 1]?.end);
  const address = hasAt && isWhole ? addressOf(words.map(asSent).join('')) : undefined;
  if (address === undefined) return { name: show(textOf(phrase)), address: '' };
  return { name: show(textOf(phrase.filter(({ kind }) => kind === 'comment'))), address };
}

function wordsOf(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ kind }) => kind === 'word' || kind === 'quoted' || kind === 'angle');
}

function wordText(tokens: readonly Token[], show: Show): string {
  return show(textOf(wordsOf(tokens)));
}

function asSent({ kind, text }: Token): string {
  return kind === 'quoted' ? `"${text}"` : text;
}

/** The words as one text, with the white space between them as one space; the comments where there are no words. */
function textOf(tokens: readonly Token[]): string {
  const words = wordsOf(tokens);
  const shown = words.length > 0 ? words : tokens.filter(({ kind }) => kind === 'comment');
  return shown
    .map(({ kind, text, start }, index) => {
      const gap = index > 0 && start !== shown[index - 1]?.end ? ' ' : '';
      return gap + (kind === 'word' ? text : text.replace(/\\(.)/gs, '$1'));
    })
    .join('');
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

/** RFC 5321, 4.5.3.1: 64 of the local part, 255 of the domain. */
const ADDRESS_CHARACTERS = 320;

/** Words of RFC 5322, 3.2.3, and whatever else but white space, controls and what the syntax itself uses. */
const ADDRESS =
  /^(?:[^\s"(),:;<>@[\\\]\p{Cc}]+|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*")@(?:[^\s"(),:;<>@[\\\]\p{Cc}]+|\[[^\s[\]\\\p{Cc}]*\])$/u;

/** The address, in UTF-8 where it is not ASCII (RFC 6532, 3.2); undefined where it is not exactly one. */
function addressOf(text: string): string | undefined {
  // An encoded word is never part of an address (RFC 2047, 5).
  if (text.length > ADDRESS_CHARACTERS || text.includes('=?')) return undefined;
  const address = utf8(text);
  // Without its invisible characters an address would be another one, and match the rules for that.
  return address !== undefined && ADDRESS.test(address) && displayedText(address) === address ? address : undefined;
}

function utf8(text: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return undefined;
  }
}

/** RFC 2047, 2. What stands in an encoded word is text, though senders leave commas and brackets in it as they are. */
const ENCODED_WORD = /=\?[^?\s]+\?[bq]\?[^?]*\?=/iy;
/** Characters in two bytes, which are those of brackets and quotes too, up to the escape sequence back to ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character.
const ISO_2022_JP = /\x1b\$[@AB][^\x1b]*\x1b\([BJ]/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const PLAIN_CHARACTERS = /[^ \t\r\n"(,:;<=\x1b]+|[=\x1b]/y;

/**
 * Quotes, comments and brackets of RFC 5322, 3.2, and the words between them.
 *
 * A quote or comment that does not end is a character too many, as a bracket is: what follows is read without it.
 * Undefined where a second comment does not end, since then nothing tells what is a comment.
 */
export function addressTokensOf(value: string): Token[] | undefined {
  const tokens: Token[] = [];
  // Behind a quote that does not end, every other is escaped, and does not end either: one search is enough.
  let isQuoteOpen = false;
  let isCommentOpen = false;
  for (let position = 0; position < value.length; ) {
    const token = tokenAt(value, position, isQuoteOpen);
    const character = value.charAt(position);
    if (token) tokens.push(token);
    else if (character === '"') isQuoteOpen = true;
    else if (character === '(' && isCommentOpen) return undefined;
    else if (character === '(') isCommentOpen = true;
    position = token?.end ?? position + 1;
  }
  return tokens;
}

/** Undefined for white space, and where a quote or comment does not end. */
function tokenAt(value: string, start: number, isQuoteOpen: boolean): Token | undefined {
  const character = value.charAt(start);
  switch (character) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return undefined;
    case ',':
    case ':':
    case ';':
      return { kind: character, text: '', start, end: start + 1 };
    case '"':
      return isQuoteOpen ? undefined : framed('quoted', value, start, endOfQuote(value, start));
    case '(':
      return framed('comment', value, start, endOfComment(value, start));
    case '<':
      return (
        framed('angle', value, start, endOfAngle(value, start, isQuoteOpen)) ?? {
          kind: 'open',
          text: '',
          start,
          end: start + 1,
        }
      );
    default: {
      const end = endOfWord(value, start);
      return { kind: 'word', text: value.slice(start, end), start, end };
    }
  }
}

function framed(kind: Token['kind'], value: string, start: number, end: number): Token | undefined {
  return end < 0 ? undefined : { kind, text: value.slice(start + 1, end - 1), start, end };
}

/** A backslash takes the next character's meaning (RFC 5322, 3.2.4). -1 where it does not end. */
function endOfQuote(value: string, start: number): number {
  for (let position = start + 1; position < value.length; position += 1) {
    if (value[position] === '\\') position += 1;
    else if (value[position] === '"') return position + 1;
  }
  return -1;
}

/** Comments nest (RFC 5322, 3.2.2). -1 where it does not end. */
function endOfComment(value: string, start: number): number {
  let depth = 0;
  for (let position = start; position < value.length; position += 1) {
    if (value[position] === '\\') position += 1;
    else if (value[position] === '(') depth += 1;
    else if (value[position] === ')') depth -= 1;
    if (depth === 0) return position + 1;
  }
  return -1;
}

/** A quoted local part may hold brackets. -1 where another bracket opens before this one is closed. */
function endOfAngle(value: string, start: number, isQuoteOpen: boolean): number {
  let canQuote = !isQuoteOpen;
  for (let position = start + 1; position < value.length; position += 1) {
    const character = value[position];
    if (character === '>') return position + 1;
    if (character === '<') return -1;
    if (character === '"' && canQuote) {
      const end = endOfQuote(value, position);
      canQuote = end >= 0;
      position = Math.max(position, end - 1);
    }
  }
  return -1;
}

function endOfWord(value: string, start: number): number {
  let end = start;
  for (let next = start; next > -1; ) {
    end = next;
    const character = value[end];
    const whole = character === '=' ? ENCODED_WORD : character === '\x1b' ? ISO_2022_JP : undefined;
    next = Math.max(whole ? endOfMatch(whole, value, end) : -1, endOfMatch(PLAIN_CHARACTERS, value, end));
  }
  return end;
}

function endOfMatch(sticky: RegExp, value: string, start: number): number {
  sticky.lastIndex = start;
  return sticky.test(value) ? sticky.lastIndex : -1;
}
