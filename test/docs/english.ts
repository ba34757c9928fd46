import type { ProjectFile } from './project-files.ts';

/** Comments may name a hand-over, which is a step of every poll. */
const HAND_OVER = 'send, enqueue, return';

/** The worst words that a reader has met here, and what to write instead. */
const WORDS: readonly (readonly [worst: RegExp, instead: string])[] = [
  [/\bmails\b/, 'emails'],
  [/\be-mails?\b/, 'email'],
  [/\b(?:somebody|whoever|nobody (?!since)\w+s|nobody \w+ed)\b/, 'a concrete subject'],
  [/\b(?:anew|afresh)\b/, 'again'],
  [/\bmend(?:s|ed|ing)?\b/, 'fix'],
  [/\bheal(?:s|ed|ing)?\b/, 'recover'],
  [/\b(?:tell(?:s|ing)?|told)\b/, 'report, list, show'],
  [/\bst(?:ands?|ood) (?:in|on|beside|nowhere|there|anywhere)\b/, 'is in'],
  [/\bl(?:ies?|ay|ying) (?:in|on|beside|there)\b/, 'is in'],
  [/\b(?:end(?:s|ed)?|go(?:es)?|went) well\b/, 'succeed'],
  [/\b(?:go(?:es)?|went) on with\b/, 'continue'],
  [/\b(?:gives?|gave|given) up\b/, 'time out, stop'],
  [/\bhand(?:s|ed|ing)? (?:over|back)\b/, HAND_OVER],
  [/\bput(?:s|ting)? back\b/, 'requeue'],
  [/\bleft the settings\b/, 'was removed from the settings'],
  [/\bthe accounts\b/, 'the totals, the counts'],
  [/\bmail of before\b/, 'older email'],
  [/\btakes? no posts\b/, 'cannot receive messages'],
  [/\bneeds? you\b/, 'needs attention'],
  [/\bnothing else is to be done\b/, 'no further action is needed'],
];

/** The same for comments, with some that only comments had. */
const WORDS_IN_COMMENTS: typeof WORDS = [
  ...WORDS.filter(([, instead]) => instead !== HAND_OVER),
  [/\b(?:so long as|of its own accord|befalls?|is to be (?:had|seen)|as it has them)\b/, 'a plain verb'],
  [/\b(?:hands?|handed) out\b/, 'return'],
  [/\b(?:takes|took) (?:for|in)\b/, 'treat as, accept'],
];

/** A text that a person reads, and its line in the file. */
export type Prose = { line: number; text: string };

/** What is wrong with these texts, one finding a line. */
export function worstWordsIn(path: string, prose: readonly Prose[], words = WORDS): string[] {
  return prose.flatMap(({ line, text }) =>
    words.flatMap(([worst, instead]) => {
      const word = new RegExp(worst, 'i').exec(text)?.[0];
      return word ? [`${path}:${line}: "${word}": ${instead}`] : [];
    }),
  );
}

/** What is wrong with the comments of a file of code. */
export function worstWordsInComments(file: ProjectFile): string[] {
  return worstWordsIn(file.path, commentsOf(file), WORDS_IN_COMMENTS);
}

/** The lines of a document, without what is quoted as code. */
export function proseOf({ text }: ProjectFile): Prose[] {
  return text
    .replaceAll(/^( *)```[\s\S]*?^\1```$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .map((line, index) => ({ line: index + 1, text: line.replaceAll(/`[^`]*`|\]\([^)]*\)/g, ' ') }));
}

/** Comments and regular expressions are matched as well, so that a quotation mark in them begins no string. */
const TOKENS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<=(?:[(,=:[!&|?{};]|=>|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)/g;

/** Before a literal that only names a kind of thing. */
const NAMES_KIND = /(?:\bcase|\bkind(?:\?\.|:| [!=]==))\s*$/;

/** The strings of a file of code that have more than one word: what a person may read, and no path, key or kind. */
export function stringsOf({ text }: ProjectFile): Prose[] {
  return [...text.matchAll(TOKENS)].flatMap(({ 1: literal, index }) => {
    const prose = literal?.replaceAll(/\$\{[^{}]*\}/g, ' … ');
    const before = text.slice(0, index);
    return prose?.includes(' ') && !NAMES_KIND.test(before) ? [{ line: before.split('\n').length, text: prose }] : [];
  });
}

/** The lines of the comments of a file of code, without names of code. */
function commentsOf({ text }: ProjectFile): Prose[] {
  return [...text.matchAll(TOKENS)].flatMap(({ 0: token, index }) => {
    if (!/^\/[/*]/.test(token)) return [];
    const first = text.slice(0, index).split('\n').length;
    return token
      .replaceAll(/`[^`]*`|@param \S+|"[^"]*"/g, (name) => name.replaceAll(/[^\n]/g, ' '))
      .split('\n')
      .map((line, offset) => ({ line: first + offset, text: line }));
  });
}
