import type { DigestFacts } from '../facts.ts';
import { undeliveredAlerts } from './alerts.ts';
import { type AttentionKind, type AttentionView, attentionView, type Words } from './attention-kind.ts';
import { auditDiffers, overdueAudit, recoveredEmails } from './audits.ts';
import { unreadableMessages, unreadDeadLetters } from './dead-letters.ts';
import { mailboxBeginsAgain, removedMailbox, serverSays, unreadMailbox } from './mailboxes.ts';
import { damagedSpool, emailsMissingFromSpool } from './spool.ts';
import { closedAlarmPath, deadRoute } from './targets.ts';
import { withheldEmails } from './withheld.ts';

/** Everything that a digest reports for attention, the most urgent first. */
const KINDS = {
  'undelivered alerts': undeliveredAlerts,
  'audit differs': auditDiffers,
  'dead route': deadRoute,
  'unread mailbox': unreadMailbox,
  'mailbox begins again': mailboxBeginsAgain,
  'closed alarm path': closedAlarmPath,
  'recovered emails': recoveredEmails,
  'emails missing from the spool': emailsMissingFromSpool,
  'unreadable messages': unreadableMessages,
  'unread dead letters': unreadDeadLetters,
  'removed mailbox': removedMailbox,
  'overdue audit': overdueAudit,
  'withheld emails': withheldEmails,
  'server says': serverSays,
  'damaged spool': damagedSpool,
} as const;

type Kinds = typeof KINDS;
type FindingOf<Kind> = Kind extends AttentionKind<infer Finding> ? Finding : never;

/** One finding that needs attention, as data. */
export type AttentionItem = { [Kind in keyof Kinds]: { kind: Kind; finding: FindingOf<Kinds[Kind]> } }[keyof Kinds];

export function attentionItems(facts: DigestFacts): AttentionItem[] {
  return Object.entries(KINDS).flatMap(([kind, { find }]) =>
    find(facts).map((finding) => ({ kind, finding }) as AttentionItem),
  );
}

/** The findings of one kind. */
export function findingsOf<Kind extends keyof Kinds>(
  items: readonly AttentionItem[],
  kind: Kind,
): FindingOf<Kinds[Kind]>[] {
  return items.flatMap((item) => (item.kind === kind ? [item.finding as FindingOf<Kinds[Kind]>] : []));
}

export function viewOf({ kind, finding }: AttentionItem, words: Words): AttentionView {
  return attentionView(recordOf(kind), finding, words);
}

/** What a subject says about these items, each text once. */
export function subjectPartsOf(items: readonly AttentionItem[], words: Words): string[] {
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  const parts = kinds.flatMap((kind) => {
    const { inSubject, title } = recordOf(kind);
    const findings: unknown[] = findingsOf(items, kind);
    return inSubject ? inSubject(findings, words) : findings.map((finding) => title(finding, words));
  });
  return [...new Set(parts)];
}

/** The compiler cannot see that an item's finding matches its kind. */
function recordOf(kind: keyof Kinds): AttentionKind<unknown> {
  return KINDS[kind] as AttentionKind<unknown>;
}
