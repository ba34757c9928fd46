import { mutateBytes } from '../bytes.ts';
import type { Random } from '../random.ts';
import { heavyMutations, type MailMutation } from './heavy-mails.ts';
import { CHARSETS, ENCODINGS, FIELDS, hostileValue, TYPES } from './hostile-values.ts';
import { endOfHeader } from './raw-mail-of.ts';

const addField: MailMutation = (mail, random) =>
  atHeader(mail, random, `${random.pick(FIELDS)}${random.pick([': ', ':', ' : ', ''])}${hostileValue(random)}\r\n`);

const replaceField: MailMutation = (mail, random) => {
  const name = random.pick(FIELDS);
  const field = new RegExp(`^${name}:[^\\n]*(?:\\n[ \\t][^\\n]*)*\\n?`, 'im');
  return mail.replace(field, () => (random.chance(0.2) ? '' : `${name}: ${hostileValue(random)}\r\n`));
};

const repeatField: MailMutation = (mail, random) => {
  const fields = mail.slice(0, endOfHeader(mail)).split(/\r?\n(?![ \t])/);
  return atHeader(mail, random, `${random.pick(fields)}\r\n`.repeat(random.pick([1, 2, 3, 2_000])).slice(0, 100_000));
};

const changeCharset: MailMutation = (mail, random) =>
  mail.replaceAll(/(charset\s*=\s*)("[^"]*"|[^\s;]+)/gi, (whole, name: string) =>
    random.chance(0.7) ? `${name}${random.pick(CHARSETS)}` : whole,
  );

const changeEncoding: MailMutation = (mail, random) =>
  mail.replaceAll(/^(content-transfer-encoding:)[^\r\n]*/gim, (whole, name: string) =>
    random.chance(0.7) ? `${name} ${random.pick(ENCODINGS)}` : whole,
  );

const changeType: MailMutation = (mail, random) =>
  mail.replaceAll(/^(content-type:\s*)[^\s;]+/gim, (whole, name: string) =>
    random.chance(0.5) ? `${name}${random.pick(TYPES)}` : whole,
  );

const changeBoundary: MailMutation = (mail, random) =>
  mail.replace(
    /(boundary\s*=\s*)("[^"]*"|[^\s;]+)/i,
    (_, name: string) =>
      `${name}${random.pick(['""', 'a', '--', '" "', '"outer--"', `"${'b'.repeat(300)}"`, '"\0"', '.*', '"('])}`,
  );

const changeLineEnds: MailMutation = (mail, random) =>
  mail.replaceAll('\r\n', random.pick(['\n', '\r', '\n\r', '\r\r\n', '\r\n\0']));

const splice: MailMutation = (mail, random, seeds) => {
  const other = random.pick(seeds);
  return mail.slice(0, random.between(0, mail.length)) + other.slice(random.between(0, other.length));
};

const mutations: readonly MailMutation[] = [
  ...Array<MailMutation>(6).fill(mutateBytes),
  addField,
  addField,
  replaceField,
  replaceField,
  repeatField,
  changeCharset,
  changeEncoding,
  changeType,
  changeBoundary,
  changeLineEnds,
  splice,
];

const MAX_LENGTH = 400_000;

/** One seed, or a mail made of noise, changed one to six times. */
export function mutatedMail(random: Random, seeds: readonly string[]): string {
  let mail = random.chance(0.01) ? random.bytes(random.between(0, 5_000)) : random.pick(seeds);
  // What costs most to make and to read; one mail in five is enough of it.
  if (random.chance(0.2)) mail = random.pick(heavyMutations)(mail, random, seeds);
  for (let count = random.between(1, 6); count > 0; count -= 1) {
    mail = random.pick(mutations)(mail, random, seeds).slice(0, MAX_LENGTH);
  }
  return mail;
}

function atHeader(mail: string, random: Random, field: string): string {
  return random.chance(0.5) ? field + mail : mail.replace(/\n/, () => `\n${field}`);
}
