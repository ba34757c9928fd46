import type { LedgerEntry } from '../../records/ledger-entry.ts';
import { recoveredMailIds } from '../facts.ts';
import { AUDIT_OVERDUE_MS } from '../limits.ts';
import { counted, figure, shellWord } from '../view/words.ts';
import { isWithin } from '../window.ts';
import { attentionKind, emailExamples, fateOf } from './attention-kind.ts';

/**
 * The last audit counted another number of emails in the mailbox than it accounts for. Emails that were expunged during
 * the audit are in neither figure. `left` counts what there was no time for, including open entries of the ledger.
 */
export type AuditDiffers = { mailbox: string; inMailbox: number; inLedger: number; left: number };

export const auditDiffers = attentionKind<AuditDiffers>({
  find: ({ mailboxes }) =>
    mailboxes.flatMap(({ mailbox, health }) => {
      if (!health?.lastAudit) return [];
      const { inMailbox, accounted, recovered, left } = health.lastAudit;
      const inLedger = accounted + recovered;
      return inMailbox !== inLedger || left > 0 ? [{ mailbox, inMailbox, inLedger, left }] : [];
    }),
  title: ({ mailbox, inMailbox, inLedger, left }) =>
    inMailbox === inLedger
      ? `${mailbox}: the last audit left ${counted(left, 'open email')} unexamined`
      : `${mailbox} holds ${counted(inMailbox, 'email')}, the last audit accounts for ${figure(inLedger)}`,
  details({ mailbox, left }) {
    const payload = shellWord(JSON.stringify({ mailbox }));
    return [
      ...(left > 0 ? [`It left ${counted(left, 'email')} to the next audit, because its time was over.`] : []),
      'Audit it again: aws lambda invoke --function-name "$(output AuditInboxFunction)" --cli-read-timeout 630 ' +
        `--cli-binary-format raw-in-base64-out --payload ${payload} /dev/stdout (lib/DEPLOYING.md#invoke-a-function).`,
    ];
  },
});

/** Emails that were missing in the ledger. They are sent now; the loss needs attention. Reported once. */
export type RecoveredEmails = {
  mailbox: string;
  count: number;
  /** The first few, in their current state. */
  entries: readonly LedgerEntry[];
};

export const recoveredEmails = attentionKind<RecoveredEmails>({
  find: (facts) =>
    facts.mailboxes.flatMap((mailboxFacts) => {
      const { mailbox, health: { lastAudit } = {} } = mailboxFacts;
      const mailIds = recoveredMailIds(mailboxFacts, facts);
      // The report counts those that it does not name; the ledger has those that an earlier report named.
      const reported = lastAudit && isWithin(lastAudit.at, facts.window) ? lastAudit.recovered : 0;
      const count = Math.max(reported, mailIds.size);
      const entries = facts.recovered.filter(({ mailId }) => mailIds.has(mailId));
      return count > 0 ? [{ mailbox, count, entries }] : [];
    }),
  title: ({ mailbox, count }) => `The audit recovered ${counted(count, 'email')} of ${mailbox}`,
  details: ({ count }) => [
    `${count === 1 ? 'It was' : 'They were'} in the mailbox and nowhere else. Rollcall has sent ` +
      `${count === 1 ? 'it' : 'them'} now; find out what lost ${count === 1 ? 'it' : 'them'}.`,
  ],
  examples: ({ entries, count }, words) => ({ ...emailExamples(entries, words, fateOf), total: count }),
});

export type OverdueAudit = {
  mailbox: string;
  /** Undefined if it was never audited. */
  since: Date | undefined;
};

export const overdueAudit = attentionKind<OverdueAudit>({
  find: ({ at, mailboxes }) =>
    mailboxes.flatMap(({ mailbox, health, watermark }) => {
      const since = health?.lastAudit?.at;
      const isDueSince = since ?? watermark?.beganAt;
      if (!isDueSince || at.getTime() - isDueSince.getTime() <= AUDIT_OVERDUE_MS) return [];
      return [{ mailbox, since }];
    }),
  title: ({ mailbox, since }, { formatTime }) =>
    since ? `${mailbox} has not been audited since ${formatTime(since)}` : `${mailbox} has never been audited`,
  details: () => [
    'Without the audit nothing compares the mailbox with the ledger. It should run daily: check its schedule and the log ' +
      'of audit-inbox.',
  ],
});
