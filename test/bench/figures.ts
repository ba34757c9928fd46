export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('There is no median of nothing.');
  return (low + high) / 2;
}

/** `7,700 (7,512 to 7,801)`: median, least and most. */
export function spread(values: readonly number[], digits = 0): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${figure(median(values), digits)} (${figure(least, digits)} to ${figure(most, digits)})`;
}

export function figure(value: number, digits = 0): string {
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A bar of the design, as a line of a report. */
export type Bar = { what: string; reached: string; asked: string; met: boolean };

/** Rows under a head, in columns of equal width. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, head.map(() => ''), ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[], filler = ' ') =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('\n');
}

export function barsTable(bars: readonly Bar[]): string {
  const rows = bars.map(({ what, reached, asked, met }) => [what, reached, asked, met ? 'met' : 'NOT MET']);
  return table(['bar', 'reached', 'asked', ''], rows);
}
