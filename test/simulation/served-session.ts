import type { Mail } from '../../functions/core/mail/mail.ts';
import type { MailSession } from '../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';
import { withheldMail } from '../../functions/core/mail/withheld-mail.ts';
import type { Cap } from './plan.ts';
import { mailUnder } from './simulated-mail.ts';
import { mailboxNamed } from './simulated-settings.ts';

/** What the server does to the emails of one folder. */
export type Serving = {
  /** As the reader knows the folder. */
  name: string;
  isWithheld: (uid: number) => boolean;
  /** Some email is there that the server does hand out. */
  isAnyHandedOut: () => boolean;
  cap: () => Cap | undefined;
  refusedListing: () => void;
};

/** One connection to the server, with what the adapter makes of its answers. */
export function servedSession(session: MailSession, serving: Serving): MailSession {
  const { name, isWithheld, isAnyHandedOut } = serving;
  const handedOut = (mail: Mail): Mail => {
    const named = name === mailboxNamed(name) ? mail : mailUnder(name, mail);
    if (!isWithheld(mail.location.uid)) return named;
    if (isAnyHandedOut()) return withheldMail(named.location, mail.receivedAt, SAID);
    throw new MailboxFailure('refused', `${name}: the server hands out no email: ${SAID}`, { said: SAID });
  };
  return {
    ...session,
    list: async (aboveUid) => await wholeListing(session, aboveUid, serving),
    async *pages(uids, mailsPerPage) {
      for await (const page of session.pages(uids, mailsPerPage)) {
        yield { ...page, mails: page.mails.map(handedOut) };
      }
    },
  };
}

const SAID = 'NO [SERVERBUG] Internal error occurred.';

/**
 * From the first email that is listed to the last one that EXISTS counts none may be missing, as sequence numbers show. What
 * is missing before the first one shows only in a listing of the whole folder.
 */
async function wholeListing(
  session: MailSession,
  aboveUid: number,
  { name, cap, refusedListing }: Serving,
): ReturnType<MailSession['list']> {
  const above = await session.list(aboveUid);
  const { keeps, count = above.length } = cap() ?? {};
  if (above.length <= count) return above;
  const listed = keeps === 'newest' ? above.slice(-count) : above.slice(0, count);
  if (keeps === 'newest' && aboveUid > 0) return listed;
  refusedListing();
  throw new MailboxFailure('incomplete answer', `${name}: the server has ${above.length} emails and lists ${count}`);
}
