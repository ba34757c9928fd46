import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressListOf } from '../../../functions/core/mail/address-list.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';

const BOARD = 'board@example.com';
const MALLORY = 'mallory@evil.example';

/** `name <address>` for each part; the name in parentheses where there is no address. */
const read = (value: string) =>
  addressListOf(Buffer.from(value).toString('latin1')).map(({ name, address }) =>
    address === '' ? `(${name})` : name === '' ? address : `${name} <${address}>`,
  );

describe('an address list', () => {
  it.each([
    ['Board <board@example.com>', [`Board <${BOARD}>`]],
    ['<board@example.com> (Board)', [`Board <${BOARD}>`]],
    ['<board@example.com> Board', [`Board <${BOARD}>`]],
    ['board@example.com (Board (of directors\\)))', [`Board (of directors)) <${BOARD}>`]],
    ['(a) board@example.com (b)', [`a b <${BOARD}>`]],
    ['"Board, the \\"best\\"" <board@example.com>', [`Board, the "best" <${BOARD}>`]],
    ['The "Board" of <board@example.com>', [`The Board of <${BOARD}>`]],
    ['"with space"@example.com', ['"with space"@example.com']],
    ['<"a>b"@example.com>', ['"a>b"@example.com']],
    ['< board@example.com >', [BOARD]],
    ['büro@bücher.example', ['büro@bücher.example']],
    ['Board <board@[192.0.2.1]>', ['Board <board@[192.0.2.1]>']],
    ['Board <board@example.com', [`Board <${BOARD}>`]],
    ['Board <board@example.com, bob@example.com', [`Board <${BOARD}>`, 'bob@example.com']],
    ['I <3 you <board@example.com>', [`I 3 you <${BOARD}>`]],
    [
      'a@example.com, Team: b@example.com, c@example.com; d@example.com',
      ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'],
    ],
    ['undisclosed-recipients:;', ['(undisclosed-recipients)']],
    ['"a@example.com, b@example.com" <board@example.com>,, ', [`a@example.com, b@example.com <${BOARD}>`]],
    ['=?utf-8?Q?A,_<x@evil.example>?= =?utf-8?Q?=C3=BC?= <board@example.com>', [`A, <x@evil.example>ü <${BOARD}>`]],
    ['=?utf-8?Q?Board?=<board@example.com>', [`Board <${BOARD}>`]],
    ['\x1b$B$"$$(,<\x1b(B <board@example.com>', [expect.stringMatching(/ <board@example\.com>$/)]],
  ])('%j', (value, expected) => {
    expect(read(value)).toEqual(expected);
  });
});

describe('is never an address', () => {
  it.each([
    ['an encoded word', '=?utf-8?Q?Board_=3Cboard=40example.com=3E?=', '(Board <board@example.com>)'],
    ['an encoded word with a raw address', '=?utf-8?Q?board@example.com?=', '(board@example.com)'],
    ['an encoded word in brackets', '<=?utf-8?Q?board=40example.com?=>', '(board@example.com)'],
    ['an encoded local part', '=?utf-8?Q?board?=@example.com', '(board@example.com)'],
    ['a closed quote', '"board@example.com"', '(board@example.com)'],
    ['a closed quote with brackets', '"Board <board@example.com>"', '(Board <board@example.com>)'],
    ['a closed comment', '(board@example.com)', '(board@example.com)'],
    ['a closed comment with brackets', 'Board (<board@example.com>)', '(Board)'],
    ['a comment in an open comment', '( (<board@example.com>)', '(<board@example.com>)'],
    ['text in many open comments', '((( <board@example.com>', '(((( <board@example.com>)'],
    ['a domain with a comment inside', 'board@exam(c)ple.com', '(board@exam ple.com)'],
    ['one of two words', `${BOARD} ${MALLORY}`, `(${BOARD} ${MALLORY})`],
    ['a domain with a vertical tab', '<board@exam\vple.com>', '(board@exam ple.com)'],
    ['a vertical tab behind the domain', '<board@example.com\v>', '(board@example.com)'],
    ['a local part with a NUL', '<bo\0ard@example.com>', '(board@example.com)'],
    ['a domain with a zero-width space', 'board@exam\u200bple.com', '(board@example.com)'],
    ['a domain with a no-break space', '<board@exam\u00a0ple.com>', '(board@exam ple.com)'],
    ['a domain with a space', '<board@exam ple.com>', '(board@exam ple.com)'],
    ['two in one pair of brackets', `<${BOARD},${MALLORY}>`, `(${BOARD},${MALLORY})`],
    ['a route', `<@evil.example:${BOARD}>`, `(@evil.example:${BOARD})`],
    ['two at signs', 'board@example.com@evil.example', '(board@example.com@evil.example)'],
    ['text without one', 'Board', '(Board)'],
    ['a long one', `${'a'.repeat(400)}@example.com`, `(${'a'.repeat(400)}@example.com)`],
  ])('%s', (_, value, expected) => {
    expect(read(value)).toEqual([expected]);
  });
});

