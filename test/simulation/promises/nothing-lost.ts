import { UNKNOWN_ROUTE } from '../../../functions/core/records/ledger-entry.ts';
import { tokensOf, undeliveredOf } from '../read-digest.ts';
import type { SimulatedMail } from '../simulated-mail.ts';
import type { RouteId } from '../simulated-settings.ts';
import type { Broken } from './broken.ts';
import type { Told, View } from './view.ts';

/**
 * P1, P2: every mail that was there is shown in its channel or listed in a digest; one whose channel never came back is
 * named by the last digest. P7: and all of that without a command, but where the queue itself, or answers that are not
 * Discord's, made dead letters, whose reason no recovery of a channel can heal.
 */
export function nothingLost(view: View): Broken[] {
  return view.owed.flatMap((mail) => {
    // No audit could read it again, so it stays what the poll has reported: an email that could not be read.
    const isUnread = !Number.isFinite(view.knownMs(mail));
    if (isUnread && view.told.some(({ withheld }) => withheld.has(mail.token))) return [];
    if (mail.route === UNKNOWN_ROUTE) return unknownMail(mail, view);
    return alert(mail, mail.route, view);
  });
}

function unknownMail(mail: SimulatedMail, view: View): Broken[] {
  const { token, seenAs } = mail;
  if (view.told.some(({ unknown }) => unknown.has(seenAs)) || isCopyOfAlert(mail, view)) return [];
  return [{ promise: 'P2', what: `unknown mail ${token} is in no digest` }];
}

/** It differs from an alert in nothing but its verdict, and was not known before that one was there. */
function isCopyOfAlert(mail: SimulatedMail, { mails, owed, knownMs, shownOf }: View): boolean {
  const alerts = shownOf(mail.seenAs).length > 0 ? [...mails.values()] : owed;
  return alerts.some(
    ({ token, seenAs, stays: [first] }) =>
      seenAs === mail.seenAs && token !== mail.token && first !== undefined && knownMs(mail) >= first.fromMs,
  );
}

function alert({ token, seenAs }: SimulatedMail, route: RouteId, view: View): Broken[] {
  const shown = view.shownOf(seenAs);
  const wrong = shown.filter((post) => post.route !== route);
  if (wrong.length > 0) return [{ promise: 'P1', what: `mail ${token} of ${route} is shown in ${wrong[0]?.route}` }];
  if (Number.isFinite(view.removedMs(route))) {
    // Some of its mail is posted before the route goes, and all that is left goes to a digest.
    if (shown.length > 0 || view.told.some(({ unknown }) => unknown.has(seenAs))) return [];
    return [{ promise: 'P2', what: `mail ${token} of ${route}, which was removed, is shown nowhere` }];
  }
  if (isGoneForGood(route, view)) {
    if (shown.length > 0 || namesUndelivered(view.told.at(-1), route, seenAs)) return [];
    return [{ promise: 'P2', what: `mail ${token} of ${route}, whose channel is gone, is not in the last digest` }];
  }
  const [first] = shown;
  if (!first) return [{ promise: 'P1', what: `mail ${token} of ${route} is shown nowhere` }];
  if (first.atMs <= view.silentUntilMs) return [];
  const before = view.told.findLast(({ sentMs }) => sentMs <= view.silentUntilMs);
  if (needsPerson(route, view) && namesUndelivered(before, route, seenAs)) return [];
  return [{ promise: 'P7', what: `mail ${token} of ${route} arrived only after someone redrove the route` }];
}

export function isGoneForGood(route: RouteId, { plan }: View): boolean {
  return plan.events.some((event) => event.kind === 'channel dies' && event.isForGood && event.route === route);
}

/** Dead letters of a kind that only a person can judge. */
function needsPerson(route: RouteId, view: View): boolean {
  const failing = view.windows('Discord fails').filter((event) => event.route === 'all' || event.route === route);
  const isUnreadable = failing.some(({ trouble }) => trouble === 'is a captive portal' || trouble === 'loses answers');
  // It takes about three hours of them, less what else has cost receives by then: limits, time-outs, deaths.
  return view.givenUpByQueue.has(route) || isUnreadable;
}

function namesUndelivered(digest: Told | undefined, route: RouteId, seenAs: number): boolean {
  return digest !== undefined && tokensOf(undeliveredOf(route, digest)).includes(seenAs);
}
