import { accountsOf, type MailAccounts } from './accounts.ts';
import { type AttentionItem, attentionItems, findingsOf } from './attention/items.ts';
import { acceptedOf, type DigestFacts } from './facts.ts';
import type { PendingMail } from './pending-email.ts';
import { groupBySender, type UnknownEmail } from './unknown-email.ts';
import type { MailboxSummary } from './view/health.ts';
import type { DigestWindow } from './window.ts';

/** One digest as data; how it looks is the business of `view/`. */
export type Digest = {
  at: Date;
  attention: readonly AttentionItem[];
  unknown: UnknownEmail;
  /** Undefined in a continuation: the first email of a run has it. */
  summary: DigestSummary | undefined;
};

/** What a digest says apart from what needs attention and what is unknown. */
export type DigestSummary = {
  /** What is counted. */
  window: DigestWindow;
  /** Undefined in a first digest. */
  previousDigestAt: Date | undefined;
  accounts: MailAccounts;
  /** Alerts that are not settled and need no attention yet. */
  alertsOnTheirWay: number;
  health: readonly MailboxSummary[];
};

/** Makes a digest of the facts: what needs attention, unknown email, counts per route, health. */
export function composeDigest(facts: DigestFacts): Digest {
  const attention = attentionItems(facts);
  const undelivered = findingsOf(attention, 'undelivered alerts').flatMap(({ alerts }) => alerts);
  return {
    at: facts.at,
    attention,
    unknown: groupBySender(facts),
    summary: {
      window: facts.window,
      previousDigestAt: facts.previousDigestAt,
      accounts: accountsOf(facts),
      alertsOnTheirWay: facts.openAlerts.length - undelivered.length,
      health: facts.mailboxes.map((mailbox) => ({
        mailbox: mailbox.mailbox,
        health: mailbox.health,
        watermark: mailbox.watermark,
        received: acceptedOf(mailbox, facts).length,
      })),
    },
  };
}

/** Makes a digest of unknown email that did not fit into the digest email before it. */
export function composeContinuation(pending: PendingMail, at: Date): Digest {
  const attention = pending.damaged.map((finding) => ({ kind: 'damaged spool', finding }) as const);
  return { at, attention, unknown: groupBySender(pending), summary: undefined };
}
