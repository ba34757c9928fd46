import type { Observed, ObservedDigest, ObservedInvocation } from '../observed.ts';
import { DAY_MS, isWindow, type PlannedEvent } from '../plan.ts';
import { type ReadDigest, readDigest, tokensIn } from '../read-digest.ts';
import type { SimulatedMail } from '../simulated-mailboxes.ts';
import { CHANNELS, type MailboxName, ROUTE_IDS, type RouteId } from '../simulated-settings.ts';

type Shown = { atMs: number; route: RouteId };
export type Told = ObservedDigest & ReadDigest;

/** What the promises are judged by: mails as their server has them, posts and digests as their readers see them. */
export type View = Observed & {
  /** When and where each mail was shown in Discord, oldest first. */
  shownOf(token: number): readonly Shown[];
  told: readonly Told[];
  pollsOf(mailbox: MailboxName): readonly ObservedInvocation[];
  /** Mail that has to be accounted for. */
  owed: readonly SimulatedMail[];
  /** Its stays in mailboxes that are polled, as far as accounting reaches back there. */
  accountedStaysOf(mail: SimulatedMail): SimulatedMail['stays'];
  /** When the mail was surely known: a poll began and ended well while it was there, under one number. */
  knownMs(mail: SimulatedMail): number;
  /**
   * When a poll had surely counted it: at its first place, before it went to another one, and not below a watermark that
   * somebody moved, since what only audits see is told by the latest report alone. Of a mail in two folders, the poll that
   * took it in counts it, and whether that was this one or the other is not to be seen.
   */
  countedMs(mail: SimulatedMail): number;
  /** When the route left the settings; never, for most. */
  removedMs(route: SimulatedMail['route']): number;
  windows<Kind extends PlannedEvent['kind']>(
    kind: Kind,
  ): (PlannedEvent & { kind: Kind; fromMs: number; toMs: number })[];
};

