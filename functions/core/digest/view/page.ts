import type { SpoolLine } from '../../records/spool.ts';
import { isUnauthenticatedSender } from '../../rules/unauthenticated-sender.ts';
import type { AttentionView } from '../attention/attention-kind.ts';
import { viewOf } from '../attention/items.ts';
import type { RouteCounts } from '../counts.ts';
import type { Digest, DigestSummary } from '../digest.ts';
import { EXAMPLES_SHOWN } from '../limits.ts';
import type { UnknownEmail } from '../unknown-email.ts';
import { type EmailView, emailView } from './email-view.ts';
import { auditText, healthTexts } from './health.ts';
import { newsOf, subjectOf } from './subject.ts';
import { clip, counted, type FormatTime, figure, timeFormatIn } from './words.ts';

/** A digest in words, ready for layout. Email text in it is displayable, but not escaped for any format. */
export type DigestPage = {
  subject: string;
  /** The digest in one line. */
  headline: string;
  dateline: string;
  attention: readonly AttentionView[];
  unknown: {
    /** Notes on the whole digest, before the listing. */
    notes: readonly string[];
    groups: readonly { domain: string; count: string; emails: readonly EmailView[]; more: string | undefined }[];
  };
  /** Undefined in a continuation. */
  summary: SummaryView | undefined;
};

export type SummaryView = {
  accounts: {
    period: string;
    routes: readonly RouteCounts[];
    total: RouteCounts;
    sum: string;
    /** The results of the last audits: they prove that the counts are complete. */
    audits: readonly string[];
  };
  health: readonly { mailbox: string; facts: readonly string[] }[];
};

/** The name of the attachment with all unknown email, used if the listing had to be cut. */
export const ATTACHMENT_NAME = 'unknown-mail.jsonl';

/** Formats a digest as text. */
export function pageOf(digest: Digest, timeZone: string): DigestPage {
  const formatTime = timeFormatIn(timeZone, digest.at);
  const { at, attention, unknown, summary } = digest;
  const rest = attention.length > 0 ? newsOf(digest) : 'nothing needs attention';
  return {
    subject: subjectOf(digest, formatTime),
    headline:
      attention.length > 0
        ? `${counted(attention.length, 'item')} need${attention.length === 1 ? 's' : ''} attention`
        : sentence(newsOf(digest)),
    dateline: `${formatTime(at)} · ${timeZone}${summary ? ` · ${rest}` : ''}`,
    attention: attention.map((item) => viewOf(item, { at, formatTime })),
    unknown: unknownView(unknown, formatTime),
    summary: summary && summaryView(summary, formatTime),
  };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function unknownView(unknown: UnknownEmail, formatTime: FormatTime): DigestPage['unknown'] {
  return {
    notes: unknownNotes(unknown),
    groups: unknown.groups.map(({ domain, total, mails }) => ({
      domain: domainName(domain),
      count: total > 1 ? counted(total, 'email') : '',
      emails: mails.map((line) => unknownEmailView(line, formatTime)),
      more: total > mails.length ? `${figure(total - mails.length)} more in ${ATTACHMENT_NAME}` : undefined,
    })),
  };
}

/** Starts with a warning if the sender may be forged. */
function unknownEmailView(line: SpoolLine, formatTime: FormatTime): EmailView {
  const mark = isUnauthenticatedSender(line.reason) ? 'sender not authenticated' : undefined;
  return emailView(line, formatTime, { note: line.reason, mark });
}

function unknownNotes({ carried, listed, unlisted, heldBack }: UnknownEmail): string[] {
  const notes: string[] = [];
  if (carried.length === 0) notes.push('None.');
  if (listed < carried.length) {
    notes.push(
      `${figure(listed)} of ${counted(carried.length, 'email')} listed; all of them are attached as ${ATTACHMENT_NAME}.`,
    );
  }
  if (unlisted.length > 0) notes.push(`Not listed: ${domainNames(unlisted)}.`);
  if (heldBack > 0) notes.push(`${counted(heldBack, 'more email')} did not fit and will be in the next digest email.`);
  return notes;
}

function domainNames(unlisted: UnknownEmail['unlisted']): string {
  const named = unlisted
    .slice(0, EXAMPLES_SHOWN)
    .map(({ domain, total }) => `${domainName(domain)} (${figure(total)})`);
  const more = unlisted.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${counted(more, 'more domain')}` : ''}`;
}

function domainName(domain: string): string {
  return clip(domain, 80) || 'no sender';
}

const OPEN_MEANS =
  'Open counts every email that is not delivered yet, whenever it arrived, also of removed routes and mailboxes.';

function summaryView(
  { window, previousDigestAt, accounts, health }: DigestSummary,
  formatTime: FormatTime,
): SummaryView {
  const { routes, total, copies } = accounts;
  const from = previousDigestAt ? `between ${formatTime(window.from)} and` : 'until';
  return {
    accounts: {
      period: `Emails received ${from} ${formatTime(window.until)}; later ones are counted in the next digest. ${OPEN_MEANS}`,
      routes,
      total,
      sum: sumText(total, copies),
      audits: health.map((summary) => clip(`${summary.mailbox}: ${auditText(summary, formatTime)}`, 400)),
    },
    health: health.map((summary) => ({
      mailbox: clip(summary.mailbox, 250),
      facts: healthTexts(summary, window, formatTime),
    })),
  };
}

function sumText({ received, delivered, undelivered, unknown, recovered }: RouteCounts, copies: number): string {
  const parts = `${figure(delivered)} delivered + ${figure(undelivered)} undelivered + ${figure(unknown)} unknown`;
  const found = recovered > 0 ? ` The audit recovered ${figure(recovered)} of them.` : '';
  const copied = copies === 1 ? ' 1 copy of a known email is not counted.' : '';
  const several = copies > 1 ? ` ${figure(copies)} copies of known emails are not counted.` : '';
  return `${counted(received, 'email')} received = ${parts}.${found}${copied}${several}`;
}
