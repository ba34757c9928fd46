import { accountOf } from '../../functions/core/mail/mail.ts';
import type { MailSession } from '../../functions/core/mail/mail-reader.ts';
import { MailboxFailure } from '../../functions/core/mail/mailbox-failure.ts';
import { UNKNOWN_ROUTE } from '../../functions/core/records/ledger-entry.ts';
import { memoryMailbox, type ReservedUid } from '../fakes/memory-mailbox.ts';
import type { Cap, PlannedMail, TwinDifference } from './plan.ts';
import { textOfTwin } from './read-digest.ts';
import { servedSession } from './served-session.ts';
import { mailOf, type SimulatedMail, type Stay } from './simulated-mail.ts';
import { MAILBOXES, type MailboxName, mailboxNamed, NEW_NAMES } from './simulated-settings.ts';

export type SimulatedMailboxes = {
  mails: ReadonlyMap<number, SimulatedMail>;
  /** @param receivedAtMs by the server's own record */
  arrive(mailbox: MailboxName, mail: PlannedMail, receivedAtMs: number): void;
  copy(token: number, to: MailboxName): void;
  move(token: number, to: MailboxName): void;
  expunge(token: number): void;
  arriveTwin(twin: { of: number; token: number; differsIn: TwinDifference; mailbox: MailboxName }, atMs: number): void;
  /** An email has a uid by now, so many others came and went, and no client sees it before `show` is called. */
  arriveUnseen(mailbox: MailboxName, mail: PlannedMail, uidsAfter: number): { show(): void };
  /** The server numbers its mail again, under another UIDVALIDITY. */
  renumber(mailbox: MailboxName): void;
  /** The same, and UIDVALIDITY stays. */
  reuseUids(mailbox: MailboxName, isReversed: boolean): void;
  /** Until the function is called that is returned. */
  withhold(token: number): () => void;
  cap(mailbox: MailboxName, cap: Cap): () => void;
  /** When the adapter has refused a listing that lacked emails. */
  refusedListings: readonly { mailbox: MailboxName; atMs: number }[];
  /** Its folder gets its new name, and keeps UIDVALIDITY and uids (RFC 3501, 6.3.5). */
  rename(mailbox: MailboxName): void;
  /** @param name of a folder, as whoever visits it knows it */
  visit<T>(name: string, visit: (session: MailSession) => Promise<T>): Promise<T>;
};

