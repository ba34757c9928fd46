/** A promise of functions/ARCHITECTURE.md, and how it was broken. */
export type Broken = { promise: `P${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`; what: string };
