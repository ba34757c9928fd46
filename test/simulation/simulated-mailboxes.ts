import { fingerprintOf } from '../../functions/core/mail/fingerprint.ts';
import { accountOf, type Mail, mailIdOf } from '../../functions/core/mail/mail.ts';
import type { MailSession } from '../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';
import { memoryMailbox } from '../fakes/memory-mailbox.ts';
import type { PlannedMail } from './plan.ts';
import { MAILBOXES, type MailboxName, mailboxNamed, NEW_NAMES } from './simulated-settings.ts';

/** A stay of a mail under one number, in milliseconds since the start; `toMs` is infinite while it lasts. */
type Stay = {
  mailbox: MailboxName;
  uidValidity: string;
  uid: number;
  mailId: string;
  fromMs: number;
  toMs: number;
  /** When it came into this mailbox, under whatever number. */
  sinceMs: number;
};

/** What the server knows of a mail: its truth, whatever anyone wrote down of it. */
export type SimulatedMail = PlannedMail & {
  arrivedAtMs: number;
  /** Of each place the time that the server calls its arrival there is the same for moved mail, and new for copies. */
  stays: (Stay & { receivedAtMs: number })[];
};

export type SimulatedMailboxes = {
  mails: ReadonlyMap<number, SimulatedMail>;
  /** @param receivedAtMs by the server's own record */
  arrive(mailbox: MailboxName, mail: PlannedMail, receivedAtMs: number): void;
  copy(token: number, to: MailboxName): void;
  move(token: number, to: MailboxName): void;
  expunge(token: number): void;
  /** The server numbers its mail anew, under another UIDVALIDITY. */
  renumber(mailbox: MailboxName): void;
  /** Its folder gets its new name, and keeps UIDVALIDITY and uids (RFC 3501, 6.3.5). */
  rename(mailbox: MailboxName): void;
  /** @param name of a folder, as whoever visits it knows it */
  visit<T>(name: string, visit: (session: MailSession) => Promise<T>): Promise<T>;
};

