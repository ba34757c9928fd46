import { sourceFilesIn } from '../source-files.ts';
import { forEachInCopies, passUnmutated, type Surroundings, seconds } from '../surroundings.ts';
import { typeErrorsOf } from '../type-errors.ts';
import { MUTATED_FOLDERS, mutantsInRandomOrder } from './draw.ts';
import type { Mutant } from './mutant.ts';
import { RelatedTests } from './related-tests.ts';
import { type Trial, tryMutant } from './try-mutant.ts';

/** Draws mutants, tries each against its tests, and reports those that no test catches. True where all are caught. */
export async function tryRandom(
  { count, seed }: { count: number; seed: number },
  surroundings: Surroundings,
): Promise<boolean> {
  const { copies, say, signal } = surroundings;
  const directory = copies[0]?.directory ?? '';
  const begun = performance.now();
  const mutants = await drawn({ count, seed }, directory, surroundings);
  const related = new RelatedTests(await sourceFilesIn(directory, ['functions', 'lib', 'test']));
  const trials: Trial[] = [];
  await forEachInCopies(mutants, surroundings, async (mutant, copy) => {
    const trial = await tryMutant(mutant, related.stagesFor(mutant.file), { copy, signal });
    trials.push(trial);
    say(`${String(trials.length).padStart(4)} of ${mutants.length}  ${outcomeOf(trial)}`);
  });
  const catching = [...new Set(trials.flatMap(({ caughtBy }) => caughtBy?.file ?? []))];
  say(`\nAt last, the ${catching.length} test files that caught a mutant, without any.`);
  if (catching.length > 0 && !(await passUnmutated(catching, surroundings))) return false;

  const survivors = trials.filter(({ caughtBy }) => !caughtBy).map(({ mutant }) => mutant);
  for (const survivor of survivors) say(`\n${differenceOf(survivor)}`);
  const caught = trials.length - survivors.length;
  const percentage = ((100 * caught) / trials.length).toFixed(1);
  say(
    `\nseed ${seed}: ${caught} of ${trials.length} mutants caught, ${percentage} %, ${seconds(performance.now() - begun)}`,
  );
  return survivors.length === 0;
}

/** The first mutants of a seed that compile. What the compiler refuses needs no test, and is drawn again. */
async function drawn(
  { count, seed }: { count: number; seed: number },
  directory: string,
  { say, signal }: Surroundings,
): Promise<Mutant[]> {
  const inOrder = mutantsInRandomOrder(await sourceFilesIn(directory, MUTATED_FOLDERS), seed);
  const compiling: Mutant[] = [];
  let refused = 0;
  while (compiling.length < count) {
    const batch = next(inOrder, 2 * count);
    if (batch.length === 0) break;
    const errors = await typeErrorsOf(batch, directory, signal);
    for (const mutant of batch) {
      if (compiling.length === count) break;
      if (errors.has(mutant)) refused += 1;
      else compiling.push(mutant);
    }
  }
  say(`seed ${seed}: ${compiling.length} mutants; the compiler refused ${refused} more, and others took their place.`);
  return compiling;
}

function next(mutants: Iterator<Mutant>, count: number): Mutant[] {
  const taken: Mutant[] = [];
  while (taken.length < count) {
    const step = mutants.next();
    if (step.done) break;
    taken.push(step.value);
  }
  return taken;
}

function outcomeOf({ mutant, caughtBy, durationMs }: Trial): string {
  const verdict = caughtBy ? 'caught  ' : 'SURVIVED';
  const by = caughtBy ? `\n              by ${caughtBy.test}` : '';
  return `${verdict}  ${mutant.file}:${mutant.line} ${mutant.kind}, ${seconds(durationMs)}${by}`;
}

function differenceOf({ file, line, kind, before, after }: Mutant): string {
  const marked = (sign: string, lines: string) => lines.split('\n').map((text) => `${sign} ${text}`);
  return [`${file}:${line} ${kind}`, ...marked('-', before), ...marked('+', after)].join('\n');
}
