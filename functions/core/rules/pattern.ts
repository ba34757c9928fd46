import { RE2JS, RE2JSException, RE2Set } from 're2js';

/**
 * How much of a subject or header value is matched: two lines of the longest kind that RFC 5322 allows. RE2 is linear
 * in the text; the cap keeps a subject of 100 kB as cheap as any other.
 */
export const MATCHED_CHARACTERS = 2_000;

/** RE2's work a character grows with the size of the pattern's program, so that counted repeats (`.{1000}`) cost most. */
const MAX_INSTRUCTIONS = 500;

/** Why this is no pattern that Rollcall takes, in RE2's own words; undefined where it is one. */
export function problemOfPattern(pattern: string): string | undefined {
  if (pattern === '') return 'an empty pattern matches everything';
  try {
    RE2JS.compile(pattern);
    const instructions = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).programSize();
    if (instructions <= MAX_INSTRUCTIONS) return undefined;
    return `it compiles to ${instructions} RE2 instructions, at most ${MAX_INSTRUCTIONS} are allowed`;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.replace('error parsing regexp: ', '');
    throw error;
  }
}

/**
 * Compiles patterns into one state machine that reads a text once, whatever their number.
 * Returns a function from a text to the indexes of the patterns that match anywhere in it, ignoring case.
 */
export function patternSet(patterns: readonly string[]): (text: string) => readonly number[] {
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE);
  for (const pattern of patterns) set.add(pattern);
  set.compile();
  return (text) => set.match(text.slice(0, MATCHED_CHARACTERS));
}
