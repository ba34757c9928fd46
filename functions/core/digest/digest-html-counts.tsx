import type { RouteCounts } from './digest-accounts.ts';
import type { StandingTold } from './digest-page.ts';
import { style } from './digest-style.ts';
import { figure } from './digest-words.ts';

const COLUMNS = ['seen', 'delivered', 'undelivered', 'unknown', 'recovered', 'open'] as const;

/** Where the mail went, a row a route, and whether that adds up. */
export function Counts({ accounts: { since, routes, total, sum, addsUp } }: { accounts: StandingTold['accounts'] }) {
  return (
    <>
      <p class="quiet" style={style.note}>
        {since}
      </p>
      <table cellPadding="0" cellSpacing="0" style={style.table}>
        <tr>
          <td />
          {COLUMNS.map((column) => (
            <th class="quiet" style={style.head} scope="col">
              {column}
            </th>
          ))}
        </tr>
        {routes.map((counts) => (
          <CountsRow counts={counts} />
        ))}
        <CountsRow counts={total} total />
      </table>
      <p class={addsUp ? 'quiet' : 'alarm'} style={addsUp ? style.note : style.alarmingNote}>
        {sum}
      </p>
    </>
  );
}

function CountsRow({ counts, total = false }: { counts: RouteCounts; total?: boolean }) {
  const line = `;${total ? style.total : style.row}`;
  return (
    <tr>
      <th class="hairline" style={`${style.name}${line}`} scope="row">
        {counts.route}
      </th>
      {COLUMNS.map((column) => {
        const kind = kindOf(column, counts[column]);
        return (
          <td class={`${kind} hairline`} style={`${style[kind]}${line}`}>
            {counts[column] === 0 ? '–' : figure(counts[column])}
          </td>
        );
      })}
    </tr>
  );
}

function kindOf(column: (typeof COLUMNS)[number], count: number): 'figure' | 'none' | 'alarm' {
  if (count === 0) return 'none';
  return column === 'recovered' ? 'alarm' : 'figure';
}
