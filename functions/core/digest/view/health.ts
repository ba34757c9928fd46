import { type MailboxHealth, type Restart, restartsOf, type Watermark } from '../../records/watermark.ts';
import type { MailboxFacts } from '../facts.ts';
import { type DigestWindow, isWithin } from '../window.ts';
import { clip, counted, type FormatTime, figure, shellWord } from './words.ts';

/** What a digest says of a mailbox that needs no attention. */
export type MailboxSummary = Pick<MailboxFacts, 'mailbox' | 'health' | 'watermark'> & {
  /** Emails of it that were accepted within the digest's window. */
  received: number;
};

/** How the mailbox was read since the last digest, in sentences. */
export function healthTexts(
  { health, watermark, received }: MailboxSummary,
  window: DigestWindow,
  formatTime: FormatTime,
): string[] {
  if (!health) return ['No poll has run yet.', ...beginningOf(watermark, window, formatTime)];
  const { pollsSinceDigest, failedPollsSinceDigest, lastPollAt, lastPollError } = health;
  const failed = failedPollsSinceDigest > 0 ? `${figure(failedPollsSinceDigest)} failed` : 'none failed';
  const facts = [
    `${counted(pollsSinceDigest, 'poll')}, ${failed}. ${counted(received, 'email')} received.`,
    lastPollAt ? `Last read ${formatTime(lastPollAt)}, ${lagOf(health)}.` : 'No poll has succeeded yet.',
  ];
  if (lastPollError) facts.push(`The poll of ${formatTime(lastPollError.at)} failed: ${clip(lastPollError.text, 300)}`);
  return [...facts, ...beginningOf(watermark, window, formatTime)];
}

/** The mailbox compared with the ledger: these figures do not depend on the polls. */
export function auditText({ health }: Pick<MailboxSummary, 'health'>, formatTime: FormatTime): string {
  const report = health?.lastAudit;
  if (!report) return 'no audit has run yet.';
  const { at, inMailbox, accounted, recovered, left, staleAlerts, staleUnknown } = report;
  const facts = [
    accounted === inMailbox ? 'all accounted for' : `${figure(accounted)} accounted for`,
    ...(recovered > 0 ? [`${figure(recovered)} recovered`] : []),
    ...(left > 0 ? [`${figure(left)} left to the next audit`] : []),
  ];
  const stale = staleAlerts + staleUnknown;
  const again = stale > 0 ? ` ${counted(stale, 'email')} had waited too long and were sent again where possible.` : '';
  return `last audit ${formatTime(at)}: ${counted(inMailbox, 'email')} in the mailbox, ${facts.join(', ')}.${again}`;
}

/** Uids have gaps, so the distance to UIDNEXT is the maximum number of emails (RFC 9051, 2.3.1.1). */
function lagOf({ uidNext, watermark }: MailboxHealth): string {
  const left = uidNext === undefined || !watermark ? 0 : uidNext - 1 - watermark.lastUid;
  return left > 0 ? `at most ${counted(left, 'email')} left to read` : 'nothing left to read';
}

/** A beginning is reported once, by the digest in whose window it is. */
function beginningOf(watermark: Watermark | undefined, window: DigestWindow, formatTime: FormatTime): string[] {
  if (!watermark) return [];
  const restarts = restartsOf(watermark).filter(({ at }) => isWithin(at, window));
  if (restarts.length === 0 && !isWithin(watermark.beganAt, window)) return [];
  return beginningTexts(watermark, restarts, formatTime);
}

/** When accounting began, or why polls began again, and what it does not cover. */
export function beginningTexts(watermark: Watermark, restarts: readonly Restart[], formatTime: FormatTime): string[] {
  const { beganAt, baselineUid, accountedSince } = watermark;
  if (restarts.length === 0) {
    return [`Accounting began ${formatTime(beganAt)} above uid ${baselineUid}.`, notCovered(watermark, formatTime)];
  }
  const isRenumbered = restarts.some(({ uidValidity }) => uidValidity !== watermark.uidValidity);
  return [
    ...restarts.map((one) => restartText(one, watermark, formatTime)),
    `Rollcall read email above uid ${baselineUid} again and recognised what it knew.`,
    ...(accountedSince && isRenumbered ? [olderEmailText(accountedSince, formatTime)] : []),
  ];
}

function restartText({ reason, at, ...before }: Restart, now: Watermark, formatTime: FormatTime): string {
  const time = formatTime(at);
  switch (reason) {
    case 'renumbered':
      return `The server renumbered the mailbox: UIDVALIDITY was ${before.uidValidity} and is ${now.uidValidity} since ${time}.`;
    case 'uids reused':
      return `The server gives out its uids a second time since ${time}, as after a restore.`;
    case 'renamed':
      return `${before.mailbox} is ${now.mailbox} since ${time}.`;
    case 'watermark lost':
      return (
        `The watermark of ${now.mailbox} was gone from its table ${time}. Polls resumed from the ledger. Find out what ` +
        'deleted it.'
      );
    case 'rescan':
      return `A rescan was requested and began ${time}.`;
  }
}

function notCovered({ mailbox, accountedSince }: Watermark, formatTime: FormatTime): string {
  if (!accountedSince) return 'All email in the mailbox is accounted for.';
  return (
    `Email that arrived before ${formatTime(accountedSince)} is in no post and no digest. To read the last 7 days as well, ` +
    `run: npm run rollcall -- rescan --mailbox ${shellWord(mailbox)} --days 7`
  );
}

/**
 * An email moved into the folder keeps its time of arrival; without its old uid, there is no other sign of when it was
 * moved.
 */
function olderEmailText(accountedSince: Date, formatTime: FormatTime): string {
  return (
    `Email that arrived before ${formatTime(accountedSince)} counts as older than accounting. If you moved such email into the ` +
    'folder between the last poll before the renumbering and the first one after it, look for it there: Rollcall ' +
    'cannot distinguish it from older email that was there all the time.'
  );
}
