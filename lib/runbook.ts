import { readFileSync } from 'node:fs';

/** The headings of the runbook in the README, one for each kind of alarm. */
export type RunbookHeading =
  | 'Alerts are dead letters'
  | 'Alerts wait too long'
  | 'Posters fail'
  | 'A route is dead'
  | 'A mailbox is not polled'
  | 'The digest was not sent'
  | 'A scheduled run failed'
  | 'The audit found something';

const README = new URL('../README.md', import.meta.url);

/** Tells which of these headings the runbook does not have. */
export function missingHeadings(headings: readonly RunbookHeading[]): RunbookHeading[] {
  const [, runbook = ''] = readFileSync(README, 'utf8').split(/^## Runbook$/m);
  const [chapter = ''] = runbook.split(/^## /m);
  const written = new Set([...chapter.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading));
  return headings.filter((heading) => !written.has(heading));
}

/** Where an alarm's reader finds what to do: the anchor that a Markdown reader makes of a heading. */
export function linkTo(heading: RunbookHeading): string {
  return `README.md#${heading.toLowerCase().replaceAll(' ', '-')}`;
}
