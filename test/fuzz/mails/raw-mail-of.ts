import { BASE_HEADER_FIELDS, type RawMail, type TextPart } from '../../../functions/core/mail/raw-mail.ts';
import type { Random } from '../random.ts';

const RULE_FIELDS = ['list-id', 'authentication-results', 'x-priority'];
const FIRST_BYTES = 4_096;
const PART_BYTES = 49_152;

/** A mail as a server hands it out to the reader: the fields asked for, the first kilobytes, sometimes a part further in. */
export function rawMailOf(mail: string, random: Random): RawMail {
  const end = endOfHeader(mail);
  const header = random.chance(0.05) ? mail.slice(0, end) : fieldsOf(mail.slice(0, end), random);
  const body = random.chance(0.3) ? mail.slice(end).replaceAll(/\r?\n/g, '\r\n') : mail.slice(end);
  const part = random.chance(0.25) ? textPartOf(random) : undefined;
  const from = body.length > 0 ? random.between(0, body.length - 1) : 0;
  return {
    uid: random.between(1, 4_294_967_295),
    internalDate: new Date(Date.UTC(2026, 2, random.between(1, 20))),
    fingerprint: random.chance(0.9) ? `1772429400/${mail.length}` : undefined,
    header: bytesFrom(header),
    body: bytesFrom(body.slice(0, FIRST_BYTES)),
    text: part && { part, content: bytesFrom(body.slice(from, from + PART_BYTES)) },
    envelope: {
      from: firstValue(header, 'from'),
      to: firstValue(header, 'to'),
      subject: firstValue(header, 'subject'),
      messageId: firstValue(header, 'message-id'),
    },
  };
}

/** Where the body begins: below the first blank line. */
export function endOfHeader(mail: string): number {
  const blank = /\r?\n\r?\n/.exec(mail);
  return blank ? blank.index + blank[0].length : mail.length;
}

function fieldsOf(header: string, random: Random): string {
  const asked = new Set<string>([...BASE_HEADER_FIELDS, ...RULE_FIELDS]);
  const fields = header.split(/\r?\n(?![ \t])/).filter((field) => {
    const name = /^([^\s:]+)\s*:/.exec(field)?.[1];
    return name !== undefined && asked.has(name.toLowerCase());
  });
  const lines = fields.map((field) => `${field}\r\n`).join('');
  return random.chance(0.9) ? `${lines}\r\n` : lines;
}

function textPartOf(random: Random): TextPart {
  return {
    section: random.pick(['1', '2.1', '1.1.1.1']),
    type: random.pick(['text/plain', 'text/html']),
    charset: random.pick([undefined, 'utf-8', 'x-no-such', 'shift_jis', 'a"b', '\r\nX: y', 'utf-16']),
    encoding: random.pick([undefined, 'base64', 'quoted-printable', '7BIT', '\r\n\r\nx', 'x-uuencode']),
  };
}

function firstValue(header: string, name: string): string {
  return new RegExp(`^${name}:([^\\n]*)`, 'im').exec(header)?.[1]?.trim() ?? '';
}

function bytesFrom(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
