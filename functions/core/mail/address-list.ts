import { isUtf8 } from 'node:buffer';
import { addressTokensOf, type Token } from './address-tokens.ts';
import { withoutBlanksAround } from './blanks.ts';
import { displayedText } from './displayed-text.ts';
import { decodedValue } from './encoded-words.ts';
import type { MailAddress } from './mail.ts';

/**
 * The addresses of an address list (RFC 5322, 3.4) with their names. A part without an address is returned as a name
 * with an empty address.
 *
 * The syntax is read as sent, and only names are decoded afterwards: an encoded word is text (RFC 2047, 5), even if it
 * decodes to brackets and commas. postal-mime's `addressParser` sometimes decodes first, and returns only one of
 * several addresses that have no separator between them.
 *
 * @param value one character per byte, as in `HeaderFields`
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
    // A group without members (`undisclosed-recipients:;`) is represented by its name, and a name must not hide an
    // address.
    if (name.length > 0 && (read.length === 0 || name.some(({ text }) => text.includes('@'))))
      addresses.push({ name: show(textOf(name)), address: '' });
    for (const address of read) addresses.push(address);
  }
  return addresses;
}

/** Without an at sign there is no address, and splitting a text of this length is not worth the time. */
const HOSTILE_CHARACTERS = 10_000;

type Group = { name: readonly Token[]; members: readonly Token[] };

/** Text outside of groups is a group without a name. Groups do not nest: another colon separates words. */
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
      // The name is the text after the last comma; anything before that comma is not part of the group.
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

/**
 * The addresses between two commas: each in angle brackets with its name before it, or a single one without brackets.
 */
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
  // A name may follow its address, against RFC 5322; text with another address is a separate part.
  if (wordsOf(phrase).some(({ text }) => text.includes('@'))) return [...addresses, last, bareAddress(phrase, show)];
  return [
    ...addresses,
    { ...last, name: joined(last.name, last.name ? wordText(phrase, show) : show(textOf(phrase))) },
  ];
}

/** `Ada <ada@example.com`, where the end of the field or a comma cut off the closing bracket. */
function withClosedAngle(item: readonly Token[]): readonly Token[] {
  const open = item.findLastIndex(({ kind }) => kind === 'open');
  if (open < 0) return item;
  const [first, ...others] = item.slice(open + 1);
  if (first?.kind !== 'word' || others.length > 0 || addressOf(first.text) === undefined) return item;
  return [...item.slice(0, open), { ...first, kind: 'angle' }];
}

/** Without angle brackets, the words between comments are an address if they form one together. */
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

/** The words as one text, separated by single spaces; the comments if there are no words. */
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

/** RFC 5321, 4.5.3.1: 64 for the local part, 255 for the domain. */
const ADDRESS_CHARACTERS = 320;

/** Words of RFC 5322, 3.2.3, and any other characters except white space, controls and those of the syntax itself. */
const ADDRESS =
  /^(?:[^\s"(),:;<>@[\\\]\p{Cc}]+|"(?:[^"\\\p{Cc}]|\\[^\p{Cc}])*")@(?:[^\s"(),:;<>@[\\\]\p{Cc}]+|\[[^\s[\]\\\p{Cc}]*\])$/u;

/** The address, in UTF-8 if it is not ASCII (RFC 6532, 3.2); undefined if the text is not exactly one address. */
function addressOf(text: string): string | undefined {
  // An encoded word is never part of an address (RFC 2047, 5).
  if (text.length > ADDRESS_CHARACTERS || text.includes('=?')) return undefined;
  const address = utf8(text);
  // Removing invisible characters would turn this into another address, which could match rules meant for that one.
  return address !== undefined && ADDRESS.test(address) && displayedText(address) === address ? address : undefined;
}

function utf8(text: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
