import { expect, it } from 'vitest';
import { dateOf } from '../../../functions/adapters/imap/fetch.ts';

it.each([
  ['a time', new Date('2026-03-02T05:30:00Z'), new Date('2026-03-02T05:30:00Z')],
  ['what is no time', new Date(Number.NaN), undefined],
  ['text, as imapflow hands out what it cannot read', 'yesterday', undefined],
  ['nothing', undefined, undefined],
  // " 2-Mar-026": email that just arrived would be older than `startFrom: { days: 3 }`.
  ['a time before there was IMAP', new Date('0026-03-02T05:30:00Z'), undefined],
  ['the zero of a server without a clock', new Date(0), undefined],
])('of %s', (_what, internalDate, expected) => {
  expect(dateOf(internalDate)).toEqual(expected);
});