/** @param nowMs since the start */
export function simulatedMailboxes(nowMs: () => number, startMs: number): SimulatedMailboxes {
  const mails = new Map<number, SimulatedMail>();
  const folders = new Map(MAILBOXES.map((name, index) => [name, folderNamed(name, index)]));

  function folderNamed(name: string, index: number) {
    return { name, uidValidity: 1_000 * (index + 1), box: memoryMailbox(String(1_000 * (index + 1))) };
  }

  function folderOf(mailbox: MailboxName): ReturnType<typeof folderNamed> {
    return folders.get(mailbox) ?? folderNamed(mailbox, 0);
  }

  function put(mail: SimulatedMail, mailbox: MailboxName, receivedAtMs: number): void {
    const { box } = folderOf(mailbox);
    const at = new Date(startMs + receivedAtMs);
    const { location, mailId } = box.deliver(
      (uid, uidValidity) => mailOf(mail, startMs, receivedAtMs, { mailbox, uidValidity, uid }),
      at,
    );
    const { uidValidity, uid } = location;
    const stay = { mailbox, uidValidity, uid, mailId, receivedAtMs, sinceMs: nowMs() };
    mail.stays.push({ ...stay, fromMs: nowMs(), toMs: Number.POSITIVE_INFINITY });
  }

  /** As the server says it, which lists the folders that it has. */
  async function folderMissing(missing: string): Promise<MailboxFailure> {
    const account = accountOf(missing);
    const existing = [...folders.values()].filter(({ name }) => accountOf(name) === account);
    const existingFolders = await Promise.all(
      existing.map(async ({ name, box }) => {
        const numbers = await box.visit(name, (session) => session.status());
        return { name: name.slice(account.length + 1), ...numbers };
      }),
    );
    return new MailboxFailure('folder', `${missing}: the folder does not exist`, { existingFolders });
  }

  const lastStay = (token: number) => mails.get(token)?.stays.findLast(({ toMs }) => toMs > nowMs());

  function end(stay: Stay): void {
    stay.toMs = nowMs();
    folderOf(stay.mailbox).box.expunge(stay.uid);
  }

  return {
    mails,
    arrive(mailbox, planned, receivedAtMs) {
      const mail: SimulatedMail = { ...planned, arrivedAtMs: nowMs(), stays: [] };
      mails.set(planned.token, mail);
      put(mail, mailbox, receivedAtMs);
    },
    copy(token, to) {
      const mail = mails.get(token);
      if (mail && lastStay(token)) put(mail, to, nowMs());
    },
    move(token, to) {
      const mail = mails.get(token);
      const stay = lastStay(token);
      if (!mail || !stay) return;
      end(stay);
      put(mail, to, stay.receivedAtMs);
    },
    expunge(token) {
      for (const stay of mails.get(token)?.stays ?? []) if (stay.toMs > nowMs()) end(stay);
    },
    renumber(mailbox) {
      const folder = folderOf(mailbox);
      folder.uidValidity += 1;
      const uidValidity = String(folder.uidValidity);
      const present = [...mails.values()].flatMap((mail) =>
        mail.stays.filter((stay) => stay.mailbox === mailbox && stay.toMs > nowMs()).map((stay) => ({ mail, stay })),
      );
      folder.box.renumber(uidValidity, ({ location: { uid: oldUid } }, uid) => {
        const { mail, stay } = present.find((one) => one.stay.uid === oldUid) as (typeof present)[number];
        stay.toMs = nowMs();
        const renumbered = mailOf(mail, startMs, stay.receivedAtMs, { mailbox, uidValidity, uid });
        const { mailId } = renumbered;
        mail.stays.push({ ...stay, uidValidity, uid, mailId, fromMs: nowMs(), toMs: Number.POSITIVE_INFINITY });
        return renumbered;
      });
    },
    rename(mailbox) {
      folderOf(mailbox).name = NEW_NAMES[mailbox];
    },
    async visit(name, visit) {
      const folder = folderOf(mailboxNamed(name));
      if (folder.name !== name) throw await folderMissing(name);
      // As on most servers, a session that reads a folder while it is renamed goes on.
      return await folder.box.visit(name, async (session) => await visit(sessionUnder(name, session)));
    },
  };
}

/** What it reads lies under the name that the folder was visited by. */
function sessionUnder(mailbox: string, session: MailSession): MailSession {
  if (mailbox === mailboxNamed(mailbox)) return session;
  return {
    ...session,
    async *pages(uids, mailsPerPage) {
      for await (const page of session.pages(uids, mailsPerPage)) {
        yield { ...page, mails: page.mails.map((mail) => mailUnder(mailbox, mail)) };
      }
    },
  };
}

function mailUnder(mailbox: string, mail: Mail): Mail {
  const location = { ...mail.location, mailbox };
  const { messageId = '', from, date, subject, snippet, fingerprint } = mail;
  const identity = { messageId, from: from[0]?.address ?? '', date, subject, text: snippet, fingerprint };
  return { ...mail, location, mailId: mailIdOf(accountOf(mailbox), location, identity) };
}

function mailOf(mail: SimulatedMail, startMs: number, receivedAtMs: number, location: Mail['location']): Mail {
  const { token, route, subject, snippet, messageId, senderName, arrivedAtMs } = mail;
  const address = `m${token}@${route}.example`;
  const date = new Date(startMs + arrivedAtMs).toISOString();
  const receivedAt = new Date(startMs + receivedAtMs);
  const fingerprint = fingerprintOf(receivedAt, 1_000 + token);
  return {
    mailId: mailIdOf(accountOf(location.mailbox), location, {
      messageId: messageId ?? '',
      from: address,
      date,
      subject,
      text: snippet,
      fingerprint,
    }),
    location,
    messageId,
    from: [{ name: senderName, address }],
    to: [{ name: '', address: 'support@example.com' }],
    cc: [],
    subject,
    date,
    receivedAt,
    fingerprint,
    snippet,
    headers: new Map(),
    link: messageId === undefined ? undefined : `https://mail.example.com/${encodeURIComponent(messageId)}`,
    problem: undefined,
  };
}