export function viewOf(observed: Observed): View {
  const { plan, startMs, mails, posts, digests, invocations, watermarkStarts } = observed;
  const shown = new Map<number, Shown[]>();
  for (const { channelId, message, at } of posts) {
    const route = ROUTE_IDS.find((id) => CHANNELS[id] === channelId) as RouteId;
    const posted = { atMs: at.getTime() - startMs, route };
    const tokens = [
      ...message.embeds.flatMap((embed) => tokensIn(JSON.stringify(embed))),
      ...refusedIn(message.content, posted),
    ];
    for (const token of new Set(tokens)) shown.set(token, [...(shown.get(token) ?? []), posted]);
  }

  /** Whoever read a stay's mailbox while it lasted. */
  function isRead({ mailbox, fromMs, toMs }: SimulatedMail['stays'][number]): boolean {
    return invocations.some((one) => one.mailbox === mailbox && one.startedMs < toMs && one.endedMs > fromMs);
  }

  /** What Discord refuses to show is named by its place; a place that another mail had before, or has since, is told apart. */
  function refusedIn(content: string, posted: Shown): number[] {
    const [, mailbox, uid] = /refuses to show: (.*), uid (\d+)/.exec(content.replaceAll('\\', '')) ?? [];
    if (mailbox === undefined) return [];
    const there = [...mails.values()].filter(
      (mail) =>
        mail.isRefused &&
        mail.stays.some(
          (stay) => stay.mailbox === mailbox && stay.uid === Number(uid) && stay.fromMs <= posted.atMs && isRead(stay),
        ),
    );
    const likelihood = ({ token, route }: SimulatedMail) =>
      (route === posted.route ? 2 : 0) + (shown.has(token) ? 0 : 1);
    return there
      .sort((one, other) => likelihood(other) - likelihood(one))
      .slice(0, 1)
      .map(({ token }) => token);
  }

  function pollsOf(mailbox: MailboxName): ObservedInvocation[] {
    return invocations.filter((one) => one.function === 'poll' && one.mailbox === mailbox);
  }

  const goodOnes = (name: 'poll' | 'audit') =>
    new Map(
      plan.mailboxes.map((mailbox) => [
        mailbox,
        invocations.filter((one) => one.function === name && one.mailbox === mailbox && one.ended === 'ended well'),
      ]),
    );
  const goodPolls = goodOnes('poll');
  const goodAudits = goodOnes('audit');
  const known = new Map([...mails.values()].map((mail) => [mail.token, firstKnown(mail)]));
  const knownMs = ({ token }: SimulatedMail) => known.get(token) ?? Number.POSITIVE_INFINITY;

  function firstKnown(mail: SimulatedMail, stays = staysOf(mail)): number {
    const times = stays.map((stay) => {
      const polledMs = firstEnd(goodPolls.get(stay.mailbox), stay.fromMs, stay.toMs);
      // What the poll did not read lies below the watermark by then.
      return isJumped(stay) ? firstEnd(goodAudits.get(stay.mailbox), polledMs, stay.toMs) : polledMs;
    });
    return Math.min(...times, Number.POSITIVE_INFINITY);
  }

  /** A watermark that somebody moved may stand above it, so that only an audit surely finds it. */
  function isJumped({ mailbox, fromMs }: SimulatedMail['stays'][number]): boolean {
    return plan.events.some(
      (event) =>
        event.kind === 'watermark jumps' &&
        event.mailbox === mailbox &&
        !goodPolls.get(mailbox)?.some(({ startedMs, endedMs }) => startedMs > fromMs && endedMs < event.atMs),
    );
  }

  /**
   * Whether only the INTERNALDATE tells an email from those that were there before accounting began, because its uid does
   * not say when it came: the mailbox was renumbered since, or before, and no poll had found that out by then. To the poll
   * that does, every uid is new, and moved email keeps its INTERNALDATE (RFC 3501, 6.4.7, and RFC 6851). That the
   * folder was empty under the old UIDVALIDITY proves nothing: a bridge that still syncs shows an empty one.
   */
  function isUidVoid({ mailbox, uidValidity, sinceMs, fromMs }: SimulatedMail['stays'][number]): boolean {
    const isMoved = plan.events.some((event) => event.kind === 'watermark jumps' && event.mailbox === mailbox);
    const isFoundOut = watermarkStarts.some(
      (start) => start.mailbox === mailbox && start.uidValidity === uidValidity && start.atMs < sinceMs,
    );
    return isMoved || fromMs > sinceMs || !isFoundOut;
  }

  function staysOf(mail: SimulatedMail): SimulatedMail['stays'] {
    return mail.stays.filter((stay) => {
      const baselineMs = watermarkStarts.find(({ mailbox }) => mailbox === stay.mailbox)?.atMs;
      if (!plan.mailboxes.includes(stay.mailbox) || baselineMs === undefined) return false;
      if (plan.startFrom === 'all') return true;
      const sinceMs = plan.startFrom === 'now' ? baselineMs : baselineMs - plan.startFrom.days * DAY_MS;
      return stay.receivedAtMs > sinceMs || (stay.sinceMs > baselineMs && !isUidVoid(stay));
    });
  }

  return {
    ...observed,
    shownOf: (token) => shown.get(token) ?? [],
    told: digests.map((digest) => ({ ...digest, ...readDigest(digest.mail) })),
    pollsOf,
    accountedStaysOf: staysOf,
    knownMs,
    countedMs: (mail) => {
      const counting = staysOf(mail).filter((stay) => !isJumped(stay));
      const places = [...new Set(mail.stays.map(({ mailbox }) => mailbox))].map((mailbox) => {
        const first = mail.stays.find((stay) => stay.mailbox === mailbox);
        return counting.filter((stay) => stay.mailbox === mailbox && stay.sinceMs === first?.sinceMs);
      });
      return Math.max(...places.map((stays) => firstKnown(mail, stays)));
    },
    owed: [...mails.values()].filter((mail) => Number.isFinite(knownMs(mail)) || staysOf(mail).some(isStill)),
    removedMs: (route) =>
      Math.min(
        ...plan.events.flatMap((event) =>
          event.kind === 'route is removed' && event.route === route ? [event.atMs] : [],
        ),
        Number.POSITIVE_INFINITY,
      ),
    windows: (kind) =>
      plan.events
        .filter(isWindow)
        .filter((event): event is typeof event & { kind: typeof kind } => event.kind === kind)
        .map((event) => ({ ...event, toMs: Math.min(event.toMs, plan.healsAtMs) })),
  };
}

/** When the first of these was over that ran within the two times. */
function firstEnd(invocations: readonly ObservedInvocation[] | undefined, fromMs: number, toMs: number): number {
  const first = invocations?.find(({ startedMs, endedMs }) => startedMs > fromMs && endedMs < toMs);
  return first?.endedMs ?? Number.POSITIVE_INFINITY;
}

function isStill({ toMs }: SimulatedMail['stays'][number]): boolean {
  return toMs === Number.POSITIVE_INFINITY;
}
