import type { Mail } from '../../core/mail/mail.ts';
import { mailLink } from '../../core/mail/mail-link.ts';
import type { ListedMail, MailReader, MailSession } from '../../core/mail/mail-reader.ts';
import { MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import { BASE_HEADER_FIELDS, type RawMail } from '../../core/mail/raw-mail.ts';
import { readMail } from '../../core/mail/read-mail.ts';
import { withheldMail } from '../../core/mail/withheld-mail.ts';
import { connectImap, type ImapAccount, type ImapConnection, type ImapCredentials } from './connection.ts';
import { fetchListing, LISTINGS } from './fetch.ts';
import { withExistingFolders } from './folders.ts';
import { failureOf, fetchMails, type Reading } from './mails.ts';
import { type Attempts, OF_ONE_EMAIL, pagesOf } from './pages.ts';
import { withoutList } from './without-list.ts';

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
      const { session, close } = sessionOn(connection, folder, options);
      try {
        return await visit(session);
      } finally {
        close();
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

/** After a failure, a new connection waits for this part of the time: a page is read in a second or two. */
const HURRY = 1 / 6;

function sessionOn(
  first: ImapConnection,
  folder: string,
  options: ImapReaderOptions,
): { session: MailSession; close(): void } {
  const { account, exchangeTimeoutMs } = options;
  const mailbox = `${account.account}/${folder}`;
  const askedByRules = new Set(options.headerFields);
  const headerFields = [...new Set([...BASE_HEADER_FIELDS, ...askedByRules])];
  /** What the server listed last, by uid. */
  let listed: ReadonlyMap<number, ListedMail> = new Map();
  let lastRead: number | undefined;
  let named: string | undefined;
  let connection = first;
  let examined: Promise<string> | undefined;

  /** EXAMINE, once a connection: the folder is opened read-only, so that no flag can change (RFC 3501, 6.3.2). */
  const examine = () => {
    examined ??= connection
      .exchange('EXAMINE', async (client) => {
        withoutList(client, folder);
        return (await client.mailboxOpen(folder, { readOnly: true })) ?? bye(mailbox);
      })
      .then(({ uidValidity }) => {
        named = uidValidityAsNamed(uidValidityFrom(uidValidity, mailbox), named, mailbox);
        return named;
      });
    return examined;
  };

  const reopen = async () => {
    if (connection.isOpen()) return;
    connection = await connectWithCurrentSecret({ ...options, exchangeTimeoutMs: exchangeTimeoutMs * HURRY });
    examined = undefined;
  };

  /** As the server last said. */
  const mailsThere = (): number => {
    const exists = connection.client.mailbox ? connection.client.mailbox.exists : undefined;
    if (exists !== undefined) return exists;
    throw new MailboxFailure('protocol', `${mailbox}: the server did not say how many emails there are (EXISTS)`);
  };

  const listingFrom = async (uid: number): Promise<ListedMail[]> => {
    let first: MailboxFailure | undefined;
    for (const items of LISTINGS) {
      let answer: ListedMail[] = [];
      const failure = await failureOf(async () => {
        if (first) await reopen();
        await examine();
        answer = await fetchListing(connection, uid, items);
      });
      if (!failure) return answer;
      first ??= failure;
      if (!OF_ONE_EMAIL.has(failure.kind)) throw first;
    }
    throw first;
  };

  const list = async (aboveUid: number): Promise<ListedMail[]> => {
    await examine();
    const exists = mailsThere();
    // `*` names nothing in an empty mailbox, and some servers answer BAD to it.
    if (exists === 0) return [];
    const answer = await listingFrom(aboveUid + 1);
    listed = new Map([...listed, ...answer.map((mail) => [mail.uid, mail] as const)]);
    // Email may come and go meanwhile. The last one is always listed, so an answer without any is a lost one.
    const expected = Math.min(aboveUid === 0 ? exists : 1, mailsThere());
    if (answer.length >= expected) return answer.filter(({ uid }) => uid > aboveUid);
    throw new MailboxFailure(
      'incomplete answer',
      `${mailbox}: the server has ${exists} emails and lists ${answer.length}. The next poll tries again`,
    );
  };

  const read = (raw: RawMail, uidValidity: string) =>
    readMail(raw, {
      location: { mailbox, uidValidity, uid: raw.uid },
      identityAccount: account.formerly?.[0] ?? account.account,
      linkTo: (messageId) => mailLink(account, messageId, raw.emailId),
      headerFields: askedByRules,
    });

  /** A uid that was listed and not handed out is fine only if the email is gone since. */
  const refuseIncomplete = async (uids: readonly number[], mails: readonly Mail[]): Promise<void> => {
    const answered = new Set(mails.map(({ location }) => location.uid));
    const missing = uids.filter((uid) => !answered.has(uid));
    if (missing.length === 0) return;
    const there = new Set((await list(Math.min(...missing) - 1)).map(({ uid }) => uid));
    const withheld = missing.filter((uid) => there.has(uid));
    if (withheld.length === 0) return;
    const said = `the server lists uid ${withheld[0]} and does not hand it out`;
    const text = `${mailbox}: ${said} (${withheld.length} of ${uids.length} emails)`;
    throw new MailboxFailure('incomplete answer', text, { said });
  };

  const attempts: Attempts = {
    async attempt(uids, depth, again) {
      let reading: Reading = { mails: [], failure: undefined };
      const failure = await failureOf(async () => {
        if (again) await reopen();
        const uidValidity = await examine();
        const sizeOf = (uid: number) => listed.get(uid)?.size;
        reading = await fetchMails(connection, uids, {
          ...{ headerFields, depth, sizeOf },
          read: (raw) => read(raw, uidValidity),
        });
        lastRead = reading.mails.at(-1)?.location.uid ?? lastRead;
        if (!reading.failure) await refuseIncomplete(uids, reading.mails);
      });
      return failure ? { ...reading, failure } : reading;
    },
    async others(uid) {
      const all = new Map(listed);
      await failureOf(async () => {
        await reopen();
        for (const mail of await list(0)) all.set(mail.uid, mail);
      });
      const distance = (other: number) => (other === lastRead ? 0 : Math.abs(other - uid));
      return [...all.keys()].filter((other) => other !== uid).sort((one, other) => distance(one) - distance(other));
    },
    withheld: (uid, { said }) =>
      withheldMail({ mailbox, uidValidity: named ?? '', uid }, listed.get(uid)?.receivedAt ?? new Date(), said),
  };

  /** What STATUS is refused for is its folder: missing, or closed to this user (RFC 3501, 6.3.10). */
  const askStatus = async () =>
    await connection
      .exchange('STATUS', (client) => client.status(folder, { uidNext: true, uidValidity: true }), {
        refusalMeans: 'folder',
        staysOpenIfRefused: true,
      })
      .catch(async (error: unknown) => {
        if (!(error instanceof MailboxFailure) || error.kind !== 'folder') throw error;
        throw await withExistingFolders(error, connection);
      });

  const session: MailSession = {
    async status() {
      const { uidValidity, uidNext } = await askStatus();
      if (uidValidity && uidNext) {
        named = String(uidValidity);
        return { uidValidity: named, uidNext };
      }
      // 163.com, Yandex and old Couriers leave a part of the answer out. EXAMINE mostly has it, and the listing decides.
      if (uidValidity) named = String(uidValidity);
      const examinedValidity = await examine();
      const { uidNext: examinedNext } = connection.client.mailbox || {};
      const next = uidNext || examinedNext || ((await list(0)).at(-1)?.uid ?? 0) + 1;
      return { uidValidity: examinedValidity, uidNext: next };
    },
    list,
    pages: (uids, mailsPerPage) => pagesOf(uids, mailsPerPage, attempts),
  };
  return { session, close: () => connection.close() };
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
