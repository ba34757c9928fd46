import { STALE_ALERT_MS } from '../../../functions/core/audit/audit-limits.ts';
import { type AttentionItem, findingsOf } from '../../../functions/core/digest/attention/items.ts';
import { unreadLimitMs } from '../../../functions/core/digest/limits.ts';
import { isWithheld } from '../../../functions/core/mail/withheld-mail.ts';
import type { LedgerEntry } from '../../../functions/core/records/ledger-entry.ts';
import { LETTERS_EVERY_MS } from '../deployment.ts';
import type { WatermarkStart } from '../observed.ts';
import { HOUR_MS, MINUTE_MS } from '../plan.ts';
import { tokensOf, undeliveredOf } from '../read-digest.ts';
import { type MailboxName, mailboxNamed, ROUTE_IDS, ROUTES, type RouteId } from '../simulated-settings.ts';
import type { Broken } from './broken.ts';
import { isGoneForGood } from './nothing-lost.ts';
import type { Told, View } from './view.ts';

/** P4: what fails and goes on failing is told in each digest until it ends; what a person must know of once, in the next one. */
export function failuresTold(view: View): Broken[] {
  const digests = view.told.flatMap((digest) => [
    ...deadRoutes(digest, view),
    ...unreadMailboxes(digest, view),
    ...undeliveredAlerts(digest, view),
    ...unreadDeadLetters(digest),
    ...unreadableMessages(digest, view),
  ]);
  return [...digests, ...beganAgain(view)];
}

/**
 * Polls of a mailbox begin again: renumbered, since nobody can know which of the older email was moved in meanwhile; or
 * without a watermark, since somebody lost it. Reported once, by the digest in whose window it is.
 */
function beganAgain(view: View): Broken[] {
  return view.plan.mailboxes.flatMap((mailbox) => {
    const [, ...starts] = view.watermarkStarts.filter((start) => start.mailbox === mailbox);
    return starts.flatMap((start) => untoldStart(start, view));
  });
}

function untoldStart(start: WatermarkStart, view: View): Broken[] {
  const { atMs, mailbox, kind } = start;
  const later = view.told.filter(({ sentMs }) => sentMs > atMs);
  // The poll decided to begin again before it wrote that, so an earlier digest can have it in its window.
  const first = later.findIndex(({ digest }) => {
    const until = digest.summary?.window.until;
    return until !== undefined && until.getTime() - view.startMs >= atMs;
  });
  const due = later[first];
  if (!due || isForgotten(start, due, view) || (kind === 'created' && !isSeenAsLost(start, view))) return [];
  const told = later.slice(0, first + 1);
  if (told.some((digest) => TELLS[kind](digest, mailbox))) return [];
  if (isTakenForRename(start, view) && told.some((digest) => tellsOfRename(digest, mailbox))) return [];
  return [{ promise: 'P4', what: `${mailbox} ${WORDS[kind]}, and ${nameOf(due)} does not say so` }];
}

/** What is known of a start goes with the watermark. */
function isForgotten({ mailbox, atMs }: WatermarkStart, digest: Told, { lostWatermarks }: View): boolean {
  return lostWatermarks.some((lost) => lost.mailbox === mailbox && lost.atMs >= atMs && lost.atMs <= digest.sentMs);
}

/**
 * The poll that carried the watermark over failed before it could write beside the former one that it had. Where the
 * watermark is lost since, the former one is carried over once more: nothing is lost, and that is what the digest tells.
 */
function isTakenForRename({ mailbox, kind }: WatermarkStart, { watermarkStarts, pollsOf }: View): boolean {
  const renamed = watermarkStarts.find((start) => start.mailbox === mailbox && start.kind === 'renamed');
  if (kind !== 'created' || !renamed) return false;
  return pollsOf(mailbox).some(
    ({ startedMs, endedMs, ended }) => startedMs <= renamed.atMs && renamed.atMs <= endedMs && ended !== 'ended well',
  );
}

/** A mailbox of which neither the ledger nor a digest knows anything is like a new one. */
function isSeenAsLost({ mailbox, atMs }: WatermarkStart, view: View): boolean {
  const isDigested = view.told.some(({ invocation }) => invocation.ended === 'ended well' && invocation.endedMs < atMs);
  return isDigested || view.isInLedger(mailbox, atMs);
}

