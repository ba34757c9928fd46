import type { Mail } from '../../functions/core/mail/mail.ts';
import type { MailReader } from '../../functions/core/mail/mail-reader.ts';
import type { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';

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
    async visit(_folder, visit) {
      const failure = nextFailure;
      nextFailure = undefined;
      if (failure) throw failure;
      return await visit({
        status: async () => ({ uidValidity, uidNext }),
        uidsAbove: async (uid) => delivered.map(({ mail }) => mail.location.uid).filter((found) => found > uid),
        everyUid: async () => delivered.map(({ mail }) => mail.location.uid),
        uidsSince: async (since) =>
          delivered.filter(({ receivedAt }) => receivedAt >= since).map(({ mail }) => mail.location.uid),
        async *pages(uids, mailsPerPage) {
          for (let from = 0; from < uids.length; from += mailsPerPage) {
            const page = new Set(uids.slice(from, from + mailsPerPage));
            yield delivered.map(({ mail }) => mail).filter(({ location }) => page.has(location.uid));
          }
        },
      });
    },
  };
}
