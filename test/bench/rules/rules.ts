import assert from 'node:assert/strict';
import { patternSet } from '../../../functions/core/rules/pattern.ts';
import type { BenchOptions } from '../bench.ts';
import { type Bar, figure, median, spread, table } from '../figures.ts';
import { LANGUAGES } from '../poll/languages.ts';
import { seededRandom } from '../poll/seeded-random.ts';
import { largestAcceptedPatterns } from './hostile-patterns.ts';

const HOSTILE_CHARACTERS = 1_024;
const MOST_HOSTILE_MS = 5;
/** The first runs are slower, until V8 has compiled the matcher. */
const LEAST_RUNS = 25;

/** What people write as rules: words, alternatives, counted digits, anchors. */
const WORDS = [
  'invoice',
  'payment',
  'refund',
  'order',
  'report',
  'meeting',
  'sign-in',
  'password',
  'delivery',
  'contract',
];
const PATTERNS = WORDS.flatMap((word) => [
  String.raw`\b${word}s?\b`,
  `^(?:re|fwd?): .*${word}`,
  String.raw`(?:your|new|failed) ${word}.*#?\d{3,}$`,
]);

/** The rules of a mailbox in one pass against one JavaScript RegExp a rule, and the slowest rule that is accepted. */
export async function benchRules(
  { mails, runs }: BenchOptions,
  print: (text: string) => void,
): Promise<readonly Bar[]> {
  const subjects = subjectsOf(mails);
  const inOnePass = patternSet(PATTERNS);
  const regExps = PATTERNS.map((pattern) => new RegExp(pattern, 'iu'));
  const byRegExp = (subject: string) => regExps.flatMap((regExp, index) => (regExp.test(subject) ? [index] : []));
  refuseOtherMatches(subjects, inOnePass, byRegExp);

  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    ours.push(msOf(() => subjects.map(inOnePass)));
    theirs.push(msOf(() => subjects.map(byRegExp)));
  }
  print(
    table(
      [`${PATTERNS.length} rules, ${figure(subjects.length)} subjects`, 'ms'],
      [
        ["Rollcall's rules, RE2 in one pass", spread(ours, 1)],
        [`${PATTERNS.length} JavaScript RegExp tests a subject`, spread(theirs, 1)],
      ],
    ),
  );
  const hostile = hostileRows(runs);
  print(
    `\n${table(
      ['hostile pattern, at the most that is accepted', 'subject', 'ms'],
      hostile.map(({ row }) => row),
    )}`,
  );

  const ratios = theirs.map((ms, run) => ms / (ours[run] ?? Number.NaN));
  const slowest = Math.max(...hostile.map(({ ms }) => ms));
  return [
    { what: 'rules against RegExp tests', reached: `${spread(ratios, 2)} ×`, asked: '≥ 1 ×', met: median(ratios) >= 1 },
    {
      what: `slowest accepted rule, subject of ${figure(HOSTILE_CHARACTERS)} characters`,
      reached: `${figure(slowest, 2)} ms`,
      asked: `≤ ${MOST_HOSTILE_MS} ms`,
      met: slowest <= MOST_HOSTILE_MS,
    },
  ];
}

function subjectsOf(mails: number): string[] {
  const random = seededRandom(1);
  return Array.from({ length: mails }, (_, number) => `${random.oneOf(random.oneOf(LANGUAGES).subjects)} ${number}`);
}

/** The bench would be worth nothing if the two did not do the same. */
function refuseOtherMatches(
  subjects: readonly string[],
  inOnePass: (text: string) => readonly number[],
  byRegExp: (text: string) => readonly number[],
): void {
  for (const subject of subjects)
    assert.deepEqual(
      [...inOnePass(subject)].sort((a, b) => a - b),
      byRegExp(subject),
      subject,
    );
}

function hostileRows(runs: number): { ms: number; row: string[] }[] {
  return largestAcceptedPatterns().map(({ pattern, piece }) => {
    const match = patternSet([pattern]);
    const subject = piece.repeat(HOSTILE_CHARACTERS / piece.length);
    const times = Array.from({ length: Math.max(runs, LEAST_RUNS) }, () => msOf(() => match(subject)));
    const shown = pattern.length > 60 ? `${pattern.slice(0, 60)}…` : pattern;
    return {
      ms: median(times),
      row: [shown, `${piece} × ${Math.floor(HOSTILE_CHARACTERS / piece.length)}`, spread(times, 2)],
    };
  });
}

function msOf(work: () => unknown): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
