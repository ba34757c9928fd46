import type { Observed, ObservedDigest, ObservedInvocation } from '../observed.ts';
import { isWindow, type PlannedEvent } from '../plan.ts';
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
   * somebody moved, since what only audits see is told by the latest report alone.
   */
  countedMs(mail: SimulatedMail): number;
  windows<Kind extends PlannedEvent['kind']>(
    kind: Kind,
  ): (PlannedEvent & { kind: Kind; fromMs: number; toMs: number })[];
};

export function viewOf(observed: Observed): View {
  const { plan, startMs, mails, posts, digests, invocations, baselines } = observed;
  const shown = new Map<number, Shown[]>();
  for (const { channelId, message, at } of posts) {
    const route = ROUTE_IDS.find((id) => CHANNELS[id] === channelId) as RouteId;
    const tokens = [
      ...message.embeds.flatMap((embed) => tokensIn(JSON.stringify(embed))),
      ...refusedIn(message.content),
    ];
    for (const token of new Set(tokens)) {
      shown.set(token, [...(shown.get(token) ?? []), { atMs: at.getTime() - startMs, route }]);
    }
  }

  /** What Discord refuses to show is named by its place. */
  function refusedIn(content: string): number[] {
    const [, mailbox, uid] = /refuses to show: (.*), uid (\d+)/.exec(content.replaceAll('\\', '')) ?? [];
    if (mailbox === undefined) return [];
    const there = [...mails.values()].filter(
      (mail) => mail.isRefused && mail.stays.some((stay) => stay.mailbox === mailbox && stay.uid === Number(uid)),
    );
    return there.slice(0, 1).map(({ token }) => token);
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

  function staysOf(mail: SimulatedMail): SimulatedMail['stays'] {
    return mail.stays.filter((stay) => {
      const setMs = baselines.get(stay.mailbox);
      if (!plan.mailboxes.includes(stay.mailbox) || setMs === undefined) return false;
      if (plan.startFrom === 'all') return true;
      // Once the server has numbered its mail anew, only the time of its arrival tells it from mail of before.
      if (plan.startFrom === 'now') return (stay.fromMs > stay.sinceMs ? stay.receivedAtMs : stay.sinceMs) > setMs;
      return stay.receivedAtMs >= setMs - plan.startFrom.days * 24 * 60 * 60_000;
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
      const first = staysOf(mail).filter(({ sinceMs }) => sinceMs === mail.stays[0]?.sinceMs);
      return firstKnown(
        mail,
        first.filter((stay) => !isJumped(stay)),
      );
    },
    owed: [...mails.values()].filter((mail) => Number.isFinite(knownMs(mail)) || staysOf(mail).some(isStill)),
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
