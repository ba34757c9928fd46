import { dirname, join, relative } from 'node:path/posix';
import type { SourceFile } from '../source-files.ts';

/** Test files in the order in which they are asked; each stage runs only where no earlier one has failed. */
export type Stages = readonly (readonly string[])[];

/** So many of the nearest test files run first: most mutants end there, within seconds. */
const FIRST_FILES = 4;
/** And no more than so many in all, quick and slow: what is far away meets a mutant by accident. */
const QUICK_FILES = 20;
const SLOW_FILES = 5;

/** Minutes each: whole weeks, real servers, or all of the above. */
const LEFT_OUT = /^(simulation\/(exhaustive|long-plans)|fuzz\/fuzz|dovecot|crash|docs|mutations)|chromium/;
/** Synthesis and embedded servers: seconds to start. */
const SLOW = /^(lib\/stack|lib\/local|simulation|fuzz)\//;

/** An import, and the path of a program that a test starts. */
const NAMED_FILE = /'(#settings|[^'\s]+\.tsx?)'/g;
/** The entry points, which nothing names but the bundler. */
const BUNDLED = ['lib/stack/bundle/bundled-functions.test.ts'];
const TEST = /\.test\.tsx?$/;

/** Which test files reach a file of the project by their imports, or by its name. */
export class RelatedTests {
  /** From each file to those that name it. */
  private readonly importers = new Map<string, string[]>();

  constructor(sources: readonly SourceFile[]) {
    for (const { path, text } of sources) {
      for (const [, name = ''] of text.matchAll(NAMED_FILE)) {
        for (const named of name === '#settings' ? ['functions/settings.ts'] : [name, join(dirname(path), name)]) {
          this.importers.set(named, [...(this.importers.get(named) ?? []), path]);
        }
      }
    }
  }

  /** The nearest tests, the other quick ones, and the slow ones. Paths are from the folder `test`. */
  stagesFor(file: string): Stages {
    const reached = this.testsByDistance(file).map((test) => relative('test', test));
    const quick = reached.filter((test) => !SLOW.test(test)).slice(0, QUICK_FILES);
    if (reached.length === 0) return [BUNDLED];
    const slow = slowTestsFor(file, reached);
    return [quick.slice(0, FIRST_FILES), quick.slice(FIRST_FILES), slow].filter((tests) => tests.length > 0);
  }

  private testsByDistance(file: string): string[] {
    const distances = new Map([[file, 0]]);
    for (const [path, distance] of distances) {
      for (const importer of this.importers.get(path) ?? []) {
        if (!distances.has(importer)) distances.set(importer, distance + 1);
      }
    }
    const namesake = dirname(file).replace(/^functions\//, '');
    const isBeside = (test: string) => Number(dirname(test) === `test/${namesake}`);
    return [...distances]
      .filter(([path]) => TEST.test(path) && !LEFT_OUT.test(relative('test', path)))
      .sort(([one, a], [other, b]) => isBeside(other) - isBeside(one) || a - b || one.localeCompare(other))
      .map(([path]) => path);
  }
}

function slowTestsFor(file: string, reached: readonly string[]): string[] {
  const slow = reached.filter((test) => SLOW.test(test)).sort(simulationFirst);
  // What is deployed is proved by synthesis alone, so by all of it.
  return file.startsWith('lib/stack/')
    ? slow.filter((test) => test.startsWith('lib/stack/'))
    : slow.slice(0, SLOW_FILES);
}

/** It judges every promise. */
function simulationFirst(one: string, other: string): number {
  return Number(other.startsWith('simulation/')) - Number(one.startsWith('simulation/'));
}
