import type { MailboxFacts } from '../facts.ts';
import { counted, figure, shellWord } from '../view/words.ts';

/**
 * The last audit counted more emails in the mailbox than it could account for. Emails that were expunged while it ran are
 * in neither figure. `left` counts what time did not suffice for, open emails of the ledger included.
 */
export type AuditDifference = { mailbox: string; inMailbox: number; inLedger: number; left: number };

export function auditDifference({ mailbox, health }: MailboxFacts): AuditDifference[] {
  if (!health?.lastAudit) return [];
  const { inMailbox, accounted, recovered, left } = health.lastAudit;
  const inLedger = accounted + recovered;
  return inMailbox !== inLedger || left > 0 ? [{ mailbox, inMailbox, inLedger, left }] : [];
}

/** Also in the subject. */
export function auditDifferenceTitle({ mailbox, inMailbox, inLedger, left }: AuditDifference): string {
  return inMailbox === inLedger
    ? `${mailbox}: the last audit left ${counted(left, 'open email')} unexamined`
    : `${mailbox} holds ${counted(inMailbox, 'email')}, the last audit accounts for ${figure(inLedger)}`;
}

export function auditDifferenceDetails({ mailbox, left }: AuditDifference): string[] {
  const payload = shellWord(JSON.stringify({ mailbox }));
  return [
    ...(left > 0 ? [`It left ${counted(left, 'email')} to the next audit, because its time was over.`] : []),
    'Audit it again: aws lambda invoke --function-name "$(output AuditInboxFunction)" --cli-read-timeout 630 ' +
      `--cli-binary-format raw-in-base64-out --payload ${payload} /dev/stdout (README, Deploying, step 10).`,
  ];
}
