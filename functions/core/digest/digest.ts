import { type AttentionItem, attentionItems, findingsOf } from './attention/items.ts';
import { type MailCounts, mailCountsOf } from './counts.ts';
import { acceptedOf, type DigestFacts } from './facts.ts';
import type { PendingMail } from './pending-email.ts';
import { groupBySender, type UnknownEmail } from './unknown-email.ts';
import type { MailboxSummary } from './view/health.ts';
import type { DigestWindow } from './window.ts';

/** One digest as data; `view/` decides its appearance. */
export type Digest = {
  at: Date;
  attention: readonly AttentionItem[];
  unknown: UnknownEmail;
  /** Undefined in a continuation: it is in the first email of a run. */
  summary: DigestSummary | undefined;
};

/** What a digest says apart from attention items and unknown email. */
export type DigestSummary = {
  /** The period that is counted. */
  window: DigestWindow;
  /** Undefined in a first digest. */
  previousDigestAt: Date | undefined;
  accounts: MailCounts;
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
      accounts: mailCountsOf(facts),
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
