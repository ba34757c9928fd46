/** Chooses the same way at every run with the same seed (mulberry32). */
export type SeededRandom = {
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** One of the items, by equal chance. */
  oneOf<T>(items: readonly [T, ...T[]]): T;
};

export function seededRandom(seed: number): SeededRandom {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return { between, oneOf: (items) => items[between(0, items.length - 1)] as (typeof items)[number] };
}
