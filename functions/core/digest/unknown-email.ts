import { groupBy } from '../group-by.ts';
import { senderDomainOf } from '../mail/address-text.ts';
import type { SpoolLine } from '../records/spool.ts';
import { MAILS_SHOWN } from './limits.ts';
import type { PendingMail } from './pending-email.ts';

/** Unknown email from one sender domain, newest first. */
type SenderGroup = {
  /** Lower case; empty if the email has no readable sender. */
  domain: string;
  /** The total number, shown or not. */
  total: number;
  /** Those that the listing shows; at least one. */
  mails: readonly SpoolLine[];
};

export type UnknownEmail = {
  /** Everything that this digest carries, newest first. */
  carried: readonly SpoolLine[];
  /** The domain with the newest email first. */
  groups: readonly SenderGroup[];
  /** How many the listing shows. */
  listed: number;
  /** Domains without any email in the listing. */
  unlisted: readonly { domain: string; total: number }[];
  /** Emails that wait for the next digest email, since this one is full. */
  heldBack: number;
};

/**
 * Groups email by sender domain and limits the listing to a readable length: each domain shows its newest email before
 * any shows its second, so that a domain that sends a lot does not hide the others.
 */
export function groupBySender({ carried, heldBack }: Pick<PendingMail, 'carried' | 'heldBack'>): UnknownEmail {
  const newestFirst = carried.toSorted((one, other) => timeOf(other) - timeOf(one));
  const domains = [...groupBy(newestFirst, senderDomainOf)];
  const inTurn = domains.flatMap(([, lines]) => lines.map((line, turn) => ({ line, turn })));
  inTurn.sort((one, other) => one.turn - other.turn || timeOf(other.line) - timeOf(one.line));
  const listed = new Set(inTurn.slice(0, MAILS_SHOWN).map(({ line }) => line));
  const groups = domains.map(([domain, lines]) => ({
    domain,
    total: lines.length,
    mails: lines.filter((line) => listed.has(line)),
  }));
  return {
    carried: newestFirst,
    groups: groups.filter(({ mails }) => mails.length > 0),
    listed: listed.size,
    unlisted: groups.filter(({ mails }) => mails.length === 0),
    heldBack: heldBack.size,
  };
}

/** By the sender's Date; an unreadable date counts as old, so that it does not displace readable ones. */
function timeOf({ date }: SpoolLine): number {
  return Date.parse(date) || 0;
}
