import { accountsOf, type MailAccounts } from './accounts.ts';
import { damagedSegments, type Need, needsOf } from './attention/needs.ts';
import { acceptedOf, type DigestFacts } from './facts.ts';
import type { PendingMail } from './pending-email.ts';
import { groupBySender, type UnknownMail } from './unknown-email.ts';
import type { MailboxSummary } from './view/health.ts';
import type { DigestWindow } from './window.ts';

/** One digest as data; how it looks is the business of `digest-text.ts` and `digest-html.tsx`. */
export type Digest = {
  at: Date;
  needs: readonly Need[];
  unknown: UnknownMail;
  /** Undefined in a continuation: the first e-mail of a run tells how things stand. */
  standing: Standing | undefined;
};

/** How things stand, apart from what needs a person and what is unknown. */
export type Standing = {
  /** What is counted. */
  window: DigestWindow;
  /** Undefined in a first digest. */
  previousDigestAt: Date | undefined;
  accounts: MailAccounts;
  /** Alerts not settled that need nobody yet. */
  alertsOnTheirWay: number;
  health: readonly MailboxSummary[];
};

/** Makes a digest of the facts: what needs a person, unknown mail, counts per route, health. */
export function composeDigest(facts: DigestFacts): Digest {
  const needs = needsOf(facts);
  const alertsThatNeedSomeone = needs.flatMap((need) => (need.kind === 'alerts undelivered' ? need.alerts : []));
  return {
    at: facts.at,
    needs,
    unknown: groupBySender(facts),
    standing: {
      window: facts.window,
      previousDigestAt: facts.previousDigestAt,
      accounts: accountsOf(facts),
      alertsOnTheirWay: facts.openAlerts.length - alertsThatNeedSomeone.length,
      health: facts.mailboxes.map((mailbox) => ({
        mailbox: mailbox.mailbox,
        health: mailbox.health,
        watermark: mailbox.watermark,
        received: acceptedOf(mailbox, facts).length,
      })),
    },
  };
}

/** Makes a digest of unknown mail that did not fit into the e-mail before it. */
export function composeContinuation(pending: PendingMail, at: Date): Digest {
  return { at, needs: damagedSegments(pending.damaged), unknown: groupBySender(pending), standing: undefined };
}
