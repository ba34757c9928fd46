import { unreadableIn } from '../../functions/core/delivery/dead-letters.ts';
import type { DeadLetter, DeadLetters } from '../../functions/core/records/dead-letters.ts';

const LETTERS_PER_BATCH = 10;

type Stored = { messageId: string; letter: DeadLetter };

/** Dead-letter queues in memory; `put` adds a letter, `of` shows what a route's queue holds. */
export function memoryDeadLetters(): DeadLetters & {
  put(route: string, letter: DeadLetter): void;
  of(route: string): readonly DeadLetter[];
} {
  const queues = new Map<string, Stored[]>();
  let count = 0;
  const storedOf = (route: string) => queues.get(route) ?? [];
  const keep = (route: string, wanted: (stored: Stored) => boolean) =>
    queues.set(route, storedOf(route).filter(wanted));
  return {
    put: (route, letter) => {
      count += 1;
      queues.set(route, [...storedOf(route), { messageId: `letter-${count}`, letter }]);
    },
    of: (route) => storedOf(route).map(({ letter }) => letter),
    async deleteWhere(route, visit) {
      const letters = storedOf(route).map(({ letter }) => letter);
      for (let from = 0; from < letters.length; from += LETTERS_PER_BATCH) {
        const removable = new Set(await visit(letters.slice(from, from + LETTERS_PER_BATCH)));
        keep(route, ({ letter }) => !removable.has(letter));
      }
    },
    async unreadable(route) {
      return storedOf(route).flatMap(({ messageId, letter }) => unreadableIn(messageId, letter));
    },
    async remove(route, messageId) {
      const isMeant = ({ messageId: id, letter }: Stored) =>
        id === messageId && unreadableIn(messageId, letter).length > 0;
      const isThere = storedOf(route).some(isMeant);
      keep(route, (stored) => !isMeant(stored));
      return isThere;
    },
  };
}
