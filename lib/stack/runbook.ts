import { readFileSync } from 'node:fs';

/** The sections of the runbook, one per kind of alarm. */
export type RunbookHeading =
  | 'Alerts are dead letters'
  | 'Alerts wait too long'
  | 'Posters fail'
  | 'A route is dead'
  | 'A mailbox is not polled'
  | 'The digest was not sent'
  | 'A scheduled run failed'
  | 'The audit found something';

/** The parts of each section. */
const PARTS = ['Description', 'Investigation', 'Resolution'];

/** Relative to the root of the project. */
const RUNBOOK = 'lib/RUNBOOK.md';

/** The headings that the runbook lacks for these sections, exactly as they must be written. */
export function missingFromRunbook(sections: readonly RunbookHeading[]): string[] {
  const written = readFileSync(new URL(`../../${RUNBOOK}`, import.meta.url), 'utf8').split(/^(?=## )/m);
  return sections.flatMap((section) => {
    const text = written.find((candidate) => candidate.startsWith(`## ${section}\n`));
    if (text === undefined) return [`"## ${section}"`];
    return PARTS.filter((part) => !new RegExp(`^### ${part}$`, 'm').test(text)).map(
      (part) => `"### ${part}" in "## ${section}"`,
    );
  });
}

/** Where the reader of an alarm finds what to do: the anchor that Markdown renderers derive from a heading. */
export function linkTo(heading: RunbookHeading): string {
  return `${RUNBOOK}#${heading.toLowerCase().replaceAll(' ', '-')}`;
}
