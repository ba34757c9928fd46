import { describe, expect, it } from 'vitest';
import { dateIn } from '../../../functions/core/mail/mail-date.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';

const NINE_IN_BERLIN = '2026-03-02T08:00:00.000Z';

describe('a date that is certain', () => {
  it.each([
    ['Mon, 2 Mar 2026 09:00:00 +0100', NINE_IN_BERLIN],
    ['Mon, 02 Mar 2026 09:00:00 +0100 (CET)', NINE_IN_BERLIN],
    ['Mon,  2 Mar 2026 (of course (it is)) 09:00 +0100', NINE_IN_BERLIN],
    ['Mon,2 Mar 2026 09:00:00 +01:00', NINE_IN_BERLIN],
    ['Mon, 02 Mar 2026 09.00.00 +0100', NINE_IN_BERLIN],
    ['2 Mar 26 09:00 +0100', NINE_IN_BERLIN],
    ['2 Mar 126 09:00 +0100', NINE_IN_BERLIN],
    ['2 March 2026 08:00:00 GMT', NINE_IN_BERLIN],
    ['02-Mar-2026 08:00:00 UT', NINE_IN_BERLIN],
    ['Mon, 2 Mar 2026 08:00:00', NINE_IN_BERLIN],
    ['Mon, 2 Mar 2026 03:00:00 EST', NINE_IN_BERLIN],
    ['Mon, 2 Mar 2026 01:00:00 PDT', NINE_IN_BERLIN],
    ['Mon, 2 Mar 2026 09:00:00 GMT+0100', NINE_IN_BERLIN],
    ['Mon, 2 Mar 2026 09:00:00 +0100 CET', NINE_IN_BERLIN],
    ['Mon Mar  2 08:00:00 2026', NINE_IN_BERLIN],
    ['Mon Mar  2 09:00:00 2026 +0100', NINE_IN_BERLIN],
    ['Mon Mar  2 08:00:00 UTC 2026', NINE_IN_BERLIN],
    ['March 2, 2026 8:00 AM', NINE_IN_BERLIN],
    ['Monday, March 2, 2026 8:00:00 PM GMT', '2026-03-02T20:00:00.000Z'],
    ['2026-03-02T09:00:00+01:00', NINE_IN_BERLIN],
    ['2026-03-02T08:00:00.250Z', '2026-03-02T08:00:00.250Z'],
    ['2026-03-02 09:00:00 +0100', NINE_IN_BERLIN],
    ['2026/03/02 09:00:00 +0100', NINE_IN_BERLIN],
    ['02.03.2026 09:00:00 +0100', NINE_IN_BERLIN],
    ['2.3.2026, 8:00', NINE_IN_BERLIN],
    ['Mo, 02.03.2026 08:00:00', NINE_IN_BERLIN],
    ['02.03.2026', '2026-03-02T00:00:00.000Z'],
    ['29 Feb 2028 00:00:00 +0000', '2028-02-29T00:00:00.000Z'],
    ['1 Jan 70 00:00:00 +0000', '1970-01-01T00:00:00.000Z'],
    ['31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00.000Z'],
  ])('"%s" is %s', (value, date) => {
    expect(dateIn(value)?.toISOString()).toBe(date);
  });
});

describe('a date that could be another', () => {
  it.each([
    '03/02/2026',
    '03/02/2026 09:00:00 +0100',
    '25/02/2026',
    '03-02-2026 09:00',
    '02.03.26',
    'Mon, 2 Mar 2026 09:00:00 CET',
    'Mon, 2 Mär 2026 09:00:00 +0100',
    'Mon, 2 M 2026 09:00:00 +0100',
    'Mon, 2 Mar 202600 09:00:00 +0100',
    'Mon, 31 Feb 2026 09:00:00 +0100',
    '32.01.2026',
    '01.13.2026',
    '2026-13-01',
    '2 Mar 2026 25:00:00 +0000',
    '2 Mar 2026 09:60:00 +0000',
    '2 Mar 2026 09:00:00 +2500',
    '2 Mar 2026 13:00 PM',
    '20 Mar 0000 00:00:00 -0000',
    '1772438400',
    'Fri, 99 Foo 99999999 99:99:99 +9999',
    'Sat, 13 Sep 275760 00:00:01 +0000',
    '31 Dec 9999 23:59:59 -1400',
    '31 Dec 1903 23:59:59 +0000',
    'yesterday',
    '2',
    '',
  ])('"%s" is none', (value) => {
    expect(dateIn(value)).toBeUndefined();
  });
});

it.each(['(', ')', '()', ' ', '2 ', 'Mon ', '2026-03-02 '])('%s, however often, is no work', (piece) => {
  expect(growthOf((times) => piece.repeat(times * 1_000), dateIn)).toBeLessThan(linearGrowth());
});