function tellsOfRenumbering({ health }: Told, mailbox: MailboxName): boolean {
  return health.get(mailbox)?.restarts.includes('renumbered') ?? false;
}

function tellsOfRename({ health }: Told, mailbox: MailboxName): boolean {
  return health.get(mailbox)?.restarts.includes('renamed') ?? false;
}

/** A digest that was being written may have found nothing of the mailbox. */
function tellsOfLostWatermark({ attention }: Told, mailbox: MailboxName): boolean {
  const begun = findingsOf(attention, 'mailbox begins again').map(({ watermark }) => watermark.mailbox);
  const neverRead = findingsOf(attention, 'unread mailbox').filter(({ since }) => since === undefined);
  return [...begun, ...neverRead.map((finding) => finding.mailbox)].some((name) => mailboxNamed(name) === mailbox);
}

const TELLS = { created: tellsOfLostWatermark, renumbered: tellsOfRenumbering, renamed: tellsOfRename } as const;
const WORDS = { created: 'had lost its watermark', renumbered: 'was renumbered', renamed: 'was renamed' } as const;

/** Dead for long enough that a check has seen it. */
function deadRoutes(digest: Told, view: View): Broken[] {
  const { startedMs } = digest.invocation;
  return ROUTE_IDS.flatMap((route) => {
    const since = deadSince(route, startedMs, digest.sentMs, view);
    if (since === undefined || view.removedMs(route) <= digest.sentMs) return [];
    const troubled = view.windows('Discord fails').filter((event) => event.route === 'all' || event.route === route);
    const seen = view.invocations.some(
      (one) =>
        one.function === 'check' &&
        one.ended === 'ended well' &&
        one.strikes.length === 0 &&
        one.startedMs > since &&
        one.endedMs < startedMs &&
        !troubled.some(({ fromMs, toMs }) => fromMs <= one.endedMs && toMs >= one.startedMs),
    );
    const isReported =
      findingsOf(digest.attention, 'dead route').some((finding) => finding.route === route) ||
      undeliveredOf(route, digest).length > 0;
    if (!seen || isReported) return [];
    return [{ promise: 'P4', what: `${route} was dead, and ${nameOf(digest)} does not say so` } as const];
  });
}

/** The beginning of a death that stood from before a digest was written until it was sent. */
function deadSince(route: RouteId, fromMs: number, toMs: number, view: View): number | undefined {
  const target = ROUTES.find(({ id }) => id === route)?.target;
  const deaths = [
    ...view
      .windows('channel dies')
      .filter((event) => event.route === route)
      .map((event) => (event.isForGood ? { ...event, toMs: Number.POSITIVE_INFINITY } : event)),
    ...view.windows('secret changes').filter(({ secret }) => secret === (target?.kind === 'bot' ? 'bot' : 'webhook')),
  ];
  return deaths.find((death) => death.fromMs < fromMs && death.toMs > toMs)?.fromMs;
}

function unreadMailboxes(digest: Told, view: View): Broken[] {
  const limitMs = unreadLimitMs(view.plan.pollEveryMs / MINUTE_MS) + 2 * MINUTE_MS;
  return view.plan.mailboxes.flatMap((mailbox) => {
    const unread = [
      ...view.windows('mailbox fails').filter((event) => event.mailbox === mailbox),
      ...view.windows('function stops').filter((event) => event.function === 'poll'),
      ...view.renames.filter((renamed) => renamed.mailbox === mailbox),
    ].some(({ fromMs, toMs }) => fromMs + limitMs < digest.invocation.startedMs && toMs > digest.sentMs);
    const reported = findingsOf(digest.attention, 'unread mailbox').map((finding) => mailboxNamed(finding.mailbox));
    if (!unread || reported.includes(mailbox)) return [];
    return [
      { promise: 'P4', what: `${mailbox} was not read for long, and ${nameOf(digest)} does not say so` } as const,
    ];
  });
}

