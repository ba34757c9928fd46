import { COUNT_COLUMNS, type RouteCounts } from '../counts.ts';
import type { SummaryView } from './page.ts';
import { style } from './style.ts';
import { figure } from './words.ts';

/** Where the emails went, one row per route. */
export function Counts({ accounts: { period, routes, total, sum, audits } }: { accounts: SummaryView['accounts'] }) {
  return (
    <>
      <p class="quiet" style={style.note}>
        {period}
      </p>
      <table cellPadding="0" cellSpacing="0" style={style.table}>
        <tr>
          <td />
          {COUNT_COLUMNS.map((column) => (
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
      <p class="quiet" style={style.note}>
        {sum}
      </p>
      {audits.map((audit) => (
        <p class="quiet" style={style.note}>
          {audit}
        </p>
      ))}
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
      {COUNT_COLUMNS.map((column) => {
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

function kindOf(column: (typeof COUNT_COLUMNS)[number], count: number): 'figure' | 'none' | 'alarm' {
  if (count === 0) return 'none';
  return column === 'recovered' ? 'alarm' : 'figure';
}
