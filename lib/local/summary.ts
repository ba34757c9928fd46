import { styleText } from 'node:util';
import { groupBy } from '../../functions/core/group-by.ts';
import { isSettled, type Totals } from './totals.ts';

/** The totals for a terminal: one line per route, the sums, and anything that is wrong. */
export function summaryOf(totals: Totals): string {
  const { mails, audit, digest, posts, unaccounted } = totals;
  const routes = [...groupBy(mails, ({ route }) => route)].map(([route, of]) => ({
    route,
    mails: of.length,
    settled: of.filter(({ state }) => state === 'settled').length,
    dead: of.filter(({ state }) => state === 'dead').length,
  }));
  const troubles = [...unaccounted, ...reasonsOf(mails)];
  return [
    '',
    styleText('bold', 'Roll call'),
    ...routes.map(({ route, mails: count, settled, dead }) => {
      const waiting = count - settled - dead;
      const fates = [
        `${settled} settled`,
        ...(waiting ? [`${waiting} waiting`] : []),
        ...(dead ? [`${dead} dead letters`] : []),
      ];
      return `  ${route.padEnd(12)}${String(count).padStart(6)}  ${fates.join(', ')}`;
    }),
    `  ${'audit'.padEnd(12)}${String(audit.inMailbox).padStart(6)}  ${audit.accounted} accounted for, ${audit.recovered} recovered`,
    `  ${posts.length} posts · digest: ${digest.subject ?? 'not sent'}`,
    ...troubles.map((trouble) => styleText('red', `  ! ${trouble}`)),
    isSettled(totals)
      ? styleText('green', '  Every email is accounted for.')
      : styleText('red', '  Not every email is settled; see above.'),
    '',
  ].join('\n');
}

/** Each reason once, with the number of its emails. */
function reasonsOf(mails: Totals['mails']): string[] {
  const open = mails.filter(({ state }) => state !== 'settled');
  const byReason = groupBy(
    open,
    ({ route, state, failure }) => `${route}: ${state}${failure ? `, ${reasonOf(failure)}` : ''}`,
  );
  return [...byReason].map(([reason, of]) => `${of.length} × ${reason}`);
}

function reasonOf({ status, code, text }: NonNullable<Totals['mails'][number]['failure']>): string {
  const numbers = [status && `HTTP ${status}`, code && `code ${code}`].filter(Boolean).join(', ');
  return numbers ? `${text} [${numbers}]` : text;
}
