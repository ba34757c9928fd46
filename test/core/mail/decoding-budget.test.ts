import { describe, expect, it } from 'vitest';
import { growthOf, linearGrowth } from '../../cpu-time.ts';
import { rawMailOf, read, readSource } from './raw-mail-of.ts';

/** At eight times the size, a header of 100 kB. */
const HEADER_BYTES = 12_500;

const filled = (piece: (at: number) => string, bytes: number) => {
  const pieces: string[] = [];
  for (let length = 0, at = 0; length < bytes; at += 1) {
    pieces.push(piece(at));
    length += piece(at).length;
  }
  return pieces.join('').slice(0, bytes);
};

describe('an email is read in a time that grows with its header, and no faster', () => {
  it.each<[what: string, field: string, piece: (at: number) => string]>([
    ['invented charsets in To', 'To', (at) => `=?x-${at}?Q?a?= <a@b.example>, `],
    ['invented charsets in From', 'From', (at) => `=?x-${at}?Q?a?= `],
    ['encoded words in Subject', 'Subject', () => '=?utf-8?Q?=E4?= '],
    ['encoded words in To', 'To', () => '=?utf-8?Q?=E4?= x '],
    ['encoded words that do not end', 'To', () => '=?utf-8?Q?a?'],
    ['colons', 'To', () => ':'],
    ['groups', 'To', () => 'a:b;'],
    ['empty groups', 'From', () => ':;'],
    ['brackets', 'To', () => '('],
    ['comments', 'To', () => '()'],
    ['a long comment', 'From', (at) => (at === 0 ? 'a@b.example (' : 'word ')],
    ['quotes', 'To', () => '"'],
    ['quotes that are escaped', 'To', () => '"\\'],
    ['commas', 'To', () => 'a,'],
    ['angle brackets', 'From', () => '<'],
    ['parameters', 'Content-Type', (at) => (at === 0 ? 'text/plain' : `; a${at}*${at}*=%`)],
    ['dates', 'Date', () => '2 Mar 2026 ('],
  ])('%s', (_what, field, piece) => {
    const raws = (times: number) => rawMailOf([`${field}: ${filled(piece, times * HEADER_BYTES)}`, '', 'text']);
    expect(growthOf(raws, read)).toBeLessThan(linearGrowth());
  });

  it('many fields of a name, of which a hundred are kept', () => {
    const raws = (times: number) => rawMailOf([...Array<string>(times * 1_000).fill('List-Id: =?x?Q?a?='), '', '']);
    expect(growthOf(raws, read)).toBeLessThan(linearGrowth());
    expect(read(raws(1)).headers.get('list-id')?.length).toBe(100);
  });
});

it('emails of which each invents charsets of its own are read in a time that grows with their number', () => {
  let count = 0;
  const mails = (times: number) =>
    Array.from({ length: times * 10 }, () =>
      rawMailOf([
        `To: ${filled((at) => `=?x-${count}-${at}?Q?a?= `, 5_000)}`,
        `Content-Type: text/plain; charset=x-${count++}`,
        '',
        'caf\u00E9',
      ]),
    );
  expect(growthOf(mails, (raws) => raws.map((raw) => read(raw)))).toBeLessThan(linearGrowth());
});

it('an email has a hundred parts in one multipart, and what is beyond costs nothing', () => {
  const source = (times: number) => [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b\r\n\r\na\r\n'.repeat(times * 150),
  ];
  const { snippet } = readSource(source(1));
  expect(snippet).toBe(Array(100).fill('a').join(' '));
  expect(growthOf((times) => rawMailOf(source(times), { isAllFetched: true }), read)).toBeLessThan(linearGrowth());
});

it('a body is read no further than the poll fetches of any', () => {
  const raw = rawMailOf(['Content-Type: text/html', '', '']);
  const body = (times: number) => ({ ...raw, body: Buffer.from('<b>'.repeat(times * 40_000)) });
  expect(growthOf(body, read)).toBeLessThan(2);
});

describe('a list of addresses that is too long', () => {
  it('has its first thousand recipients, whole', () => {
    const { to } = readSource([
      `To: ${Array.from({ length: 1_200 }, (_, at) => `a${at}@example.com`).join(', ')}`,
      '',
      '',
    ]);
    expect([to.length, to.at(-1)?.address]).toEqual([1_000, 'a999@example.com']);
  });

  it('has the recipients of several fields, up to the thousandth', () => {
    const field = `To: ${Array.from({ length: 400 }, (_, at) => `a${at}@example.com`).join(', ')}`;
    const { to } = readSource([field, field, field, field, '', '']);
    expect(to.length).toBeGreaterThan(999);
    expect(to.every(({ address }) => /^a\d+@example\.com$/.test(address))).toBe(true);
  });

  it('has no sender, whose domain could be cut to another one', () => {
    const value = `${' '.repeat(4_900)}"${'a'.repeat(80)}" <ada@stripe.com.evil.example>`;
    const { from } = readSource([`From: x${value}`, '', '']);
    expect(from.map(({ address }) => address)).toEqual(['']);
  });
});
