import { UNKNOWN_ROUTE } from '../../records/ledger-entry.ts';
import { subjectPartsOf } from '../attention/items.ts';
import type { Digest } from '../digest.ts';
import { clip, counted, type FormatTime, figure } from './words.ts';

/** Most mail clients cut longer subjects, and RFC 5322 (2.1.1) would require folding them often. */
const SUBJECT_CHARACTERS = 150;

const ITEMS_NAMED = 2;

/** The subject alone shows whether anything is wrong: `Rollcall: ⚠ …` if so, otherwise what was received and sent. */
export function subjectOf(digest: Digest, formatTime: FormatTime): string {
  const parts = subjectPartsOf(digest.attention, { at: digest.at, formatTime });
  const more = parts.length - ITEMS_NAMED;
  const text =
    parts.length > 0
      ? `⚠ ${parts.slice(0, ITEMS_NAMED).join(' · ')}${more > 0 ? ` · ${more} more` : ''}`
      : newsOf(digest);
  return clip(`Rollcall: ${text}`, SUBJECT_CHARACTERS);
}

/** What was received since the last digest, if nothing is wrong; or what a continuation carries. */
export function newsOf({ unknown, summary }: Digest): string {
  const emails = unknown.carried.length;
  if (!summary) return `${figure(emails)} more unknown`;
  const { accounts, alertsOnTheirWay } = summary;
  const news = emails > 0 ? [`${figure(emails)} unknown`] : [];
  const alerts = accounts.routes.filter(({ route }) => route !== UNKNOWN_ROUTE);
  const received = alerts.reduce((sum, counts) => sum + counts.received, 0);
  const delivered = alerts.reduce((sum, counts) => sum + counts.delivered, 0);
  if (received > 0) news.push(deliveries(received, delivered, alertsOnTheirWay));
  else if (alertsOnTheirWay > 0) news.push(`${counted(alertsOnTheirWay, 'alert')} on the way`);
  return news.join(' · ') || 'nothing new';
}

function deliveries(alerts: number, delivered: number, onTheirWay: number): string {
  if (delivered === alerts && onTheirWay === 0)
    return alerts === 1 ? '1 alert delivered' : `all ${figure(alerts)} alerts delivered`;
  const rest = onTheirWay > 0 ? `, ${figure(onTheirWay)} on the way` : '';
  return `${figure(delivered)} of ${counted(alerts, 'alert')} delivered${rest}`;
}
