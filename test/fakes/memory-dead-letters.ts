import type { DeadLetter, DeadLetters } from '../../functions/core/ports.ts';

const LETTERS_PER_BATCH = 10;

/** Dead-letter queues in memory; `put` adds a letter, `of` shows what a route's queue holds. */
export function memoryDeadLetters(): DeadLetters & {
  put(route: string, letter: DeadLetter): void;
  of(route: string): readonly DeadLetter[];
} {
  const queues = new Map<string, DeadLetter[]>();
  const lettersOf = (route: string) => queues.get(route) ?? [];
  return {
    put: (route, letter) => {
      queues.set(route, [...lettersOf(route), letter]);
    },
    of: lettersOf,
    async sift(route, visit) {
      const letters = lettersOf(route);
      for (let from = 0; from < letters.length; from += LETTERS_PER_BATCH) {
        const removable = new Set(await visit(letters.slice(from, from + LETTERS_PER_BATCH)));
        queues.set(
          route,
          lettersOf(route).filter((letter) => !removable.has(letter)),
        );
      }
    },
  };
}
