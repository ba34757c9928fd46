import type { Fault } from '../fault.ts';

const audited = ['core/audit/audited-mails.test.ts'] as const;

/** Faults in comparing the mailbox with the ledger. */
export const auditFaults: readonly Fault[] = [
  {
    name: 'the audit fetches what is missing and does not accept it',
    breaks: 'P6',
    find: 'await $TRIAGE($EMAILS, { ...$SERVICES, isRecovery: true }, $KNOWN)',
    replace: 'await $TRIAGE($EMAILS.slice(0, 0), { ...$SERVICES, isRecovery: true }, $KNOWN)',
    caughtBy: audited,
  },
  {
    name: 'an email that was accepted and never handed over counts as accounted for',
    breaks: 'P6',
    find: "if ($LINE.state === 'accepted') return $KNOWN;",
    replace: '',
    caughtBy: audited,
  },
  {
    name: 'an audit that failed ends as if nothing had happened',
    breaks: 'P4',
    find: {
      pattern: 'throw $ERROR;',
      follows: { pattern: "$JOURNAL({ kind: 'audit failed', $$$FAILURE });" },
    },
    replace: 'return undefined as never;',
    caughtBy: audited,
  },
  {
    name: 'alerts that wait too long are reported and left there',
    breaks: 'P2',
    find: "$OUTCOME === 'sent' ? [$ENTRY] : []",
    replace: '[]',
    caughtBy: ['core/audit/stale-entries.test.ts'],
  },
  {
    name: 'an audit that accounts for more than the mailbox holds is not reported',
    breaks: 'P6',
    find: '$IN_MAILBOX !== $IN_LEDGER || $LEFT > 0 ? [$FINDING] : []',
    replace: '$IN_MAILBOX > $IN_LEDGER || $LEFT > 0 ? [$FINDING] : []',
    caughtBy: ['core/digest/differences.test.ts'],
  },
];
