import type { Mail } from '../../functions/core/mail/mail.ts';
import type { MailReader } from '../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';

type Delivered = { mail: Mail; receivedAt: Date };
export type ReservedUid = { uid: number; uidValidity: string };

/** An IMAP folder in memory, with uids as RFC 3501 has them. `failNextVisit` ends the next visit at once. */
export function memoryMailbox(uidValidity = '1000'): MailReader & {
  /** @param reserved its uid; the next one where that is taken, or no longer means anything */
  deliver(mailAt: (uid: number, uidValidity: string) => Mail, receivedAt: Date, reserved?: ReservedUid): Mail;
  /** The next uid, for an email that becomes visible later, and so many more for emails that came and went. */
  reserve(uidsAfter: number): ReservedUid;
  expunge(uid: number): void;
  /** As after a restore: the same mails under new uids, mapped by `mailAt`, and mostly under a new uidValidity. */
  renumber(uidValidity: string, mailAt: (mail: Mail, uid: number) => Mail, order?: 'as it was' | 'reversed'): void;
  failNextVisit(failure: MailboxFailure): void;
  mails(): Mail[];
} {
  let delivered: Delivered[] = [];
  let uidNext = 1;
  let nextFailure: MailboxFailure | undefined;

  return {
    mails: () => delivered.map(({ mail }) => mail),
    deliver(mailAt, receivedAt, reserved) {
      const isFree =
        reserved?.uidValidity === uidValidity && !delivered.some(({ mail }) => mail.location.uid === reserved.uid);
      const uid = isFree ? reserved.uid : uidNext;
      const mail = { ...mailAt(uid, uidValidity), receivedAt };
      uidNext = Math.max(uidNext, uid + 1);
      delivered.push({ mail, receivedAt });
      delivered.sort((one, other) => one.mail.location.uid - other.mail.location.uid);
      return mail;
    },
    reserve(uidsAfter) {
      const uid = uidNext;
      uidNext += 1 + uidsAfter;
      return { uid, uidValidity };
    },
    expunge(uid) {
      delivered = delivered.filter(({ mail }) => mail.location.uid !== uid);
    },
    renumber(to, mailAt, order = 'as it was') {
      uidValidity = to;
      const inOrder = order === 'reversed' ? delivered.toReversed() : delivered;
      delivered = inOrder.map(({ mail, receivedAt }, index) => ({
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
