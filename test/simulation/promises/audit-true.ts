import { findingsOf } from '../../../functions/core/digest/attention/items.ts';
import { CLOCK_TOLERANCE_MS } from '../../../functions/core/time.ts';
import type { PlannedEvent } from '../plan.ts';
import type { SimulatedMail } from '../simulated-mail.ts';
import type { MailboxName } from '../simulated-settings.ts';
import type { Broken } from './broken.ts';
import type { View } from './view.ts';

/**
 * P6: the figures of the last audit are those of the mailbox: all mail that has to be accounted for is in them, nothing
 * that is not there, and each is accounted for. No digest tells of mail brought back that was never missing.
 */
export function auditTrue(view: View): Broken[] {
  if (!view.plan.hasAudits) return [];
  return [...figuresTrue(view), ...nothingInvented(view), ...noFalseAlarm(view)];
}

/** The ledger loses nothing, and the spool only where somebody sees to it; nor does anyone else move a watermark. */
const CAUSES: readonly PlannedEvent['kind'][] = ['segment is lost', 'spool line is damaged', 'watermark jumps'];

/** A difference that is none would teach its reader to look away. */
function noFalseAlarm({ plan, told }: View): Broken[] {
  if (plan.events.some(({ kind }) => CAUSES.includes(kind))) return [];
  return told.flatMap(({ attention, invocation }) =>
    findingsOf(attention, 'audit differs').map((finding) => ({
      promise: 'P6' as const,
      what: `nothing was lost, and ${invocation.id} says: ${JSON.stringify(finding)}`,
    })),
  );
}

/** What polls may pass, so that an audit brings it back. */
const LEAVES_TO_AUDIT: readonly PlannedEvent['kind'][] = [
  'watermark jumps',
  'uids change',
  'uids are reused',
  'mail is withheld',
  'mail is visible late',
  'listing is capped',
];

/** As long as uids mean what they meant and nobody moves a watermark, polls miss nothing that an audit could bring back. */
function nothingInvented({ plan, told, mails, watermarkStarts }: View): Broken[] {
  if (plan.events.some(({ kind }) => LEAVES_TO_AUDIT.includes(kind))) return [];
  // The clocks of a server and of Lambda may differ, so what came in that very minute counts as new where polls begin again.
  const isOfThatMinute = ({ mailbox, receivedAtMs }: SimulatedMail['stays'][number]) =>
    watermarkStarts.some(
      (start) =>
        start.mailbox === mailbox && receivedAtMs <= start.atMs && receivedAtMs > start.atMs - CLOCK_TOLERANCE_MS,
    );
  if ([...mails.values()].some(({ stays }) => stays.some(isOfThatMinute))) return [];
  const inventing = told.filter(({ attention }) => attention.some(({ kind }) => kind === 'recovered emails'));
  return inventing.map(({ mail }) => ({
    promise: 'P6',
    what: `nothing was missing, and a digest says "${mail.subject}"`,
  }));
}

function figuresTrue(view: View): Broken[] {
  const last = view.told.at(-1);
  return view.plan.mailboxes.flatMap((mailbox) => {
    const told = last?.health.get(mailbox)?.audit;
    const { surely, possibly } = mailsAtLastAudit(mailbox, view);
    if (told) {
      const { inMailbox, accounted, recovered, left } = told;
      const isTrue = inMailbox >= surely && inMailbox <= possibly;
      if (isTrue && accounted === inMailbox && recovered === 0 && left === 0) return [];
    }
    const what = `of ${surely} to ${possibly} mails of ${mailbox} the last digest's audit counts ${JSON.stringify(told)}`;
    return [{ promise: 'P6', what } as const];
  });
}

function mailsAtLastAudit(mailbox: MailboxName, view: View): { surely: number; possibly: number } {
  const ended = view.invocations.filter((one) => one.mailbox === mailbox && one.ended === 'ended well');
  const audit = ended.findLast((one) => one.function === 'audit');
  if (!audit) return { surely: 0, possibly: 0 };
  const poll = ended.findLast((one) => one.function === 'poll' && one.endedMs < audit.startedMs);
  const count = (stays: SimulatedMail['stays'], from: { beforeMs: number; untilMs: number }) =>
    stays.filter((stay) => stay.mailbox === mailbox && stay.fromMs < from.beforeMs && stay.toMs > from.untilMs).length;
  const mails = [...view.mails.values()];
  return {
    surely: count(mails.flatMap(view.accountedStaysOf), { beforeMs: poll?.startedMs ?? 0, untilMs: audit.endedMs }),
    possibly: count(
      mails.flatMap(({ stays }) => stays),
      { beforeMs: audit.endedMs + 1, untilMs: audit.startedMs - 1 },
    ),
  };
}
