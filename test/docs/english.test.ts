import { describe, expect, it } from 'vitest';
import { proseOf, stringsOf, worstWordsIn, worstWordsInComments } from './english.ts';
import { documents, filesUnder } from './project-files.ts';

const CODE = ['functions', 'lib'];

describe('no text that a person reads has one of the worst words', () => {
  it.each(documents.map((document) => [document.path, document] as const))('%s', (path, document) => {
    expect(worstWordsIn(path, proseOf(document))).toEqual([]);
  });

  it.each(CODE)('a string in %s', (folder) => {
    // The sample's emails say what senders say.
    const files = filesUnder(folder, /\.tsx?$/).filter(({ path }) => !path.includes('sample-mailbox/'));
    expect(files.flatMap(stringsOf).length).toBeGreaterThan(0);
    expect(files.flatMap((file) => worstWordsIn(file.path, stringsOf(file)))).toEqual([]);
  });

  it.each(CODE)('a comment in %s', (folder) => {
    expect(filesUnder(folder, /\.tsx?$/).flatMap(worstWordsInComments)).toEqual([]);
  });
});

describe('the check', () => {
  it('finds a word in a document, and none in code', () => {
    const text = 'Nobody is told.\n```\nmails\n```\n`mails` and [a link](mails are)\nIt needs you.';
    expect(worstWordsIn('a.md', proseOf({ path: 'a.md', text }))).toEqual([
      'a.md:1: "Nobody is": a concrete subject',
      'a.md:1: "told": report, list, show',
      'a.md:6: "needs you": needs attention',
    ]);
  });

  it('finds a word in a comment of any kind, and none in what it quotes', () => {
    const text = [
      '// Whoever has `mails told`',
      '/**',
      ' * @param mails handed over',
      ' * It is read anew.',
      ' */',
      "print('three mails');",
    ].join('\n');
    expect(worstWordsInComments({ path: 'a.ts', text })).toEqual([
      'a.ts:1: "Whoever": a concrete subject',
      'a.ts:4: "anew": again',
    ]);
  });

  it('finds a word in a string of any kind, and none in comments, names, paths and patterns', () => {
    const text = [
      "// what is 'told here'",
      '/* mails and "mails here" */',
      "import { told } from './mails-told.ts';",
      'const isQuote = (text: string) => /[\'"`]/.test(text);',
      "print('three mails', mails);",
      `print(\`hand over \${mails} of them\`);`,
      'print("it goes on with them", \'mails\');',
      "if (event.kind === 'mail handed over') return { kind: 'mail handed over' };",
    ].join('\n');
    expect(worstWordsIn('a.ts', stringsOf({ path: 'a.ts', text }))).toEqual([
      'a.ts:5: "mails": emails',
      'a.ts:6: "hand over": send, enqueue, return',
      'a.ts:7: "goes on with": continue',
    ]);
  });
});
