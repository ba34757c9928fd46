import type { Mail } from '../../core/mail/mail.ts';
import { mailLink } from '../../core/mail/mail-link.ts';
import type { ListedMail, MailReader, MailSession } from '../../core/mail/mail-reader.ts';
import { MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import { BASE_HEADER_FIELDS } from '../../core/mail/raw-mail.ts';
import { readMail } from '../../core/mail/read-mail.ts';
import { connectImap, type ImapAccount, type ImapConnection, type ImapCredentials } from './connection.ts';
import { fetchListing } from './fetch.ts';
import { withExistingFolders } from './folders.ts';
import { fetchMails } from './mails.ts';

export type ImapReaderOptions = {
  /** An account that was renamed identifies its email by the first of its former ids. */
  account: ImapAccount & { account: string; formerly?: readonly string[] };
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
  const askedByRules = new Set(options.headerFields);
  const headerFields = [...new Set([...BASE_HEADER_FIELDS, ...askedByRules])];
  let namedByStatus: string | undefined;
  let examined: Promise<string> | undefined;

  /** EXAMINE, once: the folder is opened read-only, so that no flag can change (RFC 3501, 6.3.2). */
  const examine = () => {
    examined ??= connection
      .exchange('EXAMINE', async (client) => (await client.mailboxOpen(folder, { readOnly: true })) ?? bye(mailbox))
      .then(({ uidValidity }) => uidValidityAsNamed(uidValidityFrom(uidValidity, mailbox), namedByStatus, mailbox));
    return examined;
  };

  /** As the server last said. */
  const mailsThere = (): number => {
    const exists = connection.client.mailbox ? connection.client.mailbox.exists : undefined;
    if (exists !== undefined) return exists;
    throw new MailboxFailure('protocol', `${mailbox}: the server did not say how many emails there are (EXISTS)`);
  };

  const list = async (aboveUid: number): Promise<ListedMail[]> => {
    await examine();
    const exists = mailsThere();
    // `*` names nothing in an empty mailbox, and some servers answer BAD to it.
    if (exists === 0) return [];
    const listed = await fetchListing(connection, aboveUid + 1);
    // Email may come and go meanwhile. The last one is always listed, so an answer without any is a lost one.
    const expected = Math.min(aboveUid === 0 ? exists : 1, mailsThere());
    if (listed.length >= expected) return listed.filter(({ uid }) => uid > aboveUid);
    throw new MailboxFailure(
      'incomplete answer',
      `${mailbox}: the server has ${exists} emails and lists ${listed.length}. The next poll tries again`,
    );
  };

  const stillThere = async (uids: readonly number[]): Promise<number[]> => {
    const lowest = Math.min(...uids);
    return (await list(lowest - 1)).map(({ uid }) => uid);
  };

  const readPage = async (uids: readonly number[]): Promise<Mail[]> => {
    const uidValidity = await examine();
    const read = (raw: Parameters<typeof readMail>[0]) =>
      readMail(raw, {
        location: { mailbox, uidValidity, uid: raw.uid },
        identityAccount: account.formerly?.[0] ?? account.account,
        linkTo: (messageId) => mailLink(account, messageId, raw.emailId),
        headerFields: askedByRules,
      });
    const mails = await fetchMails(connection, uids, headerFields, read);
    await refuseIncomplete(uids, mails, mailbox, stillThere);
    return mails;
  };

  return {
    async status() {
      // What STATUS is refused for is its folder: missing, or closed to this user (RFC 3501, 6.3.10).
      const status = await connection
        .exchange('STATUS', (client) => client.status(folder, { uidNext: true, uidValidity: true }), {
          refusalMeans: 'folder',
          staysOpenIfRefused: true,
        })
        .catch(async (error: unknown) => {
          if (!(error instanceof MailboxFailure) || error.kind !== 'folder') throw error;
          throw await withExistingFolders(error, connection);
        });
      const uidValidity = uidValidityFrom(status.uidValidity, mailbox);
      namedByStatus = uidValidity;
      if (!status.uidNext) throw new MailboxFailure('protocol', `${mailbox}: the server reports no UIDNEXT`);
      return { uidValidity, uidNext: status.uidNext };
    },
    list,
    pages: (uids, mailsPerPage) => readAhead(uids, mailsPerPage, readPage),
  };
}

/** Once the server has said BYE, imapflow opens nothing, and says nothing of it. */
function bye(mailbox: string): never {
  throw new MailboxFailure('bye', `${mailbox}: the server ended the session before EXAMINE. The next poll tries again`);
}

function uidValidityFrom(uidValidity: bigint | undefined, mailbox: string): string {
  if (uidValidity) return String(uidValidity);
  throw new MailboxFailure(
    'no uidValidity',
    `${mailbox}: the server reports no UIDVALIDITY, so no uid of it can be trusted`,
  );
}

/** Whoever asked STATUS chose the uids to read by its answer; under another uidValidity they name other mail. */
function uidValidityAsNamed(uidValidity: string, namedByStatus: string | undefined, mailbox: string): string {
  if (namedByStatus === undefined || namedByStatus === uidValidity) return uidValidity;
  throw new MailboxFailure(
    'uidValidity changed',
    `${mailbox}: UIDVALIDITY was ${namedByStatus} at STATUS and is ${uidValidity} at EXAMINE. The next poll reads the email again`,
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
  mails: readonly Mail[],
  mailbox: string,
  stillThere: (uids: readonly number[]) => Promise<number[]>,
): Promise<void> {
  const answered = new Set(mails.map(({ location }) => location.uid));
  const missing = uids.filter((uid) => !answered.has(uid));
  if (missing.length === 0) return;
  const there = new Set(await stillThere(missing));
  const withheld = missing.filter((uid) => there.has(uid));
  if (withheld.length === 0) return;
  throw new MailboxFailure(
    'incomplete answer',
    `${mailbox}: the server listed uid ${withheld[0]} and did not hand it out (${withheld.length} of ${uids.length} emails)`,
  );
}
