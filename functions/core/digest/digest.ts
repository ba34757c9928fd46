import type { MailboxHealth } from '../poll/watermark.ts';
import { accountsOf, type MailAccounts } from './digest-accounts.ts';
import type { DigestFacts } from './digest-facts.ts';
import { damagedSegments, type Need, needsOf } from './digest-needs.ts';
import { groupBySender, type UnknownMail } from './digest-unknown.ts';
import type { PendingMail } from './pending-mail.ts';

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
  /** Counts begin here; undefined in a first digest. */
  since: Date | undefined;
  accounts: MailAccounts;
  /** Alerts not settled that need nobody yet. */
  alertsOnTheirWay: number;
  health: readonly { mailbox: string; health: MailboxHealth | undefined; seen: number }[];
};

/** Makes a digest of the facts: what needs a person, unknown mail, counts per route, health. */
export function composeDigest(facts: DigestFacts): Digest {
  const accounts = accountsOf(facts);
  const needs = needsOf(facts, accounts);
  const alertsThatNeedSomeone = needs.flatMap((need) => (need.kind === 'alerts undelivered' ? need.alerts : []));
  return {
    at: facts.at,
    needs,
    unknown: groupBySender(facts),
    standing: {
      since: earliest(facts.mailboxes.map(({ health }) => health?.lastDigestAt)),
      accounts,
      alertsOnTheirWay: facts.openAlerts.length - alertsThatNeedSomeone.length,
      health: facts.mailboxes.map(({ mailbox, health, lines, recovered }) => ({
        mailbox,
        health,
        seen: lines.length + recovered.length,
      })),
    },
  };
}

/** Makes a digest of unknown mail that did not fit into the e-mail before it. */
export function composeContinuation(pending: PendingMail, at: Date): Digest {
  return { at, needs: damagedSegments(pending.damaged), unknown: groupBySender(pending), standing: undefined };
}

/** Undefined as soon as one mailbox is in a digest for the first time: its counts have no other beginning. */
function earliest(times: readonly (Date | undefined)[]): Date | undefined {
  const known = times.filter((time) => time !== undefined);
  if (known.length < times.length || known.length === 0) return undefined;
  return known.reduce((one, other) => (one < other ? one : other));
}
