import type { Observed, ObservedInvocation } from '../observed.ts';
import { DAY_MS, type PlannedEvent } from '../plan.ts';
import type { SimulatedMail } from '../simulated-mail.ts';
import { type MailboxName, NEW_NAMES } from '../simulated-settings.ts';

type Stay = SimulatedMail['stays'][number];
type GoodPolls = ReadonlyMap<MailboxName, readonly ObservedInvocation[]>;

export type Accounting = {
  /** Of a mail, the stays in mailboxes that are polled, as far as accounting reaches back there. */
  staysOf(mail: SimulatedMail): SimulatedMail['stays'];
  isNumberedAnew(stay: Stay): boolean;
  /** Some email of the mailbox surely was in the ledger by then. */
  isInLedger(mailbox: MailboxName, byMs: number): boolean;
};

const PASSED_BY_POLLS: ReadonlySet<PlannedEvent['kind']> = new Set([
  'watermark jumps',
  'uids are reused',
  'listing is capped',
  'mail is visible late',
]);

export function accountingOf(
  { plan, mails, watermarkStarts }: Pick<Observed, 'plan' | 'mails' | 'watermarkStarts'>,
  goodPolls: GoodPolls,
): Accounting {
  const { startFrom } = plan;
  const baselines = new Map(plan.mailboxes.map((mailbox) => [mailbox, baselineMs(mailbox)]));

  /** Once for each time that a mailbox had no watermark. */
  function createdMs(mailbox: MailboxName): number[] {
    return watermarkStarts.flatMap((start) =>
      start.mailbox === mailbox && start.kind === 'created' ? [start.atMs] : [],
    );
  }

  /**
   * When accounting began: with the first watermark. One that is lost is resumed from the ledger; where the ledger has
   * nothing of the mailbox either, nothing tells it from a new one.
   */
  function baselineMs(mailbox: MailboxName): number | undefined {
    const [first, ...again] = createdMs(mailbox);
    if (first === undefined) return undefined;
    return again.reduce((beganMs, atMs) => (isTaken(mailbox, beganMs, atMs) ? beganMs : atMs), first);
  }

  /** Some email that was in no other mailbox, of which the entry could be. */
  function isTaken(mailbox: MailboxName, beganMs: number, byMs: number): boolean {
    return firstTakenMs(mailbox, beganMs, byMs) < byMs;
  }

  function firstTakenMs(mailbox: MailboxName, beganMs: number, byMs: number): number {
    const own = [...mails.values()]
      .map(({ stays }) => stays.filter((stay) => stay.fromMs < byMs))
      .filter((stays) => stays.every((stay) => stay.mailbox === mailbox))
      .flat();
    return Math.min(...own.filter((stay) => isReceivedSince(stay, beganMs)).map((stay) => polledMs(stay, byMs)));
  }

  /** By when accounting surely covers an email whose uid does not say when it came. */
  function arrivalCountsFromMs(mailbox: MailboxName, beganMs: number): number {
    const [, again] = createdMs(mailbox).filter((atMs) => atMs >= beganMs);
    if (again === undefined) return beganMs;
    // The ledger does not know the baseline, only when its first email was taken in; it came since the poll before that one,
    // where that succeeded. Whole days reach back further than to that poll.
    return Math.max(beganMs, firstTakenMs(mailbox, beganMs, again) - (startFrom === 'now' ? plan.pollEveryMs : 0));
  }

  function isReceivedSince({ receivedAtMs }: Stay, beganMs: number): boolean {
    if (startFrom === 'all') return true;
    return receivedAtMs > (startFrom === 'now' ? beganMs : beganMs - startFrom.days * DAY_MS);
  }

  /** A poll reads nothing that is below a watermark which somebody has moved, nor what it does not see in a listing. */
  function polledMs({ mailbox, fromMs, toMs }: Stay, beforeMs: number): number {
    if (isPassedByPolls(mailbox)) return Number.POSITIVE_INFINITY;
    return firstEnd(goodPolls.get(mailbox), fromMs, Math.min(toMs, beforeMs));
  }

  function isPassedByPolls(mailbox: MailboxName): boolean {
    return plan.events.some(
      (event) => PASSED_BY_POLLS.has(event.kind) && 'mailbox' in event && event.mailbox === mailbox,
    );
  }

  function isMoved(mailbox: MailboxName): boolean {
    return plan.events.some((event) => event.kind === 'watermark jumps' && event.mailbox === mailbox);
  }

  /** Its uid does not say when it came, or soon did not, and UIDVALIDITY says nothing of that. */
  function isUidReused({ mailbox, toMs }: Stay): boolean {
    return plan.events.some(
      (event) => event.kind === 'uids are reused' && event.mailbox === mailbox && event.atMs <= toMs,
    );
  }

  /** To the poll that finds out a renumbering every uid is new, be it of email that was there before or has come since. */
  function isNumberedAnew({ mailbox, uidValidity, sinceMs, fromMs }: Stay): boolean {
    const isFoundOut = watermarkStarts.some(
      (start) => start.mailbox === mailbox && start.uidValidity === uidValidity && start.atMs < sinceMs,
    );
    return fromMs > sinceMs || !isFoundOut;
  }

  /**
   * Whether only the INTERNALDATE tells an email from those that were there before accounting began, because its uid does
   * not say when it came:
   * - The mailbox was renumbered since, or before, and no poll had found that out by then. Moved email keeps its
   *   INTERNALDATE (RFC 3501, 6.4.7, and RFC 6851). That the folder was empty under the old UIDVALIDITY proves nothing: a
   *   bridge that still syncs shows an empty one.
   * - The watermark was lost before a poll had read the email, or the ledger knows the email under another mailbox, or
   *   under the mailbox's former name. It then knows uids of other email only.
   */
  function isUidVoid(stay: Stay, stays: readonly Stay[]): boolean {
    const { mailbox, sinceMs } = stay;
    const [, ...again] = createdMs(mailbox);
    const isElsewhere = (byMs: number) => stays.some((other) => other.mailbox !== mailbox && other.fromMs < byMs);
    const isLost = again.some((atMs) => atMs >= sinceMs && (polledMs(stay, atMs) > atMs || isElsewhere(atMs)));
    const isResumedUnderNewName = watermarkStarts.some(
      (start) =>
        start.kind === 'created' &&
        start.name === NEW_NAMES[mailbox] &&
        again.includes(start.atMs) &&
        start.atMs >= sinceMs,
    );
    return isMoved(mailbox) || isUidReused(stay) || isNumberedAnew(stay) || isLost || isResumedUnderNewName;
  }

  return {
    isNumberedAnew,
    staysOf: ({ stays }) =>
      stays.filter((stay) => {
        const beganMs = baselines.get(stay.mailbox);
        if (beganMs === undefined) return false;
        if (isUidVoid(stay, stays)) return isReceivedSince(stay, arrivalCountsFromMs(stay.mailbox, beganMs));
        return isReceivedSince(stay, beganMs) || stay.sinceMs > beganMs;
      }),
    isInLedger(mailbox, byMs) {
      const beganMs = baselines.get(mailbox);
      return beganMs !== undefined && beganMs < byMs && isTaken(mailbox, beganMs, byMs);
    },
  };
}

/** When the first of these was over that ran within the two times. */
export function firstEnd(invocations: readonly ObservedInvocation[] | undefined, fromMs: number, toMs: number): number {
  const first = invocations?.find(({ startedMs, endedMs }) => startedMs > fromMs && endedMs < toMs);
  return first?.endedMs ?? Number.POSITIVE_INFINITY;
}
