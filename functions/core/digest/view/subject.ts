import { UNKNOWN_ROUTE } from '../../ledger/ledger-entry.ts';
import { auditDifferenceTitle } from '../attention/audit-differs.ts';
import { beginsAgain, unreadableTitle } from '../attention/need-told.ts';
import type { Need } from '../attention/needs.ts';
import type { Digest } from '../digest.ts';
import { counted, duration, figure, shown, type TimeTeller } from './words.ts';

/** Longer subjects are cut by most mail clients, and RFC 5322 (2.1.1) would have to fold them often. */
const SUBJECT_CHARACTERS = 150;

const TROUBLES_NAMED = 2;

/** The subject alone tells whether anything is wrong: `Rollcall: ⚠ …` if so, what came and went if not. */
export function subjectOf(digest: Digest, tell: TimeTeller): string {
  const troubles = troublesOf(digest, tell);
  const more = troubles.length - TROUBLES_NAMED;
  const summary =
    troubles.length > 0
      ? `⚠ ${troubles.slice(0, TROUBLES_NAMED).join(' · ')}${more > 0 ? ` · ${more} more` : ''}`
      : newsOf(digest);
  return shown(`Rollcall: ${summary}`, SUBJECT_CHARACTERS);
}

/** What came since the last digest, where nothing is wrong; or what a continuation carries. */
export function newsOf({ unknown, standing }: Digest): string {
  const mails = unknown.carried.length;
  if (!standing) return `${figure(mails)} more unknown`;
  const { accounts, alertsOnTheirWay } = standing;
  const news = mails > 0 ? [`${figure(mails)} unknown`] : [];
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

function troublesOf({ at, needs }: Digest, tell: TimeTeller): string[] {
  const undelivered = needs.filter((need) => need.kind === 'alerts undelivered');
  const named = new Set(undelivered.map(({ route }) => route));
  const others = needs
    .filter((need) => need.kind !== 'alerts undelivered')
    // Its undelivered alerts say as much.
    .filter((need) => need.kind !== 'route dead' || !named.has(need.route));
  return [
    ...(undelivered.length > 0 ? [undeliveredAlerts(undelivered, at)] : []),
    ...new Set(others.map((need) => troubleOf(need, tell))),
  ];
}

function undeliveredAlerts(groups: readonly Extract<Need, { kind: 'alerts undelivered' }>[], at: Date): string {
  const alerts = groups.flatMap((group) => group.alerts);
  const oldest = Math.min(...alerts.map(({ acceptedAt }) => acceptedAt.getTime()));
  const age = duration(at.getTime() - oldest);
  const reasons = groups.map(({ route, reason }) => `${route}: ${reason}`).join('; ');
  return `${counted(alerts.length, 'alert')} undelivered${age ? ` for ${age}` : ''} (${reasons})`;
}

function troubleOf(need: Exclude<Need, { kind: 'alerts undelivered' }>, tell: TimeTeller): string {
  switch (need.kind) {
    case 'route dead':
      return `route ${need.route} has been dead since ${tell(need.check.since)}`;
    case 'alarms unheard':
      return 'alarms reach nobody';
    case 'mailbox not read':
      return need.since
        ? `${need.mailbox} has not been read since ${tell(need.since)}`
        : `${need.mailbox} has never been read`;
    case 'mailbox begins again':
      return beginsAgain(need, tell);
    case 'mail recovered':
      return `the audit brought back ${counted(need.count, 'mail')} of ${need.mailbox}`;
    case 'messages unreadable':
      return unreadableTitle(need, tell);
    case 'dead letters not read':
      return `the dead letters of ${need.route} could not be read`;
    case 'audit overdue':
      return need.since
        ? `${need.mailbox} has not been audited since ${tell(need.since)}`
        : `${need.mailbox} has never been audited`;
    case 'mailbox left the settings':
      return `${need.mailbox} left the settings with ${counted(need.entries.length, 'mail')} open`;
    case 'mail missing from the spool':
      return `${counted(need.entries.length, 'unknown mail')} missing from the spool`;
    case 'spool damaged':
      return 'the spool is damaged';
    case 'audit differs':
      return auditDifferenceTitle(need);
  }
}
