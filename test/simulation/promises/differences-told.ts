import type { PlannedEvent } from '../plan.ts';
import type { Broken } from './broken.ts';
import type { Told, View } from './view.ts';

/** As a title and as a part of the subject, behind the mailbox. */
const AUDIT_DIFFERS = /the last audit (accounts for|left)/;

/** P6: where mailbox and ledger differ by the last audit, that needs a person; where they do not, nothing says so. */
export function differencesTold(view: View): Broken[] {
  return view.told.flatMap((digest) => [...toldAsFigured(digest), ...noFalseAlarm(digest, view)]);
}

function toldAsFigured({ health, needs, invocation }: Told): Broken[] {
  const audits = [...health.values()].flatMap(({ audit }) => audit ?? []);
  const figured = audits.filter(
    ({ inMailbox, accounted, recovered, left }) => inMailbox !== accounted + recovered || left > 0,
  ).length;
  const told = needs.filter(({ title }) => AUDIT_DIFFERS.test(title)).length;
  if (told === figured) return [];
  return [{ promise: 'P6', what: `${invocation.id} has ${figured} differences, and reports ${told}` }];
}

/** The ledger loses nothing, and the spool only where somebody sees to it; nor does anyone else move a watermark. */
const CAUSES: readonly PlannedEvent['kind'][] = ['segment is lost', 'spool line is damaged', 'watermark jumps'];

/** A difference that is none would teach its reader to look away. */
function noFalseAlarm({ needs, invocation }: Told, { plan }: View): Broken[] {
  if (plan.events.some(({ kind }) => CAUSES.includes(kind))) return [];
  return needs
    .filter(({ title }) => AUDIT_DIFFERS.test(title))
    .map(({ title }) => ({ promise: 'P6', what: `nothing was lost, and ${invocation.id} says: ${title}` }));
}
