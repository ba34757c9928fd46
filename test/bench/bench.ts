import type { Bar } from './figures.ts';

/** The options of a bench; each uses those that it needs. */
export type BenchOptions = {
  /** Mails in the mailbox. */
  mails: number;
  /** How often each contestant runs; figures are medians. */
  runs: number;
};

/** Prints its figures as it goes and answers with the bars of the design that it measured. */
export type Bench = (options: BenchOptions, print: (text: string) => void) => Promise<readonly Bar[]>;
