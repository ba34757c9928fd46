import { isDeepStrictEqual } from 'node:util';
import type { MailboxHealth, Watermark, Watermarks } from '../../functions/core/records/watermark.ts';

type History = Omit<MailboxHealth, 'watermark'>;
type Stored = { watermark: Watermark | undefined; history: History };

/** Watermarks in memory, with the promises of the DynamoDB ones. */
export function memoryWatermarks(): Watermarks & {
  /** Loses all that is known of a mailbox, as no real table should. */
  forget(mailbox: string): void;
} {
  const items = new Map<string, Stored>();

  function stored(mailbox: string): Stored {
    const item = items.get(mailbox) ?? { watermark: undefined, history: { ...NO_HISTORY } };
    items.set(mailbox, item);
    return item;
  }

  return {
    forget: (mailbox) => {
      items.delete(mailbox);
    },

    async get(mailbox) {
      const item = items.get(mailbox);
      return item && { watermark: item.watermark && { ...item.watermark }, ...item.history };
    },

    async create(watermark, before) {
      const item = stored(watermark.mailbox);
      if (item.watermark) return 'already there';
      item.watermark = { ...watermark };
      if (!before) return 'created';
      item.history.lastDigestAt = before.lastDigestAt;
      item.history.pollsSinceDigest += before.pollsSinceDigest ?? 0;
      item.history.failedPollsSinceDigest += before.failedPollsSinceDigest ?? 0;
      return 'created';
    },

    async move(from, to) {
      const item = items.get(from.mailbox);
      if (!item?.watermark || !isDeepStrictEqual(identityOf(item.watermark), identityOf(from))) return 'overtaken';
      item.watermark = { ...to };
      return 'moved';
    },

    async recordPoll(mailbox, { at, uidNext, isComplete, notice }) {
      const { history } = stored(mailbox);
      Object.assign(history, { lastPollAt: at, uidNext, lastPollError: undefined });
      if (notice) history.notice = notice;
      if (isComplete) history.lastCompletePollAt = at;
      history.pollsSinceDigest += 1;
    },

    async recordPollFailure(mailbox, failure) {
      const { history } = stored(mailbox);
      history.lastPollError = { ...failure, since: history.lastPollError?.since ?? failure.at };
      history.pollsSinceDigest += 1;
      history.failedPollsSinceDigest += 1;
    },

    async requestRescan(mailbox, since) {
      const { history } = stored(mailbox);
      if (!history.rescanSince || history.rescanSince > since) history.rescanSince = since;
    },

    async recordRescan(mailbox, since) {
      const { history } = stored(mailbox);
      if (history.rescanSince?.getTime() === since.getTime()) history.rescanSince = undefined;
    },

    async recordAudit(report) {
      stored(report.mailbox).history.lastAudit = structuredClone(report);
    },

    async recordDigest(mailbox, { at, previousAt, polls, failedPolls }) {
      const history = items.get(mailbox)?.history;
      if (!history) return 'overtaken';
      if (history.lastDigestAt?.getTime() !== previousAt?.getTime()) return 'overtaken';
      if (history.pollsSinceDigest < polls) return 'overtaken';
      history.lastDigestAt = at;
      history.pollsSinceDigest -= polls;
      history.failedPollsSinceDigest -= failedPolls;
      return 'recorded';
    },
  };
}

function identityOf({ lastUid, uidValidity, beganAt, restart }: Watermark) {
  return { lastUid, uidValidity, beganAt, restartedAt: restart?.at };
}

const NO_HISTORY: History = {
  uidNext: undefined,
  lastPollAt: undefined,
  lastCompletePollAt: undefined,
  lastPollError: undefined,
  lastDigestAt: undefined,
  pollsSinceDigest: 0,
  failedPollsSinceDigest: 0,
  lastAudit: undefined,
};
