import { groupBy } from '../group-by.ts';
import { senderDomainOf } from '../mail/address-text.ts';
import type { SpoolLine } from '../records/spool.ts';
import { MAILS_SHOWN } from './limits.ts';
import type { PendingMail } from './pending-email.ts';

/** Unknown mail of one sender's domain, newest first. */
type SenderGroup = {
  /** Lower case; empty where the mail names no sender that could be read. */
  domain: string;
  /** How many there are, shown or not. */
  total: number;
  /** Those that the listing shows; at least one. */
  mails: readonly SpoolLine[];
};

export type UnknownEmail = {
  /** All that this digest carries, newest first. */
  carried: readonly SpoolLine[];
  /** The domain with the newest mail first. */
  groups: readonly SenderGroup[];
  /** How many the listing shows. */
  listed: number;
  /** Domains of which the listing shows nothing. */
  unlisted: readonly { domain: string; total: number }[];
  /** Mails that wait for the next e-mail, since this one is full. */
  heldBack: number;
};

/**
 * Groups mail by its sender's domain and cuts the listing, so that one digest can still be read: each domain shows its
 * newest mail before any shows its second, so that none is hidden by another that writes a lot.
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

/** By the sender's Date; a date that cannot be read counts as old, so that it does not displace one that can. */
function timeOf({ date }: SpoolLine): number {
  return Date.parse(date) || 0;
}
