import type { Observed, ObservedInvocation } from '../observed.ts';
import { DAY_MS, type PlannedEvent } from '../plan.ts';
import type { SimulatedMail } from '../simulated-mail.ts';
import type { MailboxName } from '../simulated-settings.ts';
import { type Accounting, firstEnd } from './accounting.ts';

/** Once its uids are void, a poll reads a mailbox again from so long before the last complete poll. */
const RESCAN_MARGIN_MS = 2 * DAY_MS;

type Stay = SimulatedMail['stays'][number];
type Window = { fromMs: number; toMs: number };
type Ended = ReadonlyMap<MailboxName, readonly ObservedInvocation[]>;

export type Known = {
  /** By when an email was surely read, with all that identifies it. */
  readMs(mail: SimulatedMail): number;
  /** The same, where its place is enough: an email that the server withholds is reported by that. */
  placedMs(mail: SimulatedMail): number;
};

/** When emails were known, by what their servers did and by the polls and audits that succeeded. */
export function knownOf(
  { plan }: Pick<Observed, 'plan'>,
  { staysOf, isNumberedAnew }: Accounting,
  { goodPolls, goodAudits }: { goodPolls: Ended; goodAudits: Ended },
): Known {
  const { events, healsAtMs } = plan;

  function firstKnown(mail: SimulatedMail, withheld: readonly Window[]): number {
    const times = staysOf(mail).map((stay) => {
      const polledMs = firstEnd(goodPolls.get(stay.mailbox), stay.fromMs, stay.toMs);
      const unread = [...withheld, ...unlisted(mail, stay)]
        .map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, healsAtMs) }))
        .filter(({ fromMs, toMs }) => fromMs <= polledMs && toMs >= stay.fromMs);
      // What the poll did not read is below the watermark by then.
      const isPassedBy =
        isJumped(stay) ||
        isUidReused(stay, polledMs) ||
        unread.length > 0 ||
        (isNumberedAnew(stay) && stay.receivedAtMs < polledMs - RESCAN_MARGIN_MS);
      const fromMs = Math.max(polledMs, ...unread.map(({ toMs }) => toMs));
      return isPassedBy ? firstEnd(goodAudits.get(stay.mailbox), fromMs, stay.toMs) : polledMs;
    });
    return Math.min(...times, Number.POSITIVE_INFINITY);
  }

  /** A watermark that somebody moved may be above it, so that only an audit surely finds it. */
  function isJumped({ mailbox, fromMs }: Stay): boolean {
    return events.some(
      (event) =>
        event.kind === 'watermark jumps' &&
        event.mailbox === mailbox &&
        !goodPolls.get(mailbox)?.some(({ startedMs, endedMs }) => startedMs > fromMs && endedMs < event.atMs),
    );
  }

  /** It may have the uid of an email that polls have read, and UIDNEXT may be where it was. */
  function isUidReused({ mailbox, toMs }: Stay, polledMs: number): boolean {
    return events.some(
      (event) =>
        event.kind === 'uids are reused' && event.mailbox === mailbox && event.atMs <= Math.min(toMs, polledMs),
    );
  }

  /** Polls that ran then may have passed it. */
  function unlisted({ token }: SimulatedMail, { mailbox }: Stay): Window[] {
    return events.flatMap((event) => {
      const isIt =
        (event.kind === 'mail is visible late' && event.mail.token === token) ||
        (event.kind === 'listing is capped' && event.mailbox === mailbox);
      return isIt ? [event] : [];
    });
  }

  const memo = new Map<number, { readMs: number; placedMs: number }>();
  function known(mail: SimulatedMail) {
    const before = memo.get(mail.token);
    if (before) return before;
    const withheld = withheldWindows(events, mail);
    const placedMs = firstKnown(mail, []);
    const now = { placedMs, readMs: withheld.length > 0 ? firstKnown(mail, withheld) : placedMs };
    memo.set(mail.token, now);
    return now;
  }

  return { readMs: (mail) => known(mail).readMs, placedMs: (mail) => known(mail).placedMs };
}

export function withheldWindows(events: readonly PlannedEvent[], { token }: SimulatedMail): Window[] {
  return events.flatMap((event) => (event.kind === 'mail is withheld' && event.token === token ? [event] : []));
}
