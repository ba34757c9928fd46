/** A promise of DESIGN, section 2, and how it was broken. */
export type Broken = { promise: `P${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`; what: string };
