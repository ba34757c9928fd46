import { groupBy } from '../../group-by.ts';
import type { LedgerEntry } from '../../records/ledger-entry.ts';
import type { DigestFacts, FailureName } from '../facts.ts';
import { STALE_ALERT_MS } from '../limits.ts';
import { clip, counted, duration } from '../view/words.ts';
import { attentionKind, emailExamples } from './attention-kind.ts';

/** Alerts of one route that fail for one reason, oldest first; at least one. */
export type UndeliveredAlerts = {
  route: string;
  /** The route was removed from the settings, so nothing delivers them. */
  isRemoved: boolean;
  reason: string;
  alerts: readonly LedgerEntry[];
};

export const undeliveredAlerts = attentionKind<UndeliveredAlerts>({
  find({ at, openAlerts, routes, failureName }) {
    const reasonOf = (alert: LedgerEntry) => reasonIn(alert, failureName);
    const waitTooLong = openAlerts.filter(
      ({ state, acceptedAt, route }) =>
        state === 'dead' || at.getTime() - acceptedAt.getTime() >= STALE_ALERT_MS || !routes.includes(route),
    );
    const groups = groupBy(waitTooLong, (alert) => JSON.stringify([alert.route, reasonOf(alert)]));
    return [...groups.values()].map((alerts) => {
      const [oldest] = alerts;
      const { route } = oldest;
      return { route, isRemoved: !routes.includes(route), reason: reasonOf(oldest), alerts };
    });
  },
  title({ route, reason, alerts }, { at }) {
    return `${counted(alerts.length, 'alert')} for ${route} undelivered${ageOf(alerts, at)}: ${reason}`;
  },
  details({ route, isRemoved, alerts }, { formatTime }) {
    const failure = alerts.findLast(({ lastFailure }) => lastFailure)?.lastFailure;
    return [
      ...(isRemoved
        ? [`The route ${route} was removed from the settings, so nothing delivers them. Restore it and deploy.`]
        : []),
      ...(failure ? [`${clip(failure.text, 500)} (${formatTime(failure.at)})`] : []),
    ];
  },
  examples: ({ alerts }, words) => emailExamples(alerts, words),
  inSubject(findings, { at }) {
    const alerts = findings.flatMap((finding) => finding.alerts);
    if (alerts.length === 0) return [];
    const reasons = findings.map(({ route, reason }) => `${route}: ${reason}`).join('; ');
    return [`${counted(alerts.length, 'alert')} undelivered${ageOf(alerts, at)} (${reasons})`];
  },
});

/** Routes whose alerts wait too long, or are dead. */
export function routesWithUndelivered(facts: DigestFacts): ReadonlySet<string> {
  return new Set(undeliveredAlerts.find(facts).map(({ route }) => route));
}

function ageOf(alerts: readonly LedgerEntry[], at: Date): string {
  const oldestMs = Math.min(...alerts.map(({ acceptedAt }) => acceptedAt.getTime()));
  const age = duration(at.getTime() - oldestMs);
  return age ? ` for ${age}` : '';
}

function reasonIn({ lastFailure }: LedgerEntry, failureName: FailureName): string {
  return lastFailure ? failureName(lastFailure) : 'no post was tried';
}
