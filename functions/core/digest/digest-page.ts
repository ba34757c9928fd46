import type { SpoolLine } from '../ledger/spool.ts';
import { isDoubtfulSender } from '../rules/doubtful-sender.ts';
import type { Digest } from './digest.ts';
import type { RouteCounts } from './digest-accounts.ts';
import { healthTold } from './digest-health.ts';
import { EXAMPLES_SHOWN } from './digest-limits.ts';
import { type MailTold, mailTold } from './digest-mail-told.ts';
import { type NeedTold, needTold } from './digest-need-told.ts';
import { newsOf, subjectOf } from './digest-subject.ts';
import type { UnknownMail } from './digest-unknown.ts';
import { counted, shown, type TimeTeller, timesIn } from './digest-words.ts';

/** A digest in words, ready to be laid out. Mail text in it is displayable, but not escaped for any format. */
export type DigestPage = {
  subject: string;
  /** One line that says how things stand. */
  headline: string;
  dateline: string;
  needs: readonly NeedTold[];
  unknown: {
    /** What holds for all of it, before the listing. */
    notes: readonly string[];
    groups: readonly { domain: string; mails: readonly MailTold[]; more: string | undefined }[];
  };
  accounts: { since: string; routes: readonly RouteCounts[]; total: RouteCounts; sum: string; addsUp: boolean };
  health: readonly { mailbox: string; facts: readonly string[] }[];
};

/** The name of the attachment that has all unknown mail where the listing had to be cut. */
export const ATTACHMENT_NAME = 'unknown-mail.jsonl';

/** Puts a digest into words. */
export function pageOf(digest: Digest, timeZone: string): DigestPage {
  const tell = timesIn(timeZone, digest.at);
  const { needs, accounts, since } = digest;
  return {
    subject: subjectOf(digest, tell),
    headline:
      needs.length > 0
        ? `${counted(needs.length, 'thing')} need${needs.length === 1 ? 's' : ''} you`
        : sentence(newsOf(digest)),
    dateline: `${tell(digest.at)} · ${timeZone}${needs.length > 0 ? '' : ' · nothing needs you'}`,
    needs: needs.map((need) => needTold(need, digest.at, tell)),
    unknown: unknownTold(digest.unknown, tell),
    accounts: {
      since: since ? `Mail accepted since ${tell(since)}.` : 'Mail accepted since accounting began.',
      routes: accounts.routes,
      total: accounts.total,
      sum: sumTold(accounts.total, accounts.unaccounted),
      addsUp: accounts.unaccounted === 0,
    },
    health: digest.health.map(({ mailbox, health, seen }) => ({ mailbox, facts: healthTold(health, seen, tell) })),
  };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function unknownTold(unknown: UnknownMail, tell: TimeTeller): DigestPage['unknown'] {
  const { groups, commonReason } = unknown;
  return {
    notes: unknownNotes(unknown),
    groups: groups.map(({ domain, total, mails }) => ({
      domain: domainTold(domain),
      mails: mails.map((line) => unknownMailTold(line, commonReason, tell)),
      more: total > mails.length ? `${total - mails.length} more in ${ATTACHMENT_NAME}` : undefined,
    })),
  };
}

/** A sender who may be forged is named as such at each mail, also where that is the common reason. */
function unknownMailTold(line: SpoolLine, commonReason: string | undefined, tell: TimeTeller): MailTold {
  if (isDoubtfulSender(line.reason)) {
    return mailTold(line, tell, { note: line.reason, mark: 'sender not authenticated' });
  }
  return mailTold(line, tell, { note: line.reason === commonReason ? undefined : line.reason });
}

function unknownNotes({ carried, shown: listed, unlisted, commonReason, heldBack }: UnknownMail): string[] {
  const notes: string[] = [];
  if (carried.length === 0) notes.push('None.');
  if (commonReason) notes.push(`Why it is unknown: ${shown(commonReason, 120)}, unless a mail says otherwise.`);
  if (listed < carried.length) {
    notes.push(
      `${listed} of ${counted(carried.length, 'mail')} listed; all of them are attached as ${ATTACHMENT_NAME}.`,
    );
  }
  if (unlisted.length > 0) notes.push(`Not listed: ${domainsTold(unlisted)}.`);
  if (heldBack > 0) notes.push(`${counted(heldBack, 'more mail')} did not fit and will be in the next digest.`);
  return notes;
}

function domainsTold(unlisted: UnknownMail['unlisted']): string {
  const named = unlisted.slice(0, EXAMPLES_SHOWN).map(({ domain, total }) => `${domainTold(domain)} (${total})`);
  const more = unlisted.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${counted(more, 'more domain')}` : ''}`;
}

function domainTold(domain: string): string {
  return shown(domain, 80) || 'no sender';
}

function sumTold(total: RouteCounts, unaccounted: number): string {
  const { seen, delivered, waiting, dead, unknown } = total;
  const parts = `${delivered} delivered + ${waiting} waiting + ${dead} dead + ${unknown} unknown`;
  if (unaccounted === 0) return `${counted(seen, 'mail')} seen = ${parts}.`;
  return `This does not add up: ${counted(seen, 'mail')} seen, but ${parts} make ${seen - unaccounted}.`;
}
