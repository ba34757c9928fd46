import type { AuditReport } from '../../audit/audit-report.ts';
import { type MailboxHealth, type Restart, restartsOf, type Watermark } from '../../poll/watermark.ts';
import type { MailboxFacts } from '../facts.ts';
import { type DigestWindow, isWithin } from '../window.ts';
import { counted, figure, shellWord, shown, type TimeTeller } from './words.ts';

/** What a digest says of a mailbox that needs nobody. */
export type MailboxSummary = Pick<MailboxFacts, 'mailbox' | 'health' | 'watermark'> & {
  /** Emails of it that were accepted within the digest's window. */
  received: number;
};

/** How a mailbox has been read since the last digest, in sentences. */
export function healthTold(
  { health, watermark, received }: MailboxSummary,
  window: DigestWindow,
  tell: TimeTeller,
): string[] {
  if (!health) return ['No poll has run yet.', ...beginningOf(watermark, window, tell)];
  const { pollsSinceDigest, failedPollsSinceDigest, lastPollAt, lastPollError } = health;
  const failed = failedPollsSinceDigest > 0 ? `${figure(failedPollsSinceDigest)} failed` : 'none failed';
  const facts = [
    `${counted(pollsSinceDigest, 'poll')}, ${failed}. ${counted(received, 'email')} received.`,
    lastPollAt ? `Last read ${tell(lastPollAt)}, ${lagOf(health)}.` : 'No poll has ended well yet.',
  ];
  if (lastPollError) facts.push(`The poll of ${tell(lastPollError.at)} failed: ${shown(lastPollError.text, 300)}`);
  return [...facts, auditTold(health.lastAudit, tell), ...beginningOf(watermark, window, tell)];
}

/** The mailbox itself against the ledger: figures that owe nothing to the polls. */
function auditTold(report: AuditReport | undefined, tell: TimeTeller): string {
  if (!report) return 'No audit has run yet.';
  const { at, inMailbox, accounted, recovered, left, staleAlerts, staleUnknown } = report;
  const facts = [
    accounted === inMailbox ? 'all accounted for' : `${figure(accounted)} accounted for`,
    ...(recovered > 0 ? [`${figure(recovered)} brought back`] : []),
    ...(left > 0 ? [`${figure(left)} left to the next audit`] : []),
  ];
  const stale = staleAlerts + staleUnknown;
  const again = stale > 0 ? ` ${counted(stale, 'mail')} had waited too long; what could be was handed over again.` : '';
  return `Last audit ${tell(at)}: ${counted(inMailbox, 'mail')} in the mailbox, ${facts.join(', ')}.${again}`;
}

/** Uids have gaps, so the distance to UIDNEXT says how many mails there can be at most (RFC 9051, 2.3.1.1). */
function lagOf({ uidNext, watermark }: MailboxHealth): string {
  const left = uidNext === undefined || !watermark ? 0 : uidNext - 1 - watermark.lastUid;
  return left > 0 ? `at most ${counted(left, 'mail')} left to read` : 'nothing left to read';
}

/** A beginning is reported once, by the digest in whose window it is. */
function beginningOf(watermark: Watermark | undefined, window: DigestWindow, tell: TimeTeller): string[] {
  if (!watermark) return [];
  const restarts = restartsOf(watermark).filter(({ at }) => isWithin(at, window));
  if (restarts.length === 0 && !isWithin(watermark.beganAt, window)) return [];
  return beginningTold(watermark, restarts, tell);
}

/** When accounting began, or why polls began again, and what is not covered by it. */
export function beginningTold(watermark: Watermark, restarts: readonly Restart[], tell: TimeTeller): string[] {
  const { beganAt, baselineUid, accountedSince } = watermark;
  if (restarts.length === 0) {
    return [`Accounting began ${tell(beganAt)} above uid ${baselineUid}.`, notCovered(watermark, tell)];
  }
  const isRenumbered = restarts.some(({ uidValidity }) => uidValidity !== watermark.uidValidity);
  return [
    ...restarts.map((one) => restartTold(one, watermark, tell)),
    `Email above uid ${baselineUid} was read again; what was known was recognised.`,
    ...(accountedSince && isRenumbered ? [olderMailTold(accountedSince, tell)] : []),
  ];
}

function restartTold({ reason, at, ...before }: Restart, now: Watermark, tell: TimeTeller): string {
  const time = tell(at);
  switch (reason) {
    case 'renumbered':
      return `The server renumbered its mail: UIDVALIDITY was ${before.uidValidity} and is ${now.uidValidity} since ${time}.`;
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

function notCovered({ mailbox, accountedSince }: Watermark, tell: TimeTeller): string {
  if (!accountedSince) return 'All email in the mailbox is accounted for.';
  return (
    `Email that arrived before ${tell(accountedSince)} is in no post and no digest. To read the last 7 days as well, ` +
    `run: npm run rollcall -- rescan --mailbox ${shellWord(mailbox)} --days 7`
  );
}

/** A mail moved into the folder keeps the time of its arrival, and without its old uid nothing else tells when it came. */
function olderMailTold(accountedSince: Date, tell: TimeTeller): string {
  return (
    `Mail that arrived before ${tell(accountedSince)} counts as older than the accounts. If you moved such mail into the ` +
    'folder between the last poll before the renumbering and the first one after it, look for it there: Rollcall ' +
    'cannot tell it from older email that was there all the time.'
  );
}
