import { RE2JS, RE2JSException, RE2Set } from 're2js';

/**
 * How much of a subject or header value is matched: the longest line that RFC 5322 allows. RE2 takes linear time; the
 * cap makes a subject of 100 kB as cheap as any other.
 */
export const MATCHED_CHARACTERS = 1_000;

/**
 * Up to this length, a text goes through RE2's DFA, which is fast because it caches its states. A hostile text makes it
 * build a new state at every character, which is ten times slower than simulating the NFA; so longer texts, which are
 * rare among subjects, use the NFA.
 */
export const REMEMBERED_CHARACTERS = 150;

/** Too small for a single state: RE2 then simulates the NFA. */
const NO_STATES_BYTES = 1;

/**
 * The work per character grows with the size of the pattern's program, so counted repeats (`.{1000}`) cost most. The
 * most expensive patterns of this size take 1 to 3 ms for the most expensive text.
 */
const MAX_INSTRUCTIONS = 100;

/** Why Rollcall does not accept this pattern, in RE2's own words; undefined if it does. */
export function problemOfPattern(pattern: string): string | undefined {
  if (pattern === '') return 'an empty pattern matches everything';
  try {
    RE2JS.compile(pattern);
    const instructions = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).programSize();
    if (instructions <= MAX_INSTRUCTIONS) return undefined;
    return `it compiles to ${instructions} RE2 instructions, at most ${MAX_INSTRUCTIONS} are allowed; split its alternatives into a list of patterns, or ask for fewer repeats`;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message.replace('error parsing regexp: ', '');
    throw error;
  }
}

/**
 * Compiles patterns into one state machine that reads a text once, however many there are. Returns a function that maps
 * a text to the indexes of the patterns that match anywhere in it, ignoring case.
 */
export function patternSet(patterns: readonly string[]): (text: string) => readonly number[] {
  const remembering = compiledSet(patterns);
  const simulating = compiledSet(patterns, NO_STATES_BYTES);
  return (text) =>
    text.length <= REMEMBERED_CHARACTERS
      ? remembering.match(text)
      : simulating.match(text.slice(0, MATCHED_CHARACTERS));
}

function compiledSet(patterns: readonly string[], maxStatesBytes?: number): RE2Set {
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE, maxStatesBytes);
  for (const pattern of patterns) set.add(pattern);
  set.compile();
  return set;
}
