import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutated, problemsOf } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { PROJECT } from './project-copy.ts';

describe('the faults that `npm run mutate` tries', () => {
  it('can all be put into the code as it is', async () => {
    expect(await problemsOf(MUTATIONS, PROJECT)).toEqual([]);
  });

  it('all change something', () => {
    expect(MUTATIONS.filter(({ find, replace }) => find === replace)).toEqual([]);
  });

  it('all have tests that should catch them', () => {
    const files = new Set(MUTATIONS.flatMap(({ caughtBy }) => caughtBy));
    const missing = [...files].filter((file) => !file.endsWith('.test.ts') || !existsSync(join(PROJECT, 'test', file)));
    expect(missing).toEqual([]);
  });

  it('have names of their own', () => {
    const names = MUTATIONS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it('attack every promise', () => {
    const broken = new Set<string>(MUTATIONS.map(({ breaks }) => breaks));
    const promises = Array.from({ length: 9 }, (_, index) => `P${index + 1}`);
    expect(promises.filter((promise) => !broken.has(promise))).toEqual([]);
  });
});

describe('a fault whose place has changed', () => {
  const fault = { ...MUTATIONS[0]!, file: 'some.ts', find: 'one', replace: '$& two' };

  it.each([
    ['is gone', 'two'],
    ['is there twice', 'one one'],
  ])('%s: is refused, with its name', (_how, text) => {
    expect(() => mutated(text, fault)).toThrow(fault.name);
  });

  it('is put in as it is written, whatever signs are in it', () => {
    expect(mutated('a one b', fault)).toBe('a $& two b');
  });
});
