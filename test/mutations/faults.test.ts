import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeOf, type Fault, problemsOf } from './fault.ts';
import { FAULTS } from './faults.ts';
import { PROJECT } from './project-copy.ts';
import { renamedProject } from './renamed-project.ts';
import { sourceFileOf, sourceFilesIn } from './source-files.ts';

const sources = await sourceFilesIn(PROJECT, ['functions', 'lib']);

describe('the faults that `npm run mutate` tries', () => {
  it('can all be put into the code as it is', () => {
    expect(problemsOf(FAULTS, sources)).toEqual([]);
  });

  it('can still be put into it after every file and every name of it has changed', () => {
    expect(problemsOf(FAULTS, renamedProject(sources))).toEqual([]);
  });

  it('all change something', () => {
    const textOf = new Map(sources.map(({ path, text }) => [path, text]));
    const changes = FAULTS.map((fault) => ({ name: fault.name, ...changeOf(fault, sources) }));
    expect(changes.filter(({ file, text }) => textOf.get(file) === text)).toEqual([]);
  });

  it('all have tests that should catch them', () => {
    const files = new Set(FAULTS.flatMap(({ caughtBy }) => caughtBy));
    const missing = [...files].filter((file) => !file.endsWith('.test.ts') || !existsSync(join(PROJECT, 'test', file)));
    expect(missing).toEqual([]);
  });

  it('have names of their own', () => {
    const names = FAULTS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('attack every promise', () => {
    const broken = new Set<string>(FAULTS.map(({ breaks }) => breaks));
    const promises = Array.from({ length: 9 }, (_, index) => `P${index + 1}`);
    expect(promises.filter((promise) => !broken.has(promise))).toEqual([]);
  });
});

describe('a fault', () => {
  const fault: Fault = {
    name: 'a fault',
    breaks: 'P1',
    find: "await $QUEUE.send($ROUTE, { kind: 'alert', $$$REST });",
    replace: '$QUEUE.send($ROUTE, { $$$REST });',
    caughtBy: ['some.test.ts'],
  };
  const code = "await queue.send(route, { kind: 'alert', mailId, at: now() });";

  it('finds its place by its form, and keeps the names that are there', () => {
    expect(changeOf(fault, [sourceFileOf('some.ts', `one();\n${code}\n`)])).toEqual({
      file: 'some.ts',
      text: 'one();\nqueue.send(route, { mailId, at: now() });\n',
    });
  });

  it.each([
    ['is gone', 'one();'],
    ['is there twice', `${code}\n${code}`],
  ])('whose place %s is refused, with its name', (_how, text) => {
    expect(() => changeOf(fault, [sourceFileOf('some.ts', text)])).toThrow('"a fault" cannot be applied');
  });

  it('that names what its pattern does not is refused', () => {
    const broken = { ...fault, replace: '$OTHER' };
    expect(() => changeOf(broken, [sourceFileOf('some.ts', code)])).toThrow('$OTHER');
  });
});
