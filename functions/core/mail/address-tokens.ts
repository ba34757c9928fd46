import { endOfComment, endOfMatch, endOfQuote } from './header-syntax.ts';

/**
 * `quoted`, `comment` and `angle` hold their content without delimiters; `open` is an angle bracket that is not closed.
 * The other kinds are separators.
 */
export type Token = {
  kind: 'word' | 'quoted' | 'comment' | 'angle' | 'open' | ',' | ':' | ';';
  text: string;
  start: number;
  end: number;
};

/**
 * RFC 2047, 2. The content of an encoded word is text, though some senders leave commas and brackets in it unencoded.
 */
const ENCODED_WORD = /=\?[^?\s]+\?[bq]\?[^?]*\?=/iy;
/** Two-byte characters, whose bytes may equal brackets and quotes, up to the escape sequence that returns to ASCII. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character.
const ISO_2022_JP = /\x1b\$[@AB][^\x1b]*\x1b\([BJ]/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const PLAIN_CHARACTERS = /[^ \t\r\n"(,:;<=\x1b]+|[=\x1b]/y;

/**
 * Quotes, comments and brackets of RFC 5322, 3.2, and the words between them.
 *
 * An unclosed quote, comment or bracket counts as a stray character: reading continues after it. Undefined if a second
 * comment is not closed, since comments can then no longer be distinguished from other text.
 */
export function addressTokensOf(value: string): Token[] | undefined {
  const tokens: Token[] = [];
  // After an unclosed quote, every further quote is escaped and therefore unclosed too: one search is enough.
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

/** Undefined for white space and for an unclosed quote or comment. */
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

/** A quoted local part may contain brackets. -1 if another bracket opens before this one is closed. */
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
