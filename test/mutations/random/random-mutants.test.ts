import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../project-copy.ts';
import { sourceFileOf, sourceFilesIn } from '../source-files.ts';
import { MUTATED_FOLDERS, mutantsInRandomOrder, NOT_MUTATED } from './draw.ts';
import { RelatedTests } from './related-tests.ts';

/** What the one line of code becomes, in the order of the text. */
function mutantsOf(code: string): string[] {
  return [...mutantsInRandomOrder([sourceFileOf('some.ts', code)], 1)].map(({ after }) => after).sort();
}

describe('random mutants', () => {
  it.each([
    ['a boundary', 'x = a <= b;', ['x = a < b;']],
    ['a comparison', 'x = a === b;', ['x = a !== b;']],
    ['a condition', 'if (a) b = c;', ['if (!(a)) b = c;']],
    ['two conditions', 'x = a && b;', ['x = (a);', 'x = (b);', 'x = a || b;']],
    ['a fallback', 'x = a ?? b;', ['x = (a);', 'x = (b);']],
    ['a choice', 'x = a ? b : c;', ['x = (b);', 'x = (c);']],
    ['a negation', 'x = !a;', ['x = a;']],
    ['a constant', 'x = 5;', ['x = (5 + 1);', 'x = (5 - 1);']],
    ['a word', "x = 'word';", ["x = '';"]],
    ['a call that is waited for', 'await a.b();', ['a.b();']],
    ['an error', 'throw a;', []],
    ['a list', 'x = [a];', ['x = [];']],
    ['a filter', 'x = a.filter(b);', ['x = a;']],
    ['the last argument', 'x = a(b, c);', ['x = a(b);']],
  ])('change %s', (_what, code, expected) => {
    const removed = code.startsWith('if') ? ['if (a) ;'] : [';'];
    expect(mutantsOf(code)).toEqual([...expected, ...removed].sort());
  });

  it('drop what a spread brings, and single properties', () => {
    const dropped = mutantsOf('x = { ...a, b: c };').map((code) => code.replaceAll(' ', ''));
    expect(dropped).toEqual([';', 'x={b:c};', 'x={...a,};']);
  });

  it('leave a function at once', () => {
    expect(mutantsOf('function a() { return b; }')).toEqual(['function a() { return undefined as never; return b; }']);
  });

  it('leave types, imports and texts for people alone', () => {
    const code = "import a from './a.ts';\ntype B = 'b' | 1;\nconst c: 1 | 'd' = e as 'd';\nconst f = 'two words';";
    expect(mutantsOf(code)).toEqual([]);
  });

  it('come in the order of their seed', async () => {
    const sources = await sourceFilesIn(PROJECT, ['functions/core/poll']);
    const first = (seed: number) => {
      const mutants = mutantsInRandomOrder(sources, seed);
      return Array.from({ length: 20 }, () => mutants.next().value);
    };
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  it('are drawn from folders that are there, without files that are there', () => {
    const missing = [...MUTATED_FOLDERS, ...NOT_MUTATED].filter((path) => !existsSync(join(PROJECT, path)));
    expect(missing).toEqual([]);
  });
});

describe('the tests of a mutant', () => {
  it('are those nearest to its file by their imports, and then the slow ones', async () => {
    const related = new RelatedTests(await sourceFilesIn(PROJECT, ['functions', 'lib', 'test']));
    const [first = [], ...later] = related.stagesFor('functions/core/poll/triage.ts');
    expect(first.filter((path) => !path.startsWith('core/poll/'))).toEqual([]);
    expect(later.flat()).toContain('core/poll/triage.test.ts');
    expect(later.flat()).toContain('adapters/imap/misbehaving-server.test.ts');
    expect(later.at(-1)?.[0]).toMatch('simulation/');
  });

  it('are there for every file', async () => {
    const related = new RelatedTests(await sourceFilesIn(PROJECT, ['functions', 'lib', 'test']));
    const sources = await sourceFilesIn(PROJECT, MUTATED_FOLDERS);
    const without = sources.filter(({ path, tree }) => {
      const mutants = mutantsInRandomOrder([{ path, text: '', tree }], 1);
      return !mutants.next().done && related.stagesFor(path).length === 0;
    });
    expect(without.map(({ path }) => path)).toEqual([]);
  });
});
