import type { Mutation } from '../mutation.ts';

const CLASSIFY = 'functions/core/rules/classify.ts';

/** Faults in choosing a route. */
export const ruleMutations: readonly Mutation[] = [
  {
    name: 'RE2 is replaced by JavaScript’s RegExp',
    breaks: 'P9',
    file: 'functions/core/rules/pattern.ts',
    find: 'const simulating = compiledSet(patterns, NO_STATES_BYTES);',
    replace: `const regExps = patterns.map((pattern) => new RegExp(pattern, 'i'));
  const simulating = { match: (text: string) => [...regExps.keys()].filter((index) => regExps[index]?.test(text)) };`,
    caughtBy: ['core/rules/pattern.test.ts'],
  },
  {
    name: 'a subject of megabytes is matched as a whole',
    breaks: 'P9',
    file: 'functions/core/rules/pattern.ts',
    find: 'text.slice(0, MATCHED_CHARACTERS)',
    replace: 'text',
    caughtBy: ['core/rules/pattern.test.ts'],
  },
  {
    name: 'a mail that could not be read is classified like any other, and its reason forgotten',
    breaks: 'P9',
    file: CLASSIFY,
    find: 'if (mail.problem !== undefined) return unknown(mail.problem);',
    replace: '',
    caughtBy: ['core/rules/classify.test.ts', 'core/poll/poll.test.ts'],
  },
  {
    name: 'a rule that asks for an authenticated sender takes a forged one',
    breaks: 'P9',
    file: CLASSIFY,
    find: 'const doubt = rule.authenticated ?',
    replace: 'const doubt = rule.name === mail.mailId ?',
    caughtBy: ['core/rules/classify.test.ts'],
  },
  {
    name: 'Authentication-Results below one that cannot be read are believed, which a sender may have written',
    breaks: 'P9',
    file: 'functions/core/rules/authentication-results.ts',
    find: 'if (identity === undefined) return undefined;',
    replace: 'if (identity === undefined) continue;',
    caughtBy: ['core/rules/authentication-results.test.ts'],
  },
];
