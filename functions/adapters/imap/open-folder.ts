import type { ListedMail, MailSession } from '../../core/mail/mail-reader.ts';
import { MailboxFailure } from '../../core/mail/mailbox-failure.ts';
import type { ImapConnection } from './connection.ts';
import { failureOf } from './failures.ts';
import { fetchListing, LISTINGS } from './fetch.ts';
import { withExistingFolders } from './folders.ts';
import { OF_ONE_EMAIL } from './pages.ts';
import { withoutList } from './without-list.ts';

/** A folder, on a connection that is replaced after it has ended. */
export type OpenFolder = Pick<MailSession, 'status' | 'list'> & {
  connection(): ImapConnection;
  /** Opens the folder read-only and returns its uidValidity. */
  examine(): Promise<string>;
  /** A new connection if the last one has ended. */
  reopen(): Promise<void>;
  /** What the server has listed, by uid; some of it may be gone by now. */
  listed: ReadonlyMap<number, ListedMail>;
};

/**
 * @param mailbox account and folder, as failures name it
 * @param reconnect logs in again
 */
export function openFolder(
  first: ImapConnection,
  folder: string,
  mailbox: string,
  reconnect: () => Promise<ImapConnection>,
): OpenFolder {
  const listed = new Map<number, ListedMail>();
  let named: string | undefined;
  let connection = first;
  let examined: Promise<string> | undefined;

  /** EXAMINE, once per connection: the folder is opened read-only, so that no flag can change (RFC 3501, 6.3.2). */
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
    connection = await reconnect();
    examined = undefined;
  };

  /** As the server last reported. */
  const mailsThere = (): number => {
    const exists = connection.client.mailbox ? connection.client.mailbox.exists : undefined;
    if (exists !== undefined) return exists;
    throw new MailboxFailure('protocol', `${mailbox}: the server did not say how many emails there are (EXISTS)`);
  };

  /**
   * One answer, if it is whole. Sequence numbers have no gaps and are in the order of the uids (RFC 3501, 2.3.1.2), so from
   * the first email to the last, which EXISTS gives, each number is there. Email may come and go meanwhile: the lower EXISTS
   * counts.
   */
  const wholeListing = async (fromUid: number, items: (typeof LISTINGS)[number]): Promise<ListedMail[]> => {
    const exists = mailsThere();
    const { mails, uidBySequenceNumber } = await fetchListing(connection, fromUid, items);
    const inOrder = [...uidBySequenceNumber].sort(([one], [other]) => one - other);
    const first = fromUid <= 1 ? 1 : (inOrder[0]?.[0] ?? exists + 1);
    const expected = Math.min(exists, mailsThere()) - first + 1;
    const isInOrder = inOrder.every(([, uid], place) => uid > (inOrder[place - 1]?.[1] ?? 0));
    if (mails.length > 0 && inOrder.length >= expected && isInOrder) return mails;
    throw new MailboxFailure(
      'incomplete answer',
      `${mailbox}: the server has ${exists} emails and lists ${inOrder.length} of the last ${Math.max(expected, 1)}${isInOrder ? '' : ', not in order'}. The next poll tries again`,
    );
  };

  const listingFrom = async (uid: number): Promise<ListedMail[]> => {
    let first: MailboxFailure | undefined;
    for (const items of LISTINGS) {
      let answer: ListedMail[] = [];
      const failure = await failureOf(async () => {
        if (first) await reopen();
        await examine();
        answer = await wholeListing(uid, items);
      });
      if (!failure) return answer;
      first ??= failure;
      if (!OF_ONE_EMAIL.has(failure.kind)) throw first;
    }
    throw first;
  };

  const list = async (aboveUid: number): Promise<ListedMail[]> => {
    await examine();
    // In an empty mailbox `*` matches nothing, and some servers answer BAD to it.
    if (mailsThere() === 0) return [];
    const answer = await listingFrom(aboveUid + 1);
    for (const mail of answer) listed.set(mail.uid, mail);
    return answer.filter(({ uid }) => uid > aboveUid);
  };

  /** If STATUS is refused, the cause is its folder: missing, or closed to this user (RFC 3501, 6.3.10). */
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

  const status = async () => {
    const { uidValidity, uidNext } = await askStatus();
    if (uidValidity) named = String(uidValidity);
    if (named !== undefined && uidValidity && uidNext) return { uidValidity: named, uidNext };
    // 163.com, Yandex and old Couriers leave out a part of the answer. EXAMINE usually has it, and the listing decides.
    const examinedValidity = await examine();
    const { uidNext: examinedNext } = connection.client.mailbox || {};
    const next = uidNext || examinedNext || ((await list(0)).at(-1)?.uid ?? 0) + 1;
    return { uidValidity: examinedValidity, uidNext: next };
  };

  return { connection: () => connection, examine, reopen, status, list, listed };
}

/** After the server has sent BYE, imapflow opens no folder and reports no error. */
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

/** The uids to read were chosen by the answer to STATUS; under another uidValidity they mean other email. */
function uidValidityAsNamed(uidValidity: string, namedByStatus: string | undefined, mailbox: string): string {
  if (namedByStatus === undefined || namedByStatus === uidValidity) return uidValidity;
  throw new MailboxFailure(
    'uidValidity changed',
    `${mailbox}: UIDVALIDITY was ${namedByStatus} at STATUS and is ${uidValidity} at EXAMINE. The next poll reads the email again`,
  );
}
