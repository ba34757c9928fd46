import { alertCopyIdOf } from '../../../functions/core/mail/mail.ts';
import type { DiscordTrouble } from '../plan.ts';
import type { SimulatedMail } from '../simulated-mail.ts';
import { ROUTES } from '../simulated-settings.ts';
import type { Broken } from './broken.ts';
import type { View } from './view.ts';

/** As long as Discord knows a nonce, by the stand-in. */
const NONCE_MS = 3 * 60_000;

/** An invocation that posts takes no longer. */
const POST_MS = 30_000;

/**
 * P3: nothing is posted twice. What remains, and no more:
 * - what was settled is never posted again;
 * - a webhook's post is repeated where something befell the invocation that made it, or Discord's answer to it: without a
 *   nonce nobody can know that it arrived;
 * - a bot's post is repeated only where its nonce is forgotten, and two troubles kept it open until then: one at the post,
 *   and another one before the queue could bring it back in time.
 * A mail without Message-ID is another one at each place, and so may be shown once for each.
 */
export function nothingTwice(view: View): Broken[] {
  // What is posted of an email that looks like an alert is that alert.
  const posted = [...view.mails.values()].filter(({ isForged }) => !isForged);
  return posted.flatMap((mail) => {
    const shown = view.shownOf(mail.seenAs);
    const identities = new Set(mail.stays.map(({ mailId }) => mailId)).size;
    // Which of the posts showed which identity is not to be seen; so many are never a repeat.
    return shown.slice(identities).flatMap((post, index) => {
      const before = shown[index + identities - 1] ?? post;
      const problem = identities > 1 ? undefined : problemOf(mail, before.atMs, post.atMs, view);
      return problem ? [{ promise: 'P3', what: `mail ${mail.token} is posted twice: ${problem}` } as const] : [];
    });
  });
}

function problemOf(mail: SimulatedMail, firstMs: number, againMs: number, view: View): string | undefined {
  const mailId = mail.stays[0]?.mailId ?? '';
  // A digest settled the first email where the alert is a copy of it.
  const settledMs = view.settledMs.get(alertCopyIdOf(mailId)) ?? view.settledMs.get(mailId) ?? Number.POSITIVE_INFINITY;
  if (settledMs < againMs - POST_MS) return 'it was settled long before';
  const troubles = troublesOf(mail, firstMs, againMs, view);
  if (!isBot(mail.route)) return troubles > 0 ? undefined : 'nothing had befallen the webhook';
  if (againMs - firstMs < NONCE_MS) return 'its nonce was still known';
  return troubles > 1 ? undefined : `only ${troubles} troubles had befallen it`;
}

/**
 * P3: unknown mail is in one digest, however many are started at once. It comes again only where something befell the
 * digest that carried it, which then could not settle it. A mail without Message-ID is another one at each place.
 */
export function carriedOnce(view: View): Broken[] {
  return [...view.mails.values()].flatMap(({ token, seenAs, stays }) => {
    const carrying = view.told.filter(({ unknown }) => unknown.has(seenAs)).map(({ invocation }) => invocation);
    const identities = new Set(stays.map(({ mailId }) => mailId)).size;
    const settling = carrying
      .slice(0, -1)
      .filter(({ strikes, ended }) => strikes.length === 0 && ended === 'ended well');
    if (settling.length < identities) return [];
    const what = `unknown mail ${token} is in ${carrying.map(({ id }) => id).join(' and ')}`;
    return [{ promise: 'P3', what } as const];
  });
}

/** What limits a bot on one route pauses it on all of its routes. */
const PAUSES_BOT: ReadonlySet<DiscordTrouble> = new Set(['is blocked by Cloudflare', 'limits everything']);

function isBot(route: SimulatedMail['route']): boolean {
  return ROUTES.some(({ id, target }) => id === route && target.kind === 'bot');
}

/** Struck calls of the route's invocations between the two posts, and windows in which Discord or a service failed. */
function troublesOf({ route }: SimulatedMail, firstMs: number, againMs: number, view: View): number {
  const strikes = view.invocations
    .filter((one) => one.route === route)
    .flatMap((one) => one.strikes)
    .filter(({ atMs }) => atMs >= firstMs - POST_MS && atMs <= againMs);
  const overlaps = ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
    fromMs <= againMs && toMs >= firstMs - POST_MS;
  const failing = [
    ...view
      .windows('Discord fails')
      .filter(
        (event) => event.route === 'all' || event.route === route || (PAUSES_BOT.has(event.trouble) && isBot(route)),
      ),
    ...view.windows('channel dies').filter((event) => event.route === route),
    ...view.windows('secret changes'),
    ...view.windows('function stops').filter((event) => event.function === 'post'),
  ].filter(overlaps);
  // What was purged comes back by an audit, long after Discord has forgotten the nonce.
  const purges = view.plan.events.filter(
    (event) =>
      event.kind === 'queue is purged' && event.route === route && event.atMs >= firstMs && event.atMs <= againMs,
  );
  return strikes.length + purges.length + 2 * failing.length;
}
