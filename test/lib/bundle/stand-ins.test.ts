import { expect, it } from 'vitest';
import libmime from '../../../lib/bundle/stand-ins/libmime.ts';

it.each([
  ['=?utf-8?Q?J=C3=BCrgen?= Weiß', 'Jürgen Weiß'],
  ['=?GB2312?B?xOO6ww==?= =?GB2312?B?xOO6ww==?=', '你好你好'],
  ['=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=', 'Привет'],
  ['Grüße 你好 🙂', 'Grüße 你好 🙂'],
  ['no words at all', 'no words at all'],
  ['', ''],
  // imapflow hands over `false` for NIL.
  [false, ''],
])('imapflow’s libmime shows %j as %j', (value, shown) => {
  expect(libmime.decodeWords(value)).toBe(shown);
});
