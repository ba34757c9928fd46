import { problemOfPattern } from '../../../functions/core/rules/pattern.ts';

/** Patterns that grow with a count, and the piece that a subject hostile to them repeats. */
const FAMILIES: readonly { patternOf: (count: number) => string; piece: string }[] = [
  { patternOf: (count) => `(?:a?){${count}}a{${count}}`, piece: 'a' },
  { patternOf: (count) => `(?:a{0,${count}}){2}b`, piece: 'a' },
  { patternOf: (count) => `.{0,${count}}z`, piece: 'x' },
  { patternOf: (count) => `(?:.*a){${count}}b`, piece: 'a' },
  { patternOf: (count) => `(?:[a-z]+\\s?){${count}}!`, piece: 'word ' },
  { patternOf: (count) => `(?:a|ab|abc|b|bc|c){${count}}$`, piece: 'abc' },
  { patternOf: (count) => `(?:\\pL|\\pN){${count}}_`, piece: 'Ж1' },
  { patternOf: (count) => Array.from({ length: count }, (_, index) => `x.*${index}`).join('|'), piece: 'x0x1x2' },
];

/** Each family with the highest count that the settings accept. */
export function largestAcceptedPatterns(): { pattern: string; piece: string }[] {
  return FAMILIES.map(({ patternOf, piece }) => {
    const isAccepted = (count: number) => problemOfPattern(patternOf(count)) === undefined;
    let count = 1;
    while (isAccepted(count + 1)) count += 1;
    return { pattern: patternOf(count), piece };
  });
}
