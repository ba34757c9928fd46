import type { PlannedEvent } from '../plan.ts';
import type { ReadNeed } from '../read-digest.ts';
import type { SimulatedMail } from '../simulated-mailboxes.ts';
import type { Broken } from './broken.ts';
import type { Told, View } from './view.ts';

/** As a title and as a part of the subject. Of the last one the mailbox is in front. */
const DIFFERENCES = {
  unaccounted: /unaccounted for/,
  uncounted: /in the ledger that no poll has counted/,
  audit: /the last audit (accounts for|left)/,
} as const;
type Kind = keyof typeof DIFFERENCES;

/** P5, P6: where the figures of a digest differ, that needs a person, and is in the subject; where they do not, neither is. */
export function differencesTold(view: View): Broken[] {
  return view.told.flatMap((digest) => [...toldAsFigured(digest), ...noFalseAlarm(digest, view)]);
}

function toldAsFigured(digest: Told): Broken[] {
  const figured = differencesIn(digest);
  return (Object.keys(DIFFERENCES) as Kind[]).flatMap((kind) => {
    const needs = digest.needs.filter(({ title }) => DIFFERENCES[kind].test(title));
    if (needs.length === figured[kind]) return [];
    const what = `${digest.invocation.id} has ${figured[kind]} differences (${kind}), and tells of ${needs.length}`;
    return [{ promise: 'P5', what } as const];
  });
}

function differencesIn({ counts, health }: Told): Record<Kind, number> {
  const rows = [...counts].flatMap(([route, { seen, delivered, undelivered, unknown, recovered }]) =>
    route === 'total' ? [] : [seen - delivered - undelivered - unknown - recovered],
  );
  const audits = [...health.values()].flatMap(({ audit }) => audit ?? []);
  return {
    unaccounted: rows.some((difference) => difference > 0) ? 1 : 0,
    uncounted: rows.some((difference) => difference < 0) ? 1 : 0,
    audit: audits.filter(({ inMailbox, accounted, recovered, left }) => inMailbox !== accounted + recovered || left > 0)
      .length,
  };
}

/** The ledger loses nothing, and the spool only where somebody sees to it; nor does anyone else move a watermark. */
const CAUSES: readonly PlannedEvent['kind'][] = ['segment is lost', 'spool line is damaged', 'watermark jumps'];

/** A difference that is none would teach its reader to look away. */
function noFalseAlarm({ needs, invocation }: Told, view: View): Broken[] {
  const { events } = view.plan;
  if (events.some(({ kind }) => CAUSES.includes(kind)) || arePollsTwinned(events)) return [];
  return needs
    .filter(
      (need) => Object.values(DIFFERENCES).some((pattern) => pattern.test(need.title)) && !isOfFailedPoll(need, view),
    )
    .map(({ title }) => ({ promise: 'P5', what: `nothing was lost, and ${invocation.id} says: ${title}` }));
}

/** Of two polls of one mailbox at once, one may have taken in what the other counts; new uids then hide which of them it was. */
function arePollsTwinned(events: readonly PlannedEvent[]): boolean {
  return (
    events.some(({ kind }) => kind === 'uids change') &&
    events.some((event) => event.kind === 'function runs besides' && event.function === 'poll')
  );
}

/** That a poll has not counted an email which it took in before it failed, and which the next one did not find there. */
export function isOfFailedPoll({ title }: ReadNeed, view: View): boolean {
  return DIFFERENCES.uncounted.test(title) && [...view.mails.values()].some((mail) => isGoneAfterFailure(mail, view));
}

/** A poll may have taken it in and failed then, and it was gone from there before the next one could count it. */
function isGoneAfterFailure({ stays }: SimulatedMail, view: View): boolean {
  return stays.some(
    ({ mailbox, fromMs, toMs }) =>
      Number.isFinite(toMs) &&
      view
        .pollsOf(mailbox)
        .some(({ ended, startedMs, endedMs }) => ended !== 'ended well' && startedMs < toMs && endedMs > fromMs),
  );
}
