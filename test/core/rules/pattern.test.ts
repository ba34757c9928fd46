import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { MATCHED_CHARACTERS, patternSet, problemOfPattern } from '../../../functions/core/rules/pattern.ts';

describe('a set of patterns', () => {
  it('names every pattern that matches, not only the first', () => {
    const indexesIn = patternSet(['payout', '^your', 'day$', 'refund', '\\bis\\b']);
    expect([...indexesIn('Your PAYOUT is due today')].sort()).toEqual([0, 1, 2, 4]);
    expect(indexesIn('')).toEqual([]);
  });

  it('says the same as each pattern on its own', () => {
    const patterns = ['a+b', '^a', 'b$', '\\bb', '[^a]b', '(ab|ba)c?$', 'ä', 'a.c', '^$', '\\Ba', 'c{2,3}', '\\s', 'ſ'];
    const alone = patterns.map((pattern) => RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE));
    const indexesIn = patternSet(patterns);
    const letter = fc.constantFrom('a', 'b', 'c', 'A', 'B', 'ä', 'Ä', ' ', 's', '\n', '🙂');
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 12 }), (text) => {
        const expected = alone.flatMap((pattern, index) => (pattern.test(text) ? [index] : []));
        expect([...indexesIn(text)].sort((one, other) => one - other)).toEqual(expected);
      }),
    );
  });

  it('reads a text up to its cap', () => {
    const indexesIn = patternSet(['end']);
    expect(indexesIn(`${'.'.repeat(MATCHED_CHARACTERS - 3)}end`)).toEqual([0]);
    expect(indexesIn(`${'.'.repeat(MATCHED_CHARACTERS)}end`)).toEqual([]);
  });
});

describe('a pattern is refused', () => {
  it.each([
    ['a(?=b)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['(a', 'missing closing ): `(a`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['\\', 'trailing backslash at end of expression'],
    ['', 'an empty pattern matches everything'],
    ['[a-z]{1,600}', 'it compiles to 1201 RE2 instructions, at most 500 are allowed'],
  ])('in the words of RE2: %s', (pattern, problem) => {
    expect(problemOfPattern(pattern)).toBe(problem);
  });

  it('only when there is a reason', () => {
    expect(problemOfPattern('payment (of|received)|payout|charge failed')).toBeUndefined();
  });
});