/** Known for longer than a queue tries by itself, and not shown. */
function undeliveredAlerts(digest: Told, view: View): Broken[] {
  const { startedMs } = digest.invocation;
  return ROUTE_IDS.flatMap((route) => {
    const waiting = view.owed
      .filter((mail) => mail.route === route && view.knownMs(mail) + STALE_ALERT_MS < startedMs)
      .filter(({ seenAs }) => !view.shownOf(seenAs).some(({ atMs }) => atMs <= digest.sentMs))
      // Of a route that was removed, a digest carries those that it had; what came later is none of its alerts.
      .filter((mail) => view.knownMs(mail) < view.removedMs(route))
      .filter(({ seenAs }) => !view.told.some(({ sentMs, unknown }) => sentMs <= digest.sentMs && unknown.has(seenAs)))
      .map(({ seenAs }) => seenAs);
    const reported = tokensOf(undeliveredOf(route, digest));
    if (waiting.every((token) => reported.includes(token))) return [];
    const what = `${waiting.length} alerts of ${route} waited (${waiting}), and ${nameOf(digest)} reports ${reported}`;
    return [{ promise: 'P4', what } as const];
  });
}

/** Where the queue of one route or more did not answer, and only there. */
function unreadDeadLetters(digest: Told): Broken[] {
  const unread = digest.invocation.strikes.some(({ call }) => call === 'deadLetters.unreadable');
  const told = findingsOf(digest.attention, 'unread dead letters').length > 0;
  if (unread === told) return [];
  const what = `${nameOf(digest)} says ${told ? '' : 'nothing '}of dead letters that could ${told ? '' : 'not '}be read`;
  return [{ promise: 'P4', what }];
}

/** What nothing has kept from becoming a dead letter, and no person has looked for yet, is told; nothing else is. */
function unreadableMessages(digest: Told, view: View): Broken[] {
  const { startedMs, strikes } = digest.invocation;
  return ROUTE_IDS.flatMap((route) => {
    const told = findingsOf(digest.attention, 'unreadable messages').some((finding) => finding.route === route);
    const sentMs = view.plan.events.flatMap((event) =>
      event.kind === 'message is unreadable' && event.route === route && event.atMs < digest.sentMs ? [event.atMs] : [],
    );
    const isThere = sentMs.some(
      (atMs) => digest.sentMs < atMs + LETTERS_EVERY_MS && isSurelyDead(route, atMs, startedMs, view),
    );
    if (told ? sentMs.length > 0 : !isThere || strikes.length > 0) return [];
    const what = `${nameOf(digest)} ${told ? 'invents' : 'does not tell of'} an unreadable message of ${route}`;
    return [{ promise: 'P4', what } as const];
  });
}

/** Posters had time for the message, and nothing befell them. */
function isSurelyDead(route: RouteId, fromMs: number, toMs: number, view: View): boolean {
  if (toMs - fromMs < HOUR_MS || view.removedMs(route) <= toMs) return false;
  const troubles = [...view.windows('service fails'), ...view.windows('function stops')];
  if (troubles.some((window) => window.fromMs <= toMs && window.toMs >= fromMs)) return false;
  return !view.invocations.some((one) => one.route === route && one.strikes.length > 0 && one.endedMs >= fromMs);
}

/**
 * Once everything is well, a digest says so. Without audits it tells that there are none, and of what only they hand over:
 * entries of a poll that failed, whose mail is gone since or has another identity.
 */
export function healthTold(view: View): Broken[] {
  const items =
    view.told
      .at(-1)
      // What is reported once may be in the last digest as well.
      ?.attention.filter(({ kind }) => kind !== 'mailbox begins again' && kind !== 'withheld emails')
      .filter((item) => view.plan.hasAudits || !isAuditsOwn(item, view)) ?? [];
  const isWell = !ROUTE_IDS.some((route) => isGoneForGood(route, view));
  if (items.length === 0 || !isWell) return [];
  return [{ promise: 'P5', what: `all is well, and the last digest says: ${items.map(({ kind }) => kind)}` }];
}

function isAuditsOwn(item: AttentionItem, view: View): boolean {
  if (item.kind === 'overdue audit') return true;
  // An email that was withheld is another one where it has another uid.
  const entries = entriesOf(item).filter(({ reason }) => reason === null || !isWithheld(reason));
  const tokens = tokensOf(entries);
  const isNobodys = (token: number) => {
    const mail = view.owed.find((one) => one.seenAs === token);
    return !mail || new Set(mail.stays.map(({ mailId }) => mailId)).size > 1;
  };
  return entriesOf(item).length > 0 && tokens.length >= entries.length && tokens.every(isNobodys);
}

function entriesOf({ kind, finding }: AttentionItem): readonly LedgerEntry[] {
  if (kind === 'undelivered alerts') return finding.alerts;
  return 'entries' in finding ? finding.entries : [];
}

function nameOf({ invocation }: Told): string {
  return invocation.id;
}
