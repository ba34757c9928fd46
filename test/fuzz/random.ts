import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** The dice of one case: the same kind, seed and case number roll the same numbers, whatever ran before. */
export type Random = {
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Bytes as a string of characters from U+0000 to U+00FF. */
  bytes(length: number): string;
};

export function randomOf(kind: string, seed: number, caseNumber: number): Random {
  const hash = createHash('sha256').update(`${kind} ${seed} ${caseNumber}`).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => hash.readInt32BE(offset)));
  const between = (from: number, to: number) => uniformInt(generator, from, to);
  return {
    between,
    chance: (probability) => between(0, 999_999) < probability * 1_000_000,
    pick: (items) => items[between(0, items.length - 1)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => between(0, 255))).toString('latin1'),
  };
}
