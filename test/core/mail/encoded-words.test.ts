import { describe, expect, it } from 'vitest';
import { decodedValue } from '../../../functions/core/mail/encoded-words.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Words of so many characters of content each, which fall wherever they fall. */
function wordsOf(content: string, length: number, frame = 'utf-8?B'): string {
  const pieces = content.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
  return pieces.map((piece) => `=?${frame}?${piece}?=`).join(' ');
}

describe('encoded words that cut their content', () => {
  const TEXT = 'Größe: 見積もり für Bestellung 中文 🎉';

  it.each([4, 5, 6, 7, 9, 10, 11, 13])('base64, every %i characters', (length) => {
    expect(decodedValue(wordsOf(base64(TEXT), length))).toBe(TEXT);
  });

  it.each([1, 2, 3, 4, 5, 7])('Q, every %i characters', (length) => {
    const q = [...Buffer.from(TEXT)].map((byte) => `=${byte.toString(16).toUpperCase()}`).join('');
    expect(decodedValue(wordsOf(q, length, 'utf-8?Q'))).toBe(TEXT);
  });

  it('base64, each word without its padding and whole', () => {
    expect(decodedValue('=?utf-8?B?R3LDtg?= =?utf-8?B?w59l?=')).toBe('Größe');
  });

  it('UTF-7, where each word ends its own base64', () => {
    expect(decodedValue('=?utf-7?Q?+ANw?= =?utf-7?Q?ber_uns_+ANw?=')).toBe('Über uns Ü');
  });
});

describe('a question mark in a Q word', () => {
  it.each([
    ['=?utf-8?Q?Where_is_my_refund??=', 'Where is my refund?'],
    ['=?utf-8?Q?What?_Why??= =?utf-8?Q?_How??=', 'What? Why? How?'],
    ['=?utf-8?Q?What?=3D?=', 'What?='],
    ['a=?utf-8?Q?b?=c', 'abc'],
    ['=?utf-8?Q?b?=add =?utf-8?Q?c?=', 'badd c'],
    ['=?utf-8?Q?not_ended? =?utf-8?Q?c?=', '=?utf-8?Q?not_ended? c'],
  ])('%s', (value, text) => {
    expect(decodedValue(value)).toBe(text);
  });
});

describe('more encoded words than any honest field has', () => {
  it('stay as sent beyond the two hundredth', () => {
    const value = Array.from({ length: 201 }, (_, at) => `=?utf-8?Q?${at}?=`).join(' x ');
    expect(decodedValue(value)).toBe(`${Array.from({ length: 200 }, (_, at) => at).join(' x ')} x =?utf-8?Q?200?=`);
  });

  it('stay as sent from the sixth charset on', () => {
    const labels = ['utf-8', 'koi8-r', 'big5', 'x-1', 'x-2', 'x-3', 'utf-8'];
    expect(decodedValue(labels.map((label) => `=?${label}?Q?a?=`).join(' b '))).toBe(
      'a b a b a b a b a b =?x-3?Q?a?= b a',
    );
  });

  it.each([
    '=?utf-8?Q?a?= ',
    '=?utf-8?Q?a?=b',
    '=?utf-8?Q?',
    '=?utf-8?Q?a??=3D',
    '=?utf-8?B?YQ',
    '=?a',
    '?=3D',
    '=?utf-8?Q?=',
  ])('are read in a time that grows with their number: %s', (piece) => {
    const values = (times: number) => piece.repeat(times * 3_000);
    expect(growthOf(values, decodedValue)).toBeLessThan(linearGrowth());
  });
});
