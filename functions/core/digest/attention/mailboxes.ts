import { groupBy } from '../../group-by.ts';
import type { MailboxFailureKind } from '../../mail/mailbox-failure.ts';
import { nextLoginAt } from '../../poll/refused-login.ts';
import type { LedgerEntry } from '../../records/ledger-entry.ts';
import {
  type MailboxHealth,
  type Restart,
  restartsOf,
  type ServerNotice,
  type Watermark,
} from '../../records/watermark.ts';
import { FAILING_MAILBOX_MS, unreadLimitMs } from '../limits.ts';
import { beginningTexts } from '../view/health.ts';
import { clip, counted } from '../view/words.ts';
import { isWithin } from '../window.ts';
import { attentionKind, emailExamples, fateOf } from './attention-kind.ts';

export type UnreadMailbox = {
  mailbox: string;
  /** Undefined if it was never read. */
  since: Date | undefined;
  error: MailboxHealth['lastPollError'];
};

/** Connection failures come and go; all others stay until a person acts. */
const PASSING: ReadonlySet<string> = new Set<MailboxFailureKind>([
  'connection',
  'timeout',
  'closed by server',
  'bye',
  'throttled',
  'unavailable',
  'uidValidity changed',
]);

export const unreadMailbox = attentionKind<UnreadMailbox>({
  find: ({ at, mailboxes }) =>
    mailboxes.flatMap(({ mailbox, everyMinutes, health }) => {
      const error = health?.lastPollError;
      const since = health?.lastPollAt;
      const isUnread = !since || at.getTime() - since.getTime() > unreadLimitMs(everyMinutes);
      const isFailing =
        error && (!PASSING.has(error.kind) || at.getTime() - error.since.getTime() > FAILING_MAILBOX_MS);
      return isUnread || isFailing ? [{ mailbox, since, error }] : [];
    }),
  title: ({ mailbox, since }, { formatTime }) =>
    since ? `${mailbox} has not been read since ${formatTime(since)}` : `${mailbox} has never been read`,
  details: ({ error }, { formatTime }) => [
    error
      ? `Polls have failed since ${formatTime(error.since)}, last at ${formatTime(error.at)} (${error.kind}): ` +
        clip(error.text, 500)
      : 'No poll reported a failure. Check whether one was started: its schedule, and the log of poll-inbox.',
    ...(error?.refusedLogin
      ? [
          `So that the provider does not lock the account, polls try this login again after ${formatTime(nextLoginAt(error.refusedLogin))}, ` +
            'or as soon as the secret is stored again.',
        ]
      : []),
  ],
});

/** A server has a message for the user of a mailbox. Reported once. */
export type ServerSays = { mailbox: string; notice: ServerNotice };

export const serverSays = attentionKind<ServerSays>({
  find: ({ mailboxes, window }) =>
    mailboxes.flatMap(({ mailbox, health }) => {
      const notice = health?.notice;
      return notice && isWithin(notice.since, window) ? [{ mailbox, notice }] : [];
    }),
  title: ({ mailbox }) => `The server of ${mailbox} has a message for you`,
  details: ({ notice }, { formatTime }) => [
    `Rollcall first saw it ${formatTime(notice.since)}. Servers announce downtime, full mailboxes and locked accounts this way.`,
  ],
  examples: ({ notice }) => ({ quotes: [clip(notice.text, 500)], total: 1 }),
});

/**
 * A mailbox that earlier digests reported on begins again: its watermark was lost, or nothing older is known of it.
 * Reported once.
 */
export type MailboxBeginsAgain = { watermark: Watermark; restarts: readonly Restart[] };

export const mailboxBeginsAgain = attentionKind<MailboxBeginsAgain>({
  find: ({ mailboxes, previousDigestAt, window }) =>
    mailboxes.flatMap(({ watermark }) => {
      if (!watermark) return [];
      const restarts = restartsOf(watermark).filter(({ at }) => isWithin(at, window));
      // In the very first digest, the reader expects new mailboxes; they are in the health section.
      const isNew = previousDigestAt !== undefined && isWithin(watermark.beganAt, window);
      return isNew || isLost({ watermark, restarts }) ? [{ watermark, restarts }] : [];
    }),
  title: (finding, { formatTime }) => {
    const { mailbox, beganAt } = finding.watermark;
    return isLost(finding)
      ? `The watermark of ${mailbox} was lost, and polls resumed from the ledger`
      : `Accounting of ${mailbox} begins ${formatTime(beganAt)}, with nothing known from before`;
  },
  details: ({ watermark, restarts }, { formatTime }) => beginningTexts(watermark, restarts, formatTime),
});

function isLost({ restarts }: MailboxBeginsAgain): boolean {
  return restarts.some(({ reason }) => reason === 'watermark lost');
}

/** Its open email is no longer polled or audited, and this digest does not carry it. */
export type RemovedMailbox = { mailbox: string; entries: readonly LedgerEntry[] };

export const removedMailbox = attentionKind<RemovedMailbox>({
  find({ mailboxes, openAlerts, notInSpool }) {
    const configured = new Set(mailboxes.flatMap(({ mailbox, formerly = [] }) => [mailbox, ...formerly]));
    const removed = [...openAlerts, ...notInSpool].filter(({ location }) => !configured.has(location.mailbox));
    const byMailbox = groupBy(removed, ({ location }) => location.mailbox);
    return [...byMailbox].map(([mailbox, entries]) => ({ mailbox, entries }));
  },
  title: ({ mailbox, entries }) =>
    `${mailbox} was removed from the settings with ${counted(entries.length, 'email')} open`,
  details: () => [
    'Nothing polls or audits it any more. Restore it in the settings and deploy, or handle these emails in the mailbox itself.',
  ],
  examples: ({ entries }, words) => emailExamples(entries, words, fateOf),
});
