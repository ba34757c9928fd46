import { bytesOf } from '../bytes.ts';
import type { Random } from '../random.ts';
import { CHARSETS, ENCODINGS } from './hostile-values.ts';
import { endOfHeader } from './raw-mail-of.ts';

/** Makes another email from one; `seeds` are emails to take pieces from. */
export type MailMutation = (mail: string, random: Random, seeds: readonly string[]) => string;

/** Header fields of the mail around its own body, as often as asked. */
const nest: MailMutation = (mail, random) => {
  const depth = random.pick([1, 2, 10, 49, 50, 51, 300]);
  const asMessage = random.chance(0.4);
  let open = '';
  let close = '';
  for (let level = 0; level < depth; level += 1) {
    const type = asMessage
      ? 'message/rfc822'
      : `multipart/${random.pick(['mixed', 'alternative', 'related'])}; boundary=n${level}`;
    open += `Content-Type: ${type}\r\n\r\n${asMessage ? '' : `--n${level}\r\n`}`;
    if (!asMessage && random.chance(0.5)) close = `\r\n--n${level}--${close}`;
  }
  return `${identityOf(mail)}${open}${mail}${close}`;
};

const manyParts: MailMutation = (mail, random) => {
  const part = random.pick([
    '--p\r\n',
    '--p\r\n\r\n',
    '--p\r\n\r\nx\r\n',
    '--p\r\nContent-Type: text/html\r\n\r\n<p>\r\n',
  ]);
  return `${identityOf(mail)}Content-Type: multipart/mixed; boundary=p\r\n\r\n${part.repeat(random.between(10, 4_000))}${mail}`;
};

const heavyHtml: MailMutation = (mail, random) => {
  const piece = random.pick([
    '<div>',
    '<p>',
    '<table><tr><td>',
    '<',
    '<a href="',
    '<!--',
    '<b',
    '&',
    '&#x1f468;&#x200d;',
    '<li>x',
    '</',
    '<td>&nbsp;',
    '<svg><style>',
    '<script>',
    '<![CDATA[',
    '<textarea>',
    '<select><option>',
    '<p style="a:b;',
    '<blockquote>x',
    '<ol><li>',
    '<br>',
    '&#55357;',
    '<pre>  \n',
    'a<wbr>',
  ]);
  const html = piece.repeat(random.between(1, 40_000 / piece.length));
  return `${identityOf(mail)}Content-Type: text/html; charset=${random.pick(CHARSETS)}\r\n\r\n${html}${mail.slice(-500)}`;
};

const heavyText: MailMutation = (mail, random) => {
  const piece = random.pick([
    ' ',
    '\t',
    '>',
    '> ',
    '=',
    '=\r\n',
    '=E2',
    '\x1b$B',
    '\x1b(B\x1b$B',
    '\r\n',
    'A',
    '-- \r\n',
    '\x82',
    bytesOf('\u0301'),
    bytesOf('\u200d'),
    bytesOf('\u{1f468}\u200d'),
    bytesOf('\u{1f1e9}'),
    bytesOf('\u0915\u094d'),
    bytesOf('\u1100\u1161'),
  ]);
  const fields = `Content-Type: text/plain; charset=${random.pick(CHARSETS)}; format=flowed; delsp=yes\r\nContent-Transfer-Encoding: ${random.pick(ENCODINGS)}`;
  return `${identityOf(mail)}${fields}\r\n\r\n${piece.repeat(random.between(1, 20_000))}${mail.slice(-200)}`;
};

/** What costs a parser most: depth, parts, markup, characters of many bytes. */
export const heavyMutations: readonly MailMutation[] = [nest, manyParts, heavyHtml, heavyText];

/** What makes the mail this mail; the rest of its header stays below, in what becomes its body. */
function identityOf(mail: string): string {
  const fields = mail.slice(0, endOfHeader(mail)).match(/^(?:from|to|subject|date|message-id):[^\n]*\n/gim);
  return (fields ?? []).join('').slice(0, 5_000);
}
