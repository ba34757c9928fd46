import type { LedgerEntry } from '../../records/ledger-entry.ts';
import type { DigestFacts } from '../facts.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import { type EmailView, emailView } from '../view/email-view.ts';
import { clip, type FormatTime, figure } from '../view/words.ts';

/** How a digest written at `at` formats times. */
export type Words = { at: Date; formatTime: FormatTime };

/** Emails or quoted texts, of which a digest shows the first few. */
export type Examples = {
  emails?: readonly EmailView[];
  quotes?: readonly string[];
  /** The total number, shown or not. */
  total: number;
};

/**
 * Everything about one kind of finding that needs attention. A digest reports it until it ends. Subject, text and HTML
 * all derive from here.
 */
export type AttentionKind<Finding> = {
  find(facts: DigestFacts): readonly Finding[];
  title(finding: Finding, words: Words): string;
  /** What is known, and what to do. */
  details(finding: Finding, words: Words): readonly string[];
  examples?(finding: Finding, words: Words): Examples;
  /** The parts of the subject for all findings together; by default their titles. */
  inSubject?(findings: readonly Finding[], words: Words): readonly string[];
};

/** Lets the compiler infer the type of the findings. */
export function attentionKind<Finding>(kind: AttentionKind<Finding>): AttentionKind<Finding> {
  return kind;
}

/** A finding, ready for layout. Its texts are displayable, but not escaped for any format. */
export type AttentionView = {
  title: string;
  details: readonly string[];
  emails: readonly EmailView[];
  /** Text from outside, shown as a quote. */
  quotes: readonly string[];
  /** What was left out of emails or quotes. */
  more: string | undefined;
};

const TITLE_CHARACTERS = 250;
const DETAIL_CHARACTERS = 900;

/** Formats a finding as displayable text: servers, and names of folders and routes, contribute to it. */
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

/** Where an email is, and what happened to it. */
export function fateOf(entry: LedgerEntry): string {
  return `${placeOf(entry)}, ${entry.route}: ${FATES[entry.state]}`;
}

const FATES: Readonly<Record<LedgerEntry['state'], string>> = {
  accepted: 'on its way',
  dispatched: 'on its way',
  dead: 'dead letter',
  settled: 'delivered since',
};
