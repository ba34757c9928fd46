import type { DeliveryFailure } from '../../records/delivery-failure.ts';
import type { TargetCheck } from '../../records/target-check.ts';
import { clip } from '../view/words.ts';
import { routesWithUndelivered } from './alerts.ts';
import { attentionKind, type Words } from './attention-kind.ts';

type FailedCheck = TargetCheck & { failure: DeliveryFailure };

/** Its target cannot receive messages, whether or not an email is waiting. */
export type DeadRoute = {
  route: string;
  check: FailedCheck;
  reason: string;
  /** The route's undelivered alerts report the same. */
  hasUndelivered: boolean;
};

export const deadRoute = attentionKind<DeadRoute>({
  find(facts) {
    const undelivered = routesWithUndelivered(facts);
    const deadRouteOf = (route: string, check: FailedCheck): DeadRoute => ({
      route,
      check,
      reason: facts.failureName(check.failure),
      hasUndelivered: undelivered.has(route),
    });
    return [...facts.routeChecks].flatMap(([route, check]) =>
      check.state === 'dead' ? [deadRouteOf(route, check)] : [],
    );
  },
  title: titleOfDeadRoute,
  details: ({ check: { checkedAt, failure } }, { formatTime }) => [
    clip(failure.text, 500),
    `Last checked ${formatTime(checkedAt)}. Its emails wait in the ledger until the route answers again.`,
  ],
  inSubject: (findings, words) =>
    findings.filter(({ hasUndelivered }) => !hasUndelivered).map((finding) => titleOfDeadRoute(finding, words)),
});

function titleOfDeadRoute({ route, check: { since }, reason }: DeadRoute, { formatTime }: Words): string {
  return `Route ${route} has been dead since ${formatTime(since)}: ${reason}`;
}

/** While this lasts, only the next digest reports failures. */
export type ClosedAlarmPath = { check: FailedCheck };

export const closedAlarmPath = attentionKind<ClosedAlarmPath>({
  find: ({ alarmPath }) => (alarmPath?.state === 'dead' ? [{ check: alarmPath }] : []),
  title: ({ check: { since } }, { formatTime }) => `Alarms have reached nobody since ${formatTime(since)}`,
  details: ({ check: { checkedAt, failure } }, { formatTime }) => [
    clip(failure.text, 500),
    `Last checked ${formatTime(checkedAt)}.`,
  ],
});
