import type { SpoolLine } from '../../ledger/spool.ts';
import { isDoubtfulSender } from '../../rules/doubtful-sender.ts';
import type { RouteCounts } from '../accounts.ts';
import { type NeedTold, needTold } from '../attention/need-told.ts';
import type { Digest, Standing } from '../digest.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import type { UnknownMail } from '../unknown-email.ts';
import { type MailTold, mailTold } from './email-view.ts';
import { healthTold } from './health.ts';
import { newsOf, subjectOf } from './subject.ts';
import { counted, figure, shown, type TimeTeller, timesIn } from './words.ts';

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
    groups: readonly { domain: string; count: string; mails: readonly MailTold[]; more: string | undefined }[];
  };
  /** Undefined in a continuation. */
  standing: StandingTold | undefined;
};

export type StandingTold = {
  accounts: { period: string; routes: readonly RouteCounts[]; total: RouteCounts; sum: string };
  health: readonly { mailbox: string; facts: readonly string[] }[];
};

/** The name of the attachment that has all unknown mail where the listing had to be cut. */
export const ATTACHMENT_NAME = 'unknown-mail.jsonl';

/** Puts a digest into words. */
export function pageOf(digest: Digest, timeZone: string): DigestPage {
  const tell = timesIn(timeZone, digest.at);
  const { at, needs, unknown, standing } = digest;
  const rest = needs.length > 0 ? newsOf(digest) : 'nothing needs you';
  return {
    subject: subjectOf(digest, tell),
    headline:
      needs.length > 0
        ? `${counted(needs.length, 'thing')} need${needs.length === 1 ? 's' : ''} you`
        : sentence(newsOf(digest)),
    dateline: `${tell(at)} · ${timeZone}${standing ? ` · ${rest}` : ''}`,
    needs: needs.map((need) => needTold(need, at, tell)),
    unknown: unknownTold(unknown, tell),
    standing: standing && standingTold(standing, tell),
  };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function unknownTold(unknown: UnknownMail, tell: TimeTeller): DigestPage['unknown'] {
  return {
    notes: unknownNotes(unknown),
    groups: unknown.groups.map(({ domain, total, mails }) => ({
      domain: domainTold(domain),
      count: total > 1 ? counted(total, 'mail') : '',
      mails: mails.map((line) => unknownMailTold(line, tell)),
      more: total > mails.length ? `${figure(total - mails.length)} more in ${ATTACHMENT_NAME}` : undefined,
    })),
  };
}

/** A sender who may be forged is named as such before anything else. */
function unknownMailTold(line: SpoolLine, tell: TimeTeller): MailTold {
  const mark = isDoubtfulSender(line.reason) ? 'sender not authenticated' : undefined;
  return mailTold(line, tell, { note: line.reason, mark });
}

function unknownNotes({ carried, shown: listed, unlisted, heldBack }: UnknownMail): string[] {
  const notes: string[] = [];
  if (carried.length === 0) notes.push('None.');
  if (listed < carried.length) {
    notes.push(
      `${figure(listed)} of ${counted(carried.length, 'mail')} listed; all of them are attached as ${ATTACHMENT_NAME}.`,
    );
  }
  if (unlisted.length > 0) notes.push(`Not listed: ${domainsTold(unlisted)}.`);
  if (heldBack > 0) notes.push(`${counted(heldBack, 'more mail')} did not fit and will be in the next e-mail.`);
  return notes;
}

function domainsTold(unlisted: UnknownMail['unlisted']): string {
  const named = unlisted
    .slice(0, EXAMPLES_SHOWN)
    .map(({ domain, total }) => `${domainTold(domain)} (${figure(total)})`);
  const more = unlisted.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${counted(more, 'more domain')}` : ''}`;
}

function domainTold(domain: string): string {
  return shown(domain, 80) || 'no sender';
}

const OPEN_MEANS =
  'Open is all that is not delivered yet, whenever it came, also of what was removed from the settings.';

function standingTold({ window, previousDigestAt, accounts, health }: Standing, tell: TimeTeller): StandingTold {
  const { routes, total } = accounts;
  const from = previousDigestAt ? `between ${tell(window.from)} and` : 'until';
  return {
    accounts: {
      period: `Emails received ${from} ${tell(window.until)}; later ones are counted in the next digest. ${OPEN_MEANS}`,
      routes,
      total,
      sum: sumTold(total),
    },
    health: health.map((summary) => ({
      mailbox: shown(summary.mailbox, 250),
      facts: healthTold(summary, window, tell),
    })),
  };
}

function sumTold({ received, delivered, undelivered, unknown, recovered }: RouteCounts): string {
  const parts = `${figure(delivered)} delivered + ${figure(undelivered)} undelivered + ${figure(unknown)} unknown`;
  const found = recovered > 0 ? ` The audit recovered ${figure(recovered)} of them.` : '';
  return `${counted(received, 'email')} received = ${parts}.${found}`;
}
