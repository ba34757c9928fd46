import { expect, it } from 'vitest';
import { addressListOf } from '../../../functions/core/mail/address-list.ts';
import { addressesIn } from '../../../functions/core/mail/addresses.ts';

const NAMES = [
  '',
  'Ada ',
  'Ada Lovelace ',
  '"Ada" ',
  '"Ada Lovelace" ',
  '"Ada',
  'Ada" ',
  'Ada',
  'Ada, ',
  "O'Neil ",
  'Team: ',
];
const ADDRESSES = ['ada@example.com', 'a.b+c_d@x-y.co', '.@.', '-@-', 'ada', 'a@b c@d', 'a@b,c@d', 'a@b;', 'a@b (Ada)'];
const FRAMES = [
  ['', ''],
  ['<', '>'],
  ['<', ''],
  ['', '>'],
] as const;

it('reads the plain forms of an address by one expression, and as the parser does', () => {
  for (const name of NAMES) {
    for (const address of ADDRESSES) {
      for (const [open, close] of FRAMES) {
        const value = `${name}${open}${address}${close}`;
        expect({ value, read: addressesIn([value]) }).toEqual({ value, read: addressListOf(value) });
      }
    }
  }
});
