import type { ImapFlowError, ImapFlowOptions } from 'imapflow';

/**
 * What imapflow writes only to its log (2.10): it waits out a throttling server for minutes, answers
 * `false` to a refusal, and goes on without a line or an entry that it cannot read.
 */
export type ImapLog = {
  logger: Exclude<ImapFlowOptions['logger'], false | undefined>;
  /** Resets the record and listens to the next exchange; `onThrottled` is called as soon as a wait begins. */
  listen(onThrottled: (error: ImapFlowError) => void): ImapHeard;
};

export type ImapHeard = {
  /** Why an answer is `false`: the last NO or BAD, or that the connection is gone. */
  failure: ImapFlowError | undefined;
  /** What could not be read, without the line itself, which may contain parts of an email. */
  lost: string | undefined;
  /** A tag that matches none of our commands. */
  unknownTag: string | undefined;
};

type Entry = { msg?: unknown; src?: unknown; err?: ImapFlowError; tag?: unknown };

export function imapLog(): ImapLog {
  let heard: ImapHeard = { failure: undefined, lost: undefined, unknownTag: undefined };
  let onThrottled: (error: ImapFlowError) => void = () => undefined;

  const hear = ({ msg, src, err, tag }: Entry) => {
    const text = String(msg ?? '');
    if (err?.code === 'ETHROTTLE') onThrottled(err);
    if (err?.responseStatus || err?.code === 'NoConnection') heard.failure = err;
    if (text.startsWith('Invalid entries in the')) heard.lost ??= 'a SEARCH answer with entries that are not uids';
    // Only an unreadable line is logged with the server as its source at this level.
    if (src === 's' && err) heard.lost ??= `a line that is not IMAP (${err.code ?? err.message})`;
    if (text === 'Tagged response for an unknown tag') heard.unknownTag = String(tag);
  };
  const ignore = () => undefined;
  const logger = {
    debug: ignore,
    info: ignore,
    warn: hear,
    error: hear,
    fatal: hear,
    // Otherwise every answer would be formatted again for a log that is not kept.
    isLevelEnabled: (level: string) => level === 'warn' || level === 'error' || level === 'fatal',
  };

  return {
    logger,
    listen(whenThrottled) {
      heard = { failure: undefined, lost: undefined, unknownTag: undefined };
      onThrottled = whenThrottled;
      return heard;
    },
  };
}
