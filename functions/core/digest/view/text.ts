import type { RouteCounts } from '../accounts.ts';
import type { NeedTold } from '../attention/need-told.ts';
import type { MailTold } from './email-view.ts';
import type { DigestPage, StandingTold } from './page.ts';
import { figure } from './words.ts';

/** A digest as plain text, the twin of its HTML: same parts, same order, same words. */
export function digestText(page: DigestPage): string {
  const { headline, dateline, needs, unknown, standing } = page;
  return [
    headline,
    dateline,
    ...(needs.length > 0 ? section('NEEDS YOU', needs.map(needText)) : []),
    ...section('UNKNOWN MAIL', [...unknown.notes, ...unknown.groups.map(groupText)]),
    ...(standing ? standingText(standing) : []),
    '',
  ].join('\n');
}

function standingText({ accounts, health }: StandingTold): string[] {
  return [
    ...section('EMAILS RECEIVED', [accounts.period, countsText(accounts), accounts.sum]),
    ...section(
      'HEALTH',
      health.map(({ mailbox, facts }) => [mailbox, ...facts.map(indented)].join('\n')),
    ),
  ];
}

function section(title: string, paragraphs: readonly string[]): string[] {
  return ['', '', title, '='.repeat(title.length), '', paragraphs.join('\n\n')];
}

function needText({ title, details, mails, quotes, more }: NeedTold): string {
  return [`! ${title}`, ...details.map(indented), ...mails.map(mailText), ...quotes.map(indented), ...told(more)].join(
    '\n',
  );
}

function groupText({ domain, count, mails, more }: DigestPage['unknown']['groups'][number]): string {
  return [count ? `${domain} (${count})` : domain, ...mails.map(mailText), ...told(more)].join('\n');
}

function mailText({ subject, from, date, snippet, note, mark, link }: MailTold): string {
  const about = [`${date} · ${from}`, snippet, note && `(${note})`, link].flatMap(told);
  return [`- ${mark ? `[${mark.toUpperCase()}] ` : ''}${subject}`, ...about].map(indented).join('\n');
}

function told(text: string | undefined): string[] {
  return text ? [indented(text)] : [];
}

function indented(text: string): string {
  return `  ${text}`;
}

const COLUMNS = ['received', 'delivered', 'undelivered', 'unknown', 'recovered', 'open'] as const;

function countsText({ routes, total }: StandingTold['accounts']): string {
  const names = [...routes, total].map(({ route }) => route.length);
  const width = Math.max(...names) + 2;
  const row = (counts: RouteCounts) =>
    counts.route.padEnd(width) + COLUMNS.map((column) => figure(counts[column]).padStart(column.length + 2)).join('');
  const head = ' '.repeat(width) + COLUMNS.map((column) => `  ${column}`).join('');
  return [head, ...[...routes, total].map(row)].join('\n');
}
