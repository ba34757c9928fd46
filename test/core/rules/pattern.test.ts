import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import {
  MATCHED_CHARACTERS,
  patternSet,
  problemOfPattern,
  REMEMBERED_CHARACTERS,
} from '../../../functions/core/rules/pattern.ts';
import { growthOf, linearGrowth } from '../../cpu-time.ts';

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
      fc.property(fc.string({ unit: letter, maxLength: 12 }), fc.boolean(), (end, isLong) => {
        // Long texts are matched in another way than short ones.
        const text = isLong ? `${' a b'.repeat(REMEMBERED_CHARACTERS / 4)} ${end}` : end;
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
    [
      '[a-z]{1,600}',
      'it compiles to 1201 RE2 instructions, at most 100 are allowed; split its alternatives into a list of patterns, or ask for fewer repeats',
    ],
  ])('in the words of RE2: %s', (pattern, problem) => {
    expect(problemOfPattern(pattern)).toBe(problem);
  });

  it('only when there is a reason', () => {
    expect(problemOfPattern('payment (of|received)|payout|charge failed')).toBeUndefined();
  });
});

describe('the costliest patterns that are accepted', () => {
  /** As many repeats as are accepted. */
  const largest = (patternOf: (repeats: number) => string) => {
    let repeats = 1;
    while (problemOfPattern(patternOf(repeats + 1)) === undefined) repeats += 1;
    return patternOf(repeats);
  };

  // A random text gives RE2 a new state at each of its characters.
  it.each<[patternOf: (repeats: number) => string, letters: string]>([
    [(n) => `a.{${n}}$`, 'ab'],
    [(n) => `[a-z]{1,${n}}!`, 'abz'],
    [(n) => `\\pL{1,${n}}!`, 'aäé中'],
    [(n) => `(?:\\pL|\\pN){1,${n}}!`, 'aä1中'],
    [(n) => `(?:a?){${n}}.{${n}}b`, 'aab'],
    [(n) => `[^\\pL]?(?:\\pL{1,${n}}[^\\pN]{0,${n}})+!`, 'aä中 '],
    [(n) => `(?:.*.*){${n}}!`, 'ab'],
    [(n) => `\\pL.{${n}}[^\\pN\\pP\\pS]$`, 'aä中 1'],
  ])('take a time for a hostile subject that grows with its length and no faster: %s', (patternOf, letters) => {
    const indexesIn = patternSet([largest(patternOf)]);
    const random = (length: number) => Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
    // Longer than what goes through the DFA, which remembers. Many texts, so that each is another one.
    const texts = (times: number) => Array.from({ length: 50 }, () => random((times * MATCHED_CHARACTERS) / 5));
    const matchAll = (some: readonly string[]) => some.map(indexesIn);
    expect(growthOf(texts, matchAll, { times: 5 })).toBeLessThan(linearGrowth(5));
  });
});
