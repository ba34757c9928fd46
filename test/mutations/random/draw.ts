import { randomOf } from '../../fuzz/random.ts';
import type { SourceFile } from '../source-files.ts';
import { editsIn } from './edits.ts';
import { type Mutant, mutantOf } from './mutant.ts';

/** Where random mutants are drawn. */
export const MUTATED_FOLDERS = ['functions', 'lib/stack', 'lib/cli'] as const;

/** Nothing but what a person reads, looks at or edits: a test of it would repeat it. */
export const NOT_MUTATED: ReadonlySet<string> = new Set([
  'functions/settings.ts',
  'functions/core/digest/view/style.ts',
  'lib/stack/dashboard.ts',
]);

/** All mutants of some files, in an order that depends on the seed alone. */
export function* mutantsInRandomOrder(sources: readonly SourceFile[], seed: number): Generator<Mutant> {
  const edits = sources
    .filter(({ path }) => !NOT_MUTATED.has(path))
    .flatMap((source) => editsIn(source.tree).map((edit) => ({ source, edit })));
  const random = randomOf('mutants', seed, 0);
  while (edits.length > 0) {
    const chosen = random.between(0, edits.length - 1);
    const { source, edit } = edits[chosen]!;
    edits[chosen] = edits.at(-1)!;
    edits.pop();
    yield mutantOf(source, edit);
  }
}
