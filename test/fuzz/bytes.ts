import type { Random } from './random.ts';

/** Changes of a string of bytes (a character a byte) that need to know nothing of what the bytes mean. */
export type Mutation = (text: string, random: Random) => string;

/** Mail and answers stay below this, so that a case costs what a large mail costs and no more. */
const MAX_LENGTH = 300_000;

const NOISE = [
  '\0',
  '\r',
  '\n',
  '\r\n\r\n',
  '\t',
  '\x1b$B',
  '\x7f',
  '\x80',
  '\xff\xfe',
  '"',
  '\\',
  '(',
  ')',
  '{',
  '}',
  '<',
  '>',
  '=',
  '=?',
  '?=',
  '%00',
  '&#0;',
  ...['\u202e', '\u2066', '\ufeff', '\u200b', '\ud83d\udc68\u200d\ud83d\udc69', '\u0301'.repeat(40), '\ufffd'].map(
    bytesOf,
  ),
];

/** UTF-8, a character a byte. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

const flipBytes: Mutation = (text, random) => {
  const bytes = Buffer.from(text, 'latin1');
  for (let count = random.between(1, 12); count > 0 && bytes.length > 0; count -= 1) {
    const at = random.between(0, bytes.length - 1);
    bytes[at] = random.chance(0.5) ? bytes[at]! ^ (1 << random.between(0, 7)) : random.between(0, 255);
  }
  return bytes.toString('latin1');
};

const insertNoise: Mutation = (text, random) => {
  const at = random.between(0, text.length);
  const noise = random.chance(0.7) ? random.pick(NOISE) : random.bytes(random.between(1, 40));
  return text.slice(0, at) + noise.repeat(random.chance(0.1) ? random.between(1, 2_000) : 1) + text.slice(at);
};

const dropRange: Mutation = (text, random) => {
  const { from, to } = rangeIn(text, random);
  return text.slice(0, from) + text.slice(to);
};

const repeatRange: Mutation = (text, random) => {
  const { from, to } = rangeIn(text, random);
  return text.slice(0, to) + text.slice(from, to).repeat(random.between(1, 5)) + text.slice(to);
};

const moveRange: Mutation = (text, random) => {
  const { from, to } = rangeIn(text, random);
  const rest = text.slice(0, from) + text.slice(to);
  const at = random.between(0, rest.length);
  return rest.slice(0, at) + text.slice(from, to) + rest.slice(at);
};

const truncate: Mutation = (text, random) => text.slice(0, random.between(0, text.length));

const dropLine: Mutation = (text, random) => withLines(text, (lines) => lines.splice(indexIn(lines, random), 1));

const repeatLine: Mutation = (text, random) =>
  withLines(text, (lines) => {
    const at = indexIn(lines, random);
    lines.splice(at, 0, ...Array<string>(random.between(1, 4)).fill(lines[at]!));
  });

const swapLines: Mutation = (text, random) =>
  withLines(text, (lines) => {
    const [one, other] = [indexIn(lines, random), indexIn(lines, random)];
    [lines[one], lines[other]] = [lines[other]!, lines[one]!];
  });

const changeNumber: Mutation = (text, random) => {
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return text;
  const { 0: found, index } = random.pick(numbers);
  const number = random.pick([
    '0',
    '-1',
    '1e9',
    '4294967295',
    '4294967296',
    '99999999999999999999',
    '00000000000000000000001',
    '',
    String(Number(found) + 1),
    String(Math.max(0, Number(found) - 1)),
    `${found}${random.between(0, 9)}`,
  ]);
  return text.slice(0, index) + number + text.slice(index + found.length);
};

const byteMutations: readonly Mutation[] = [
  flipBytes,
  insertNoise,
  dropRange,
  repeatRange,
  moveRange,
  truncate,
  dropLine,
  repeatLine,
  swapLines,
  changeNumber,
];

/** One change of whatever bytes these are. */
export const mutateBytes: Mutation = (text, random) => random.pick(byteMutations)(text, random).slice(0, MAX_LENGTH);

/** Mostly short: what breaks a parser is rarely far from what it was cut out of. */
function rangeIn(text: string, random: Random): { from: number; to: number } {
  const from = random.between(0, text.length);
  const length = random.between(1, random.pick([2, 20, 200, 2_000]));
  return { from, to: Math.min(text.length, from + length) };
}

function withLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n');
  change(lines);
  return lines.join('\n');
}

function indexIn(lines: readonly string[], random: Random): number {
  return random.between(0, lines.length - 1);
}
