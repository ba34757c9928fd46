import type { Observed, ObservedDigest, ObservedInvocation } from '../observed.ts';
import { isWindow, type PlannedEvent } from '../plan.ts';
import { type ReadDigest, readDigest, tokensIn } from '../read-digest.ts';
import type { SimulatedMail } from '../simulated-mail.ts';
import { CHANNELS, type MailboxName, mailboxNamed, NEW_NAMES, ROUTE_IDS, type RouteId } from '../simulated-settings.ts';
import { type Accounting, accountingOf } from './accounting.ts';
import { knownOf, withheldWindows } from './known.ts';

type Shown = { atMs: number; route: RouteId };
/** `withheld` has the emails that are reported by their places, since they could not be read. */
export type Told = ObservedDigest & Omit<ReadDigest, 'withheld'> & { withheld: ReadonlySet<number> };

/** What the promises are judged by: mails as their server has them, posts and digests as their readers see them. */
export type View = Observed & {
  /** When and where a mail was shown in Discord, oldest first, by what its readers know it by. */
  shownOf(seenAs: number): readonly Shown[];
  told: readonly Told[];
  pollsOf(mailbox: MailboxName): readonly ObservedInvocation[];
  /** Mail that has to be accounted for. */
  owed: readonly SimulatedMail[];
  accountedStaysOf: Accounting['staysOf'];
  isInLedger: Accounting['isInLedger'];
  /** When the mail was surely known: a poll began and ended well while it was there and could be read, under one number. */
  knownMs(mail: SimulatedMail): number;
  /** When the route left the settings; never, for most. */
  removedMs(route: SimulatedMail['route']): number;
  windows<Kind extends PlannedEvent['kind']>(
    kind: Kind,
  ): (PlannedEvent & { kind: Kind; fromMs: number; toMs: number })[];
};

export function viewOf(observed: Observed): View {
  const { plan, startMs, mails, posts, digests, invocations } = observed;
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
    return invocations.some((one) => one.mailbox === mailbox && one.startedMs < toMs && one.endedMs >= fromMs);
  }

  /** What Discord refuses to show is named by its place; a place that another mail had before, or has since, is told apart. */
  function refusedIn(content: string, posted: Shown): number[] {
    const [, mailbox, uid] = /refuses to show: (.*), uid (\d+)/.exec(content.replaceAll('\\', '')) ?? [];
    if (mailbox === undefined) return [];
    const there = [...mails.values()].filter(
      (mail) =>
        mail.isRefused &&
        mail.stays.some(
          (stay) =>
            stay.mailbox === mailboxNamed(mailbox) &&
            stay.uid === Number(uid) &&
            stay.fromMs <= posted.atMs &&
            isRead(stay),
        ),
    );
    const likelihood = ({ seenAs, route }: SimulatedMail) =>
      (route === posted.route ? 2 : 0) + (shown.has(seenAs) ? 0 : 1);
    return there
      .sort((one, other) => likelihood(other) - likelihood(one))
      .slice(0, 1)
      .map(({ seenAs }) => seenAs);
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
  /** Without a watermark nothing is audited. */
  const hasWatermark = ({ mailbox, startedMs }: ObservedInvocation) => {
    const lost = observed.lostWatermarks.findLast((one) => one.mailbox === mailbox && one.atMs <= startedMs);
    return (
      !lost ||
      observed.watermarkStarts.some(
        (start) => start.mailbox === mailbox && start.atMs >= lost.atMs && start.atMs <= startedMs,
      )
    );
  };
  const goodAudits = new Map([...goodOnes('audit')].map(([mailbox, audits]) => [mailbox, audits.filter(hasWatermark)]));
  const accounting = accountingOf(observed, goodPolls);
  const { staysOf, isInLedger } = accounting;
  const { readMs, placedMs } = knownOf(observed, accounting, { goodPolls, goodAudits });

  /** The emails that a digest names by their places alone, since the server withheld them there. */
  function withheldAt(places: ReadDigest['withheld'], sentMs: number): Set<number> {
    const isAt = (stay: SimulatedMail['stays'][number]) =>
      stay.fromMs <= sentMs &&
      places.some(({ mailbox, uid }) => mailboxNamed(mailbox) === stay.mailbox && uid === stay.uid);
    const there = places.length === 0 ? [] : [...mails.values()].filter(({ stays }) => stays.some(isAt));
    return new Set(there.filter((mail) => withheldWindows(plan.events, mail).length > 0).map(({ token }) => token));
  }

  return {
    ...observed,
    shownOf: (seenAs) => shown.get(seenAs) ?? [],
    told: digests.map((digest) => {
      const read = readDigest(digest.digest);
      return { ...digest, ...read, withheld: withheldAt(read.withheld, digest.sentMs) };
    }),
    pollsOf,
    accountedStaysOf: staysOf,
    isInLedger,
    knownMs: readMs,
    owed: [...mails.values()].filter((mail) => Number.isFinite(placedMs(mail)) || staysOf(mail).some(isStill)),
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

function isStill({ toMs }: SimulatedMail['stays'][number]): boolean {
  return toMs === Number.POSITIVE_INFINITY;
}

/**
 * The settings have the folder's new name, and what polls had written under it was nothing, or was lost again, when the
 * digest looked for it: the next one counts the polls under the former name.
 */
export function isBeforeCarryOver(
  { invocation: { startedMs, endedMs } }: Told,
  mailbox: MailboxName,
  { renames, watermarkStarts, lostWatermarks }: View,
): boolean {
  const deployedMs = renames.find((renamed) => renamed.mailbox === mailbox)?.toMs ?? Number.POSITIVE_INFINITY;
  if (endedMs < deployedMs) return false;
  const begun = watermarkStarts.filter(({ name, atMs }) => name === NEW_NAMES[mailbox] && atMs < startedMs);
  return !begun.some(
    (start) =>
      !lostWatermarks.some((lost) => lost.mailbox === mailbox && lost.atMs >= start.atMs && lost.atMs <= endedMs),
  );
}
