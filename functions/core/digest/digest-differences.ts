import { recoveriesSince } from '../audit/audit-limits.ts';
import type { MailAccounts } from './digest-accounts.ts';
import { counted, figure, shellWord } from './digest-words.ts';
import type { MailboxFacts } from './mailbox-facts.ts';

/** Where mailbox, ledger and totals differ; emails in one of them are missing from another. */
export type Difference =
  /** Polls have counted emails that are nowhere. */
  | { between: 'polls and places'; seen: number; unaccounted: number; renumbered: readonly string[] }
  /** Emails are somewhere that polls have not counted. */
  | { between: 'places and polls'; uncounted: number; renumbered: readonly string[] }
  /**
   * By the last audit. Emails that were expunged while it ran are in neither figure. `left` counts what time did not
   * suffice for, open emails of the ledger included.
   */
  | { between: 'mailbox and ledger'; mailbox: string; inMailbox: number; inLedger: number; left: number };

/** A difference in words: as a title, also within the subject, and what is known and can be done. */
export type DifferenceTold = { title: string; details: readonly string[] };

/** All differences, those of which emails may be missing first. */
export function differencesOf(
  { unaccounted, uncounted, total }: MailAccounts,
  mailboxes: readonly MailboxFacts[],
): Difference[] {
  const renumbered = mailboxes.filter(isRenumbered).map(({ mailbox }) => mailbox);
  return [
    ...(unaccounted > 0 ? [{ between: 'polls and places', seen: total.seen, unaccounted, renumbered } as const] : []),
    ...mailboxes.flatMap(auditDifference),
    ...(uncounted > 0 ? [{ between: 'places and polls', uncounted, renumbered } as const] : []),
  ];
}

/** Polls began again since the last digest, or an audit met other numbers than they have. */
function isRenumbered({ health }: MailboxFacts): boolean {
  const { watermark, digestWatermark, recovery, lastDigestAt } = health ?? {};
  if (!watermark) return false;
  if (digestWatermark && digestWatermark.baselineAt.getTime() !== watermark.baselineAt.getTime()) return true;
  if (!recovery || recovery.at <= recoveriesSince(lastDigestAt)) return false;
  return recovery.uidValidity !== watermark.uidValidity;
}

function auditDifference({ mailbox, health }: MailboxFacts): Difference[] {
  if (!health?.lastAudit) return [];
  const { inMailbox, accounted, recovered, left } = health.lastAudit;
  const inLedger = accounted + recovered;
  return inMailbox !== inLedger || left > 0
    ? [{ between: 'mailbox and ledger', mailbox, inMailbox, inLedger, left }]
    : [];
}

export function differenceTold(difference: Difference): DifferenceTold {
  switch (difference.between) {
    case 'polls and places':
      return {
        title: `${figure(difference.unaccounted)} of ${counted(difference.seen, 'email')} unaccounted for`,
        details: [
          'Polls have counted more emails than the ledger and the spool hold; the table below shows for which route. The ' +
            'next audit looks for them in the mailbox.',
          ...renumberedTold(difference.renumbered),
        ],
      };
    case 'places and polls':
      return {
        title: `${counted(difference.uncounted, 'email')} in the ledger that no poll has counted`,
        details: [
          'The ledger and the spool hold more emails than polls have counted; the table below shows for which route. ' +
            'None of them is lost. An audit that brought emails back and then died leaves such a difference once: look ' +
            'at the logs of audit-inbox.',
          ...renumberedTold(difference.renumbered),
        ],
      };
    case 'mailbox and ledger':
      return auditDifferenceTold(difference);
  }
}

function renumberedTold(mailboxes: readonly string[]): string[] {
  if (mailboxes.length === 0) return [];
  return [
    `Renumbered since the last digest: ${mailboxes.join(', ')}. An email that was on its way at that moment may be counted ` +
      'in one digest and listed in another; the audit compares the mailbox itself.',
  ];
}

function auditDifferenceTold({
  mailbox,
  inMailbox,
  inLedger,
  left,
}: Extract<Difference, { between: 'mailbox and ledger' }>): DifferenceTold {
  const payload = shellWord(JSON.stringify({ mailbox }));
  return {
    title:
      inMailbox === inLedger
        ? `${mailbox}: the last audit left ${counted(left, 'open email')} unexamined`
        : `${mailbox} holds ${counted(inMailbox, 'email')}, the last audit accounts for ${figure(inLedger)}`,
    details: [
      ...(left > 0 ? [`It left ${counted(left, 'email')} to the next audit, because its time was over.`] : []),
      'Audit it again: aws lambda invoke --function-name "$(output AuditInboxFunction)" --cli-read-timeout 630 ' +
        `--cli-binary-format raw-in-base64-out --payload ${payload} /dev/stdout (README, Deploying, step 10).`,
    ],
  };
}