describe('every address of a From is read', () => {
  it.each([
    [`${MALLORY}; ${BOARD}`, [MALLORY, BOARD]],
    [`${MALLORY}, ${BOARD}`, [MALLORY, BOARD]],
    [`Board <${BOARD}> <${MALLORY}>`, [`Board <${BOARD}>`, MALLORY]],
    [`Board <${BOARD}> ${MALLORY}`, [`Board <${BOARD}>`, MALLORY]],
    [`<${BOARD}> x ${MALLORY}`, [BOARD, `(x ${MALLORY})`]],
    [`${MALLORY}: ${BOARD};`, [`(${MALLORY})`, BOARD]],
    [`<${MALLORY}>: ${BOARD};`, [`(${MALLORY})`, BOARD]],
    [`${MALLORY}, Team: ${BOARD};`, [MALLORY, BOARD]],
    [`x:; ${BOARD}`, ['(x)', BOARD]],
    [`"Stripe <${MALLORY}>, <${BOARD}>`, [`Stripe <${MALLORY}>`, BOARD]],
    [`"Stripe <${BOARD}>" (x <${MALLORY}>`, [`Stripe <${BOARD}> x <${MALLORY}>`]],
  ])('%s', (value, expected) => {
    expect(read(value)).toEqual(expected);
  });
});

describe('a comment or quote that does not end', () => {
  it('does not swallow the address', () => {
    expect(read('=?utf-8?Q?111?= (aaa <billing@stripe.com>')).toEqual(['111 aaa <billing@stripe.com>']);
    expect(read('"Stripe <billing@stripe.com>')).toEqual(['Stripe <billing@stripe.com>']);
    expect(read('Stripe" <billing@stripe.com>')).toEqual(['Stripe <billing@stripe.com>']);
  });
});

describe('hostile values', () => {
  it.each([
    ['colons', ':'],
    ['groups', 'a:;'],
    ['commas', ','],
    ['addresses', 'a@b.example,'],
    ['open comments', '('],
    ['comments', '()'],
    ['escaped open comments', '(\\'],
    ['quotes', '"'],
    ['escaped quotes', '\\"'],
    ['escaped quotes behind brackets', '<\\"'],
    ['quoted brackets', '<"'],
    ['open brackets', '<'],
    ['brackets', '<>'],
    ['open brackets and spaces', '< '],
    ['encoded words', '=?a?q?b?='],
    ['beginnings of encoded words', '=?a?q?'],
    ['more beginnings of encoded words', '=?'],
    ['equals signs', '='],
    ['escape sequences', '\x1b$B'],
    ['at signs', '@'],
    ['addresses in brackets', '<a@b.example>'],
    ['words', 'a '],
    ['closing parentheses', ')'],
    ['closing brackets', '>'],
    ['controls', '\0'],
  ])('of %s cost a time that grows with their length and no faster', (_, piece) => {
    // With an at sign, or a long value is not looked into.
    const values = (times: number) => `${piece.repeat(Math.ceil((times * 5_000) / piece.length))}@`;
    expect(growthOf(values, (value) => addressListOf(value))).toBeLessThan(linearGrowth());
  });

  it('never throw, and never make an address with a control, white space or an encoded word in it', () => {
    const piece = fc.constantFrom(
      'a@b.example',
      '<',
      '>',
      '"',
      '(',
      ')',
      ',',
      ';',
      ':',
      ' ',
      '\\',
      '=?utf-8?Q?',
      '?=',
      '@',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 2 }))), (pieces) =>
        addressListOf(Buffer.from(pieces.join('')).toString('latin1')).every(
          ({ address }) => address === '' || (/^[^\p{Cc}]+@[^\s\p{Cc}]+$/u.test(address) && !address.includes('=?')),
        ),
      ),
    );
  });
});
