import type { Mail } from '../../core/mail/mail.ts';
import { mailLink } from '../../core/mail/mail-link.ts';
import type { MailReader, MailSession } from '../../core/mail/mail-reader.ts';
import { MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import { BASE_HEADER_FIELDS, type RawMail } from '../../core/mail/raw-mail.ts';
import { readMail } from '../../core/mail/read-mail.ts';
import { withheldMail } from '../../core/mail/withheld-mail.ts';
import { connectImap, type ImapAccount, type ImapConnection, type ImapCredentials } from './connection.ts';
import { failureOf } from './failures.ts';
import { fetchMails, type Reading } from './mails.ts';
import { openFolder } from './open-folder.ts';
import { type Attempts, pagesOf } from './pages.ts';

export type ImapReaderOptions = {
  /** A renamed account identifies its email by the first of its former ids. */
  account: ImapAccount & { account: string; formerly?: readonly string[] };
  /** `fresh` after a refusal: the secret may have been renewed since it was cached. */
  credentials: (options: { fresh: boolean }) => Promise<ImapCredentials>;
  /** Further header fields that rules use, in lower case. */
  headerFields: readonly string[];
  /** How long the server may take for one exchange. */
  exchangeTimeoutMs: number;
};

type VisitOptions = ImapReaderOptions & { onNotice: ((text: string) => void) | undefined };

/** Reads one account over IMAP with imapflow. */
export function imapMailReader(options: ImapReaderOptions): MailReader {
  return {
    async visit(folder, visit, onNotice) {
      const heard = { ...options, onNotice };
      const connection = await connectWithCurrentSecret(heard);
      const { session, close } = sessionOn(connection, folder, heard);
      try {
        return await visit(session);
      } finally {
        await close();
      }
    },
  };
}

async function connectWithCurrentSecret({
  account,
  credentials,
  exchangeTimeoutMs,
  onNotice,
}: VisitOptions): Promise<ImapConnection> {
  const cached = await credentials({ fresh: false });
  try {
    return await connectImap(account, cached, { exchangeTimeoutMs, onNotice });
  } catch (error) {
    if (!(error instanceof MailboxFailure) || error.kind !== 'credentials') throw error;
    const renewed = await credentials({ fresh: true });
    // The same secret again would only bring the account closer to being locked.
    if (JSON.stringify(renewed) === JSON.stringify(cached)) throw error;
    return await connectImap(account, renewed, { exchangeTimeoutMs, onNotice });
  }
}

/** After a failure, a new connection gets this fraction of the time limit: a page is read in a second or two. */
const HURRY = 1 / 6;

function sessionOn(
  first: ImapConnection,
  folder: string,
  options: VisitOptions,
): { session: MailSession; close(): Promise<void> } {
  const { account, exchangeTimeoutMs } = options;
  const mailbox = `${account.account}/${folder}`;
  const askedByRules = new Set(options.headerFields);
  const headerFields = [...new Set([...BASE_HEADER_FIELDS, ...askedByRules])];
  const open = openFolder(first, folder, mailbox, () =>
    connectWithCurrentSecret({ ...options, exchangeTimeoutMs: exchangeTimeoutMs * HURRY }),
  );
  let lastRead: number | undefined;

  const read = (raw: RawMail, uidValidity: string) =>
    readMail(raw, {
      location: { mailbox, uidValidity, uid: raw.uid },
      identityAccount: account.formerly?.[0] ?? account.account,
      linkTo: (messageId) => mailLink(account, messageId, raw.emailId),
      headerFields: askedByRules,
    });

  /** A uid that was listed but not returned is acceptable only if its email is gone. */
  const refuseIncomplete = async (uids: readonly number[], mails: readonly Mail[]): Promise<void> => {
    const answered = new Set(mails.map(({ location }) => location.uid));
    const missing = uids.filter((uid) => !answered.has(uid));
    if (missing.length === 0) return;
    // From the email before them on: where the listing leaves out the first one, a gap shows.
    const firstMissing = Math.min(...missing);
    const before = [...open.listed.keys()].reduce((last, uid) => (uid < firstMissing ? Math.max(last, uid) : last), 0);
    const there = new Set((await open.list(Math.max(0, before - 1))).map(({ uid }) => uid));
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
        if (again) await open.reopen();
        const uidValidity = await open.examine();
        const sizeOf = (uid: number) => open.listed.get(uid)?.size;
        reading = await fetchMails(open.connection(), uids, {
          ...{ headerFields, depth, sizeOf },
          read: (raw) => read(raw, uidValidity),
        });
        lastRead = reading.mails.at(-1)?.location.uid ?? lastRead;
        if (!reading.failure) await refuseIncomplete(uids, reading.mails);
      });
      return failure ? { ...reading, failure } : reading;
    },
    async others(uid) {
      // If it cannot be listed again, the earlier listing is used.
      await failureOf(async () => {
        await open.reopen();
        await open.list(0);
      });
      const distance = (other: number) => (other === lastRead ? 0 : Math.abs(other - uid));
      return [...open.listed.keys()]
        .filter((other) => other !== uid)
        .sort((one, other) => distance(one) - distance(other));
    },
    async withheld(uid, { said }) {
      const uidValidity = await open.examine();
      return withheldMail({ mailbox, uidValidity, uid }, open.listed.get(uid)?.receivedAt ?? new Date(), said);
    },
  };

  const { status, list } = open;
  return {
    session: { status, list, pages: (uids, mailsPerPage) => pagesOf(uids, mailsPerPage, attempts) },
    close: () => open.connection().close(),
  };
}
