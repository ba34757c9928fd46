import type { FetchMessageObject } from 'imapflow';
import type { Mail } from '../core/mail/mail.ts';
import { mailLink } from '../core/mail/mail-link.ts';
import { MailboxFailure } from '../core/mail/mailbox-failure.ts';
import { BASE_HEADER_FIELDS } from '../core/mail/raw-mail.ts';
import { readMail } from '../core/mail/read-mail.ts';
import type { MailReader, MailSession } from '../core/ports.ts';
import { connectImap, type ImapAccount, type ImapConnection, type ImapCredentials } from './imap-connection.ts';
import { fetchMissingTexts, fetchPage } from './imap-fetch.ts';

export type ImapReaderOptions = {
  account: ImapAccount & { account: string };
  /** `fresh` after a refusal: the secret may have been renewed since it was cached. */
  credentials: (options: { fresh: boolean }) => Promise<ImapCredentials>;
  /** Further header fields that rules look at, in lower case. */
  headerFields: readonly string[];
  /** How long the server may take for one exchange. */
  exchangeTimeoutMs: number;
};

/** Reads one account over IMAP with imapflow. */
export function imapMailReader(options: ImapReaderOptions): MailReader {
  return {
    async visit(folder, visit) {
      const connection = await connectWithCurrentSecret(options);
      try {
        return await visit(sessionOn(connection, folder, options));
      } finally {
        connection.close();
      }
    },
  };
}

async function connectWithCurrentSecret({
  account,
  credentials,
  exchangeTimeoutMs,
}: ImapReaderOptions): Promise<ImapConnection> {
  const cached = await credentials({ fresh: false });
  try {
    return await connectImap(account, cached, { exchangeTimeoutMs });
  } catch (error) {
    if (!(error instanceof MailboxFailure) || error.kind !== 'credentials') throw error;
    const renewed = await credentials({ fresh: true });
    // The same secret again would only bring the account closer to being locked.
    if (JSON.stringify(renewed) === JSON.stringify(cached)) throw error;
    return await connectImap(account, renewed, { exchangeTimeoutMs });
  }
}

function sessionOn(connection: ImapConnection, folder: string, options: ImapReaderOptions): MailSession {
  const { account } = options;
  const mailbox = `${account.account}/${folder}`;
  const headerFields = [...new Set([...BASE_HEADER_FIELDS, ...options.headerFields])];
  let examined: Promise<string> | undefined;

  /** EXAMINE, once: the folder is opened read-only, so that no flag can change (RFC 3501, 6.3.2). */
  const examine = () => {
    examined ??= connection
      .exchange('EXAMINE', (client) => client.mailboxOpen(folder, { readOnly: true }))
      .then(({ uidValidity }) => uidValidityFrom(uidValidity, mailbox));
    return examined;
  };

  const search = async (what: string, query: { uid: string } | { since: Date }): Promise<number[]> => {
    await examine();
    const uids = await connection.exchange(what, (client) => client.search(query, { uid: true }));
    // imapflow answers `false` where the server said NO or BAD; an empty list would look like an empty mailbox.
    if (!Array.isArray(uids)) throw new MailboxFailure('refused', `${mailbox}: the server refused ${what}`);
    return uids.sort((a, b) => a - b);
  };

  const readPage = async (uids: readonly number[]): Promise<Mail[]> => {
    const uidValidity = await examine();
    const read = (raw: Parameters<typeof readMail>[0]) =>
      readMail(raw, {
        location: { mailbox, uidValidity, uid: raw.uid },
        linkTo: (messageId) => mailLink(account, messageId),
      });
    const messages = await fetchPage(connection, uids, headerFields);
    await refuseIncomplete(uids, messages, mailbox, (range) => search('SEARCH', { uid: range }));
    return await fetchMissingTexts(connection, messages, read);
  };

  return {
    async status() {
      const status = await connection.exchange('STATUS', (client) =>
        client.status(folder, { uidNext: true, uidValidity: true }),
      );
      // What STATUS is refused for is its folder: missing, or closed to this user (RFC 3501, 6.3.10).
      if (!status)
        throw new MailboxFailure(
          'folder',
          `${mailbox}: the server refused STATUS. Check the folder's name in the settings`,
        );
      const uidValidity = uidValidityFrom(status.uidValidity, mailbox);
      if (!status.uidNext) throw new MailboxFailure('protocol', `${mailbox}: the server reports no UIDNEXT`);
      return { uidValidity, uidNext: status.uidNext };
    },
    // `n:*` always names the last mail, also where its uid is below n (RFC 3501, 6.4.8), hence the filter.
    uidsAbove: async (uid) => (await search('SEARCH UID', { uid: `${uid + 1}:*` })).filter((found) => found > uid),
    uidsSince: (since) => search('SEARCH SINCE', { since }),
    pages: (uids, mailsPerPage) => readAhead(uids, mailsPerPage, readPage),
  };
}

function uidValidityFrom(uidValidity: bigint | undefined, mailbox: string): string {
  if (uidValidity) return String(uidValidity);
  throw new MailboxFailure(
    'no uidValidity',
    `${mailbox}: the server reports no UIDVALIDITY, so no uid of it can be trusted`,
  );
}

/** One page is fetched while the caller works on the one before; at most two are in memory. */
async function* readAhead(
  uids: readonly number[],
  mailsPerPage: number,
  readPage: (uids: readonly number[]) => Promise<Mail[]>,
): AsyncGenerator<Mail[]> {
  const begin = (from: number) => {
    if (from >= uids.length) return undefined;
    const page = readPage(uids.slice(from, from + mailsPerPage));
    // The failure is told when the page is asked for. Until then nobody listens, and Node would end the process.
    page.catch(() => undefined);
    return page;
  };
  let ahead = begin(0);
  for (let from = 0; ahead; from += mailsPerPage) {
    const page = await ahead;
    ahead = begin(from + mailsPerPage);
    yield page;
  }
}

/** A uid that was listed and not handed out is fine only if the mail is gone since. */
async function refuseIncomplete(
  uids: readonly number[],
  messages: readonly FetchMessageObject[],
  mailbox: string,
  search: (range: string) => Promise<number[]>,
): Promise<void> {
  const answered = new Set(messages.map(({ uid }) => uid));
  const missing = uids.filter((uid) => !answered.has(uid));
  if (missing.length === 0) return;
  const stillThere = new Set(await search(missing.join(',')));
  const withheld = missing.filter((uid) => stillThere.has(uid));
  if (withheld.length === 0) return;
  throw new MailboxFailure(
    'incomplete answer',
    `${mailbox}: the server listed uid ${withheld[0]} and did not hand it out (${withheld.length} of ${uids.length} mails)`,
  );
}
