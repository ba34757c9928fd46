import type { PlannedEvent } from '../plan.ts';
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
    .filter(({ title }) => Object.values(DIFFERENCES).some((pattern) => pattern.test(title)))
    .map(({ title }) => ({ promise: 'P5', what: `nothing was lost, and ${invocation.id} says: ${title}` }));
}

/**
 * Of two polls of one mailbox at once, one may have taken in what the other counts. Where polls also begin again, by new
 * uids or a rescan, nothing says which of them it was.
 */
function arePollsTwinned(events: readonly PlannedEvent[]): boolean {
  return (
    events.some(({ kind }) => kind === 'uids change' || kind === 'person rescans') &&
    events.some((event) => event.kind === 'function runs besides' && event.function === 'poll')
  );
}
