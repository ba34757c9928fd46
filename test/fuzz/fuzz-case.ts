/** What fuzzing tries: reading mail, or polling a server. */
export type FuzzKind = 'mails' | 'answers';

/** One input, made of a seed and a number alone, and what has to hold for it. */
type FuzzCase = {
  /** What the input is, for the reader of a finding. */
  what: string;
  /** The mail, or the conversation as far as it went, for a person to look into; a byte a character. */
  readonly input: string;
  /** Throws a `Violation` or whatever the code under test throws. */
  run(): Promise<void>;
};

/** Makes the case of this number; the same seed and number make the same case. */
export type CaseMaker = (seed: number, caseNumber: number) => Promise<FuzzCase>;

/** What has to hold did not. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function hold(condition: boolean, text: () => string): void {
  if (!condition) throw new Violation(text());
}
