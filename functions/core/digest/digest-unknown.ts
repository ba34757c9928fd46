import { groupBy } from '../group-by.ts';
import type { SpoolLine } from '../ledger/spool.ts';
import { displayedText } from '../mail/displayed-text.ts';
import { MAILS_SHOWN } from './digest-limits.ts';

/** Unknown mail of one sender's domain, newest first. */
type SenderGroup = {
  /** Lower case; empty where the mail names no sender that could be read. */
  domain: string;
  /** How many there are, shown or not. */
  total: number;
  /** Those that the listing shows; at least one. */
  mails: readonly SpoolLine[];
};

export type UnknownMail = {
  /** All that this digest carries, newest first. */
  carried: readonly SpoolLine[];
  /** The domain with the newest mail first. */
  groups: readonly SenderGroup[];
  shown: number;
  /** Domains of which the listing shows nothing. */
  unlisted: readonly { domain: string; total: number }[];
  /** Mails that wait for the next digest, since this one is full. */
  heldBack: number;
  /** Why most of it is unknown, told once for all; undefined where nothing is carried. */
  commonReason: string | undefined;
};

/** Groups mail by its sender's domain and cuts the listing, so that one digest can still be read. */
export function groupBySender(carried: readonly SpoolLine[], heldBack: number): UnknownMail {
  const newestFirst = carried.toSorted((one, other) => timeOf(other) - timeOf(one));
  const groups: SenderGroup[] = [];
  const unlisted: { domain: string; total: number }[] = [];
  let shown = 0;
  for (const [domain, lines] of groupBy(newestFirst, ({ from }) => senderDomain(from))) {
    const mails = lines.slice(0, MAILS_SHOWN - shown);
    if (mails.length > 0) groups.push({ domain, total: lines.length, mails });
    else unlisted.push({ domain, total: lines.length });
    shown += mails.length;
  }
  return {
    carried: newestFirst,
    groups,
    shown,
    unlisted,
    heldBack,
    commonReason: mostCommon(carried.map(({ reason }) => reason)),
  };
}

function mostCommon(reasons: readonly string[]): string | undefined {
  const groups = [...groupBy(reasons, (reason) => reason).values()];
  return groups.sort((one, other) => other.length - one.length)[0]?.[0];
}

/** By the sender's Date; a date that cannot be read counts as old, so that it does not displace one that can. */
function timeOf({ date }: SpoolLine): number {
  return Date.parse(date) || 0;
}

/** The last domain in From: a display name stands before its address, so it cannot pose as one. */
function senderDomain(from: string): string {
  const domain = displayedText(from.slice(from.lastIndexOf('@') + 1)).match(/^[^\s<>,;"()]+/)?.[0];
  return from.includes('@') && domain ? domain.toLowerCase() : '';
}
