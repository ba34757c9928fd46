import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a fault breaks: a promise of functions/ARCHITECTURE.md, or another of its rules. */
type Broken =
  | 'P1'
  | 'P2'
  | 'P3'
  | 'P4'
  | 'P5'
  | 'P6'
  | 'P7'
  | 'P8'
  | 'P9'
  /** No secret stands in an error text, a log or a message, or goes over an open line. */
  | 'secrets'
  /** What runs on one machine is what is deployed. */
  | 'one definition';

/** One deliberate fault: code that still runs, does the wrong thing, and must not get past the tests. */
export type Mutation = {
  /** The fault in plain words; no two have the same. */
  name: string;
  breaks: Broken;
  /** From the root of the project. */
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  /** The test files, below `test/`, at least one of which must fail; few and quick. */
  caughtBy: readonly [string, ...string[]];
};

/** Why the fault cannot be put into the file as it is; undefined where it can. */
function problemIn(text: string, { name, file, find }: Mutation): string | undefined {
  const occurrences = text.split(find).length - 1;
  if (occurrences === 1) return undefined;
  return (
    `"${name}" cannot be applied: ${file} holds the text to replace ${occurrences} times. Look how that code ` +
    `has changed, and let the fault follow it.\n  ${find}`
  );
}

/** Of all of them, why they cannot be put into the code as it is. */
export async function problemsOf(mutations: readonly Mutation[], project: string): Promise<string[]> {
  const problems = mutations.map(async (mutation) =>
    problemIn(await readFile(join(project, mutation.file), 'utf8'), mutation),
  );
  return (await Promise.all(problems)).filter((problem) => problem !== undefined);
}

/** The file's text with the fault in it. Throws where it cannot be put in. */
export function mutated(text: string, mutation: Mutation): string {
  const problem = problemIn(text, mutation);
  if (problem) throw new Error(problem);
  // By a function, since a replacement text would have `$&` and the like in it filled in.
  return text.replace(mutation.find, () => mutation.replace);
}
