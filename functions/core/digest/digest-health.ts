import type { AuditReport } from '../audit/audit-report.ts';
import type { MailboxHealth } from '../poll/watermark.ts';
import { counted, figure, shown, type TimeTeller } from './digest-words.ts';

/** How a mailbox has been read since the last digest, in sentences. */
export function healthTold(health: MailboxHealth | undefined, seen: number, tell: TimeTeller): string[] {
  if (!health) return ['No poll has run yet.'];
  const { pollsSinceDigest, failedPollsSinceDigest, lastPollAt, lastPollError } = health;
  const failed = failedPollsSinceDigest > 0 ? `${figure(failedPollsSinceDigest)} failed` : 'none failed';
  const facts = [
    `${counted(pollsSinceDigest, 'poll')}, ${failed}. ${counted(seen, 'mail')} came.`,
    lastPollAt ? `Last read ${tell(lastPollAt)}, ${lagOf(health)}.` : 'No poll has ended well yet.',
  ];
  if (lastPollError) facts.push(`The poll of ${tell(lastPollError.at)} failed: ${shown(lastPollError.text, 300)}`);
  return [...facts, auditTold(health.lastAudit, tell), ...beginningOf(health, tell)];
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

/** A new baseline is told once, in the first digest after it. */
function beginningOf(health: MailboxHealth, tell: TimeTeller): string[] {
  const { watermark, lastDigestAt } = health;
  if (!watermark) return [];
  const { baselineAt, baselineUid, previousUidValidity, uidValidity, accountedSince } = watermark;
  if (lastDigestAt && baselineAt < lastDigestAt) return [];
  if (previousUidValidity === undefined) {
    return [`Accounting began ${tell(baselineAt)} above uid ${baselineUid}.`];
  }
  return [
    `The server renumbered its mail: UIDVALIDITY was ${previousUidValidity} and is ${uidValidity} since ` +
      `${tell(baselineAt)}. Mail above uid ${baselineUid} was read again; what was known was recognised.`,
    ...(accountedSince ? [olderMailTold(accountedSince, tell)] : []),
  ];
}

/** A mail moved into the folder keeps the time of its arrival, and without its old uid nothing else tells when it came. */
function olderMailTold(accountedSince: Date, tell: TimeTeller): string {
  return (
    `Mail that arrived before ${tell(accountedSince)} counts as older than the accounts. If you moved such mail into the ` +
    'folder between the last poll and the renumbering, look for it there: Rollcall cannot tell it from mail of before.'
  );
}
