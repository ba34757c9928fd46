import { expect, it } from 'vitest';
import { growthOf, linearGrowth } from './cpu-time.ts';

const pieces = (times: number) => Array.from({ length: times * 300 }, (_, index) => index);

it('linear work grows less than the bound, and quadratic work more', () => {
  const linear = (some: readonly number[]) => some.reduce((sum, one) => sum + Math.sqrt(one), 0);
  const quadratic = (some: readonly number[]) => some.map((one) => some.reduce((sum, other) => sum + one * other, 0));
  expect(growthOf(pieces, linear)).toBeLessThan(linearGrowth());
  expect(growthOf(pieces, quadratic)).toBeGreaterThan(linearGrowth());
});