/** @param nowMs since the start */
export function simulatedMailboxes(nowMs: () => number, startMs: number): SimulatedMailboxes {
  const mails = new Map<number, SimulatedMail>();
  const folders = new Map(MAILBOXES.map((name, index) => [name, folderNamed(name, index)]));
  const withheld: number[] = [];
  const caps: { mailbox: MailboxName; cap: Cap }[] = [];
  const refusedListings: { mailbox: MailboxName; atMs: number }[] = [];

  function folderNamed(name: string, index: number) {
    return { name, uidValidity: 1_000 * (index + 1), box: memoryMailbox(String(1_000 * (index + 1))) };
  }

  function folderOf(mailbox: MailboxName): ReturnType<typeof folderNamed> {
    return folders.get(mailbox) ?? folderNamed(mailbox, 0);
  }

  function put(mail: SimulatedMail, mailbox: MailboxName, receivedAtMs: number, reserved?: ReservedUid): void {
    const { box } = folderOf(mailbox);
    const at = new Date(startMs + receivedAtMs);
    const { location, mailId } = box.deliver(
      (uid, uidValidity) => mailOf(mail, startMs, receivedAtMs, { mailbox, uidValidity, uid }),
      at,
      reserved,
    );
    const { uidValidity, uid } = location;
    // What got its uid before others came counts as there since then.
    const sinceMs = uid === reserved?.uid && uidValidity === reserved.uidValidity ? receivedAtMs : nowMs();
    const stay = { mailbox, uidValidity, uid, mailId, receivedAtMs, sinceMs };
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

  /** Every email that is there, with its stay. */
  function presentIn(mailbox: MailboxName) {
    return [...mails.values()].flatMap((mail) =>
      mail.stays.filter((stay) => stay.mailbox === mailbox && stay.toMs > nowMs()).map((stay) => ({ mail, stay })),
    );
  }

  /** From 1 on. An email that keeps its uid under the same UIDVALIDITY keeps its stay. */
  function number(mailbox: MailboxName, order: 'as it was' | 'reversed'): void {
    const folder = folderOf(mailbox);
    const uidValidity = String(folder.uidValidity);
    const present = presentIn(mailbox);
    const numbered = (oldUid: number, uid: number) => {
      const { mail, stay } = present.find((one) => one.stay.uid === oldUid) as (typeof present)[number];
      const renumbered = mailOf(mail, startMs, stay.receivedAtMs, { mailbox, uidValidity, uid });
      if (stay.uidValidity === uidValidity && stay.uid === uid) return renumbered;
      stay.toMs = nowMs();
      const { mailId } = renumbered;
      mail.stays.push({ ...stay, uidValidity, uid, mailId, fromMs: nowMs(), toMs: Number.POSITIVE_INFINITY });
      return renumbered;
    };
    folder.box.renumber(uidValidity, ({ location }, uid) => numbered(location.uid, uid), order);
  }

  function added(planned: PlannedMail, known: Partial<SimulatedMail> = {}): SimulatedMail {
    const { token } = planned;
    const mail = { ...planned, sentAtMs: nowMs(), fromToken: token, seenAs: token, ...known, stays: [] };
    mails.set(token, mail);
    return mail;
  }

  return {
    mails,
    arrive(mailbox, planned, receivedAtMs) {
      put(added(planned), mailbox, receivedAtMs);
    },
    arriveTwin({ of, token, differsIn, mailbox }, atMs) {
      const first = mails.get(of);
      if (!first) return;
      const { sentAtMs, fromToken } = first;
      if (differsIn === 'text') {
        const planned = { ...first, token, snippet: textOfTwin(token), isRefused: false };
        put(added(planned, { sentAtMs, fromToken }), mailbox, atMs);
      } else if (first.isForged || first.route === 'vip') {
        const isForged = !first.isForged;
        const planned = { ...first, token, isForged, route: isForged ? UNKNOWN_ROUTE : 'vip' } as const;
        put(added(planned, { sentAtMs, fromToken, seenAs: first.seenAs }), mailbox, atMs);
      }
    },
    arriveUnseen(mailbox, planned, uidsAfter) {
      const reserved = folderOf(mailbox).box.reserve(uidsAfter);
      const receivedAtMs = nowMs();
      return { show: () => put(added(planned, { sentAtMs: receivedAtMs }), mailbox, receivedAtMs, reserved) };
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
      folderOf(mailbox).uidValidity += 1;
      number(mailbox, 'as it was');
    },
    reuseUids: (mailbox, isReversed) => number(mailbox, isReversed ? 'reversed' : 'as it was'),
    withhold: (token) => during(withheld, token),
    cap: (mailbox, cap) => during(caps, { mailbox, cap }),
    refusedListings,
    rename(mailbox) {
      folderOf(mailbox).name = NEW_NAMES[mailbox];
    },
    async visit(name, visit) {
      const mailbox = mailboxNamed(name);
      const folder = folderOf(mailbox);
      if (folder.name !== name) throw await folderMissing(name);
      const isWithheld = (uid: number) =>
        withheld.length > 0 &&
        presentIn(mailbox).some(({ mail, stay }) => stay.uid === uid && withheld.includes(mail.token));
      const serving = {
        name,
        isWithheld,
        isAnyHandedOut: () => presentIn(mailbox).some(({ mail }) => !withheld.includes(mail.token)),
        cap: () => caps.find((one) => one.mailbox === mailbox)?.cap,
        refusedListing: () => void refusedListings.push({ mailbox, atMs: nowMs() }),
      };
      // As on most servers, a session that reads a folder while it is renamed goes on.
      return await folder.box.visit(name, async (session) => await visit(servedSession(session, serving)));
    },
  };
}

/** @returns takes the item out again */
function during<Item>(items: Item[], item: Item): () => void {
  items.push(item);
  return () => void items.splice(items.indexOf(item), 1);
}
