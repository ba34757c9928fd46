import type { LedgerEntry } from '../../records/ledger-entry.ts';
import type { DigestFacts } from '../facts.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import { type EmailView, emailView } from '../view/email-view.ts';
import { clip, type FormatTime, figure } from '../view/words.ts';

/** How a digest that was written at `at` says times. */
export type Words = { at: Date; formatTime: FormatTime };

/** Emails, or quoted texts, of which a digest shows the first few. */
export type Examples = {
  emails?: readonly EmailView[];
  quotes?: readonly string[];
  /** How many there are, shown or not. */
  total: number;
};

/**
 * Everything there is to know of one kind of thing that needs attention. A digest reports it until it ends, in its
 * subject, its text and its HTML, which all derive from here.
 */
export type AttentionKind<Finding> = {
  find(facts: DigestFacts): readonly Finding[];
  title(finding: Finding, words: Words): string;
  /** What is known of it, and what to do. */
  details(finding: Finding, words: Words): readonly string[];
  examples?(finding: Finding, words: Words): Examples;
  /** Of all findings together, as parts of the subject; by default their titles. */
  inSubject?(findings: readonly Finding[], words: Words): readonly string[];
};

/** Has the compiler infer what a kind finds. */
export function attentionKind<Finding>(kind: AttentionKind<Finding>): AttentionKind<Finding> {
  return kind;
}

/** A finding, ready to be laid out. Its texts can be shown, but are not escaped for any format. */
export type AttentionView = {
  title: string;
  details: readonly string[];
  emails: readonly EmailView[];
  /** Text as it was found, to be shown as such. */
  quotes: readonly string[];
  /** What was left out of emails or quotes. */
  more: string | undefined;
};

const TITLE_CHARACTERS = 250;
const DETAIL_CHARACTERS = 900;

/** Puts a finding into words that can be shown: servers, and whoever named a folder or a route, had a say in them. */
export function attentionView<Finding>(
  { title, details, examples }: AttentionKind<Finding>,
  finding: Finding,
  words: Words,
): AttentionView {
  const { emails = [], quotes = [], total } = examples?.(finding, words) ?? { total: 0 };
  const left = total - emails.length - quotes.length;
  return {
    title: clip(title(finding, words), TITLE_CHARACTERS),
    details: details(finding, words).map((detail) => clip(detail, DETAIL_CHARACTERS)),
    emails,
    quotes,
    more: left > 0 ? `and ${figure(left)} more` : undefined,
  };
}

/** The first few of these emails. */
export function emailExamples(
  entries: readonly LedgerEntry[],
  { formatTime }: Words,
  note: (entry: LedgerEntry) => string | undefined = () => undefined,
): Examples {
  const emails = entries
    .slice(0, EXAMPLES_SHOWN)
    .map((entry) => emailView(entry.record, formatTime, { note: note(entry) }));
  return { emails, total: entries.length };
}

export function placeOf({ location: { mailbox, uid } }: LedgerEntry): string {
  return `${mailbox}, uid ${uid}`;
}

/** Where an email is, and what has become of it. */
export function fateOf(entry: LedgerEntry): string {
  return `${placeOf(entry)}, ${entry.route}: ${FATES[entry.state]}`;
}

const FATES: Readonly<Record<LedgerEntry['state'], string>> = {
  accepted: 'on its way',
  dispatched: 'on its way',
  dead: 'dead letter',
  settled: 'delivered since',
};
