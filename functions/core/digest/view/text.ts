import type { AttentionView } from '../attention/attention-kind.ts';
import { COUNT_COLUMNS, type RouteCounts } from '../counts.ts';
import type { EmailView } from './email-view.ts';
import type { DigestPage, SummaryView } from './page.ts';
import { figure } from './words.ts';

/** A digest as plain text, equivalent to its HTML: same parts, same order, same words. */
export function digestText(page: DigestPage): string {
  const { headline, dateline, attention, unknown, summary } = page;
  return [
    headline,
    dateline,
    ...(attention.length > 0 ? section('NEEDS ATTENTION', attention.map(attentionText)) : []),
    ...section('UNKNOWN EMAIL', [...unknown.notes, ...unknown.groups.map(groupText)]),
    ...(summary ? summaryText(summary) : []),
    '',
  ].join('\n');
}

function summaryText({ accounts, health }: SummaryView): string[] {
  return [
    ...section('EMAILS RECEIVED', [accounts.period, countsText(accounts), accounts.sum, accounts.audits.join('\n')]),
    ...section(
      'HEALTH',
      health.map(({ mailbox, facts }) => [mailbox, ...facts.map(indented)].join('\n')),
    ),
  ];
}

function section(title: string, paragraphs: readonly string[]): string[] {
  return ['', '', title, '='.repeat(title.length), '', paragraphs.join('\n\n')];
}

function attentionText({ title, details, emails, quotes, more }: AttentionView): string {
  return [
    `! ${title}`,
    ...details.map(indented),
    ...emails.map(emailText),
    ...quotes.map(indented),
    ...optional(more),
  ].join('\n');
}

function groupText({ domain, count, emails, more }: DigestPage['unknown']['groups'][number]): string {
  return [count ? `${domain} (${count})` : domain, ...emails.map(emailText), ...optional(more)].join('\n');
}

function emailText({ subject, from, date, snippet, note, mark, link }: EmailView): string {
  const about = [`${date} · ${from}`, snippet, note && `(${note})`, link].flatMap(optional);
  return [`- ${mark ? `[${mark.toUpperCase()}] ` : ''}${subject}`, ...about].map(indented).join('\n');
}

function optional(text: string | undefined): string[] {
  return text ? [indented(text)] : [];
}

function indented(text: string): string {
  return `  ${text}`;
}

function countsText({ routes, total }: SummaryView['accounts']): string {
  const names = [...routes, total].map(({ route }) => route.length);
  const width = Math.max(...names) + 2;
  const row = (counts: RouteCounts) =>
    counts.route.padEnd(width) +
    COUNT_COLUMNS.map((column) => figure(counts[column]).padStart(column.length + 2)).join('');
  const head = ' '.repeat(width) + COUNT_COLUMNS.map((column) => `  ${column}`).join('');
  return [head, ...[...routes, total].map(row)].join('\n');
}
