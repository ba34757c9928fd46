import type { Mail } from '../../functions/core/mail/mail.ts';
import type { MailReader } from '../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';

type Delivered = { mail: Mail; receivedAt: Date };

/** An IMAP folder in memory, with uids as RFC 3501 has them. `failNextVisit` ends the next visit at once. */
export function memoryMailbox(uidValidity = '1000'): MailReader & {
  deliver(mailAt: (uid: number, uidValidity: string) => Mail, receivedAt: Date): Mail;
  expunge(uid: number): void;
  /** As after a restore: a new uidValidity, and the same mails under new uids, mapped by `mailAt`. */
  renumber(uidValidity: string, mailAt: (mail: Mail, uid: number) => Mail): void;
  failNextVisit(failure: MailboxFailure): void;
  mails(): Mail[];
} {
  let delivered: Delivered[] = [];
  let uidNext = 1;
  let nextFailure: MailboxFailure | undefined;

  return {
    mails: () => delivered.map(({ mail }) => mail),
    deliver(mailAt, receivedAt) {
      const mail = { ...mailAt(uidNext, uidValidity), receivedAt };
      uidNext += 1;
      delivered.push({ mail, receivedAt });
      return mail;
    },
    expunge(uid) {
      delivered = delivered.filter(({ mail }) => mail.location.uid !== uid);
    },
    renumber(to, mailAt) {
      uidValidity = to;
      delivered = delivered.map(({ mail, receivedAt }, index) => ({
        mail: { ...mailAt(mail, index + 1), receivedAt },
        receivedAt,
      }));
      uidNext = delivered.length + 1;
    },
    failNextVisit(failure) {
      nextFailure = failure;
    },
    async visit(folder, visit) {
      const failure = nextFailure;
      nextFailure = undefined;
      if (failure) throw failure;
      let named: string | undefined;
      /** As the adapter does: STATUS has named the folder, and EXAMINE finds another one. */
      const there = () => {
        named ??= uidValidity;
        if (named === uidValidity) return delivered;
        throw new MailboxFailure('uidValidity changed', `${folder}: UIDVALIDITY was ${named} and is ${uidValidity}`);
      };
      return await visit({
        status: async () => {
          named = uidValidity;
          return { uidValidity, uidNext };
        },
        list: async (aboveUid) =>
          there()
            .filter(({ mail }) => mail.location.uid > aboveUid)
            .map(({ mail: { location, fingerprint }, receivedAt }) => ({ uid: location.uid, receivedAt, fingerprint })),
        async *pages(uids, mailsPerPage) {
          for (let from = 0; from < uids.length; from += mailsPerPage) {
            const asked = uids.slice(from, from + mailsPerPage);
            const mails = there().flatMap(({ mail }) => (asked.includes(mail.location.uid) ? [mail] : []));
            yield { uids: asked, mails };
          }
        },
      });
    },
  };
}
