import type { DigestReport } from '../../functions/core/digest/send-digest.ts';
import type { JournalEvent } from '../../functions/core/journal.ts';
import type { MailReader, MailSession } from '../../functions/core/mail/mail-reader.ts';
import { MAILS_PER_PAGE } from '../../functions/core/poll/poll-limits.ts';
import type { Ledger } from '../../functions/core/records/ledger.ts';
import type { LedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import type { Watermarks } from '../../functions/core/records/watermark.ts';
import type { PolledMailbox } from '../../functions/core/settings/polled-mailbox.ts';

/** The totals of a run: where every email of every mailbox is. */
export type Totals = {
  mailboxes: { mailbox: string; uidValidity: string; lastUid: number; uidNext: number }[];
  mails: {
    mailId: string;
    mailbox: string;
    uid: number;
    route: string;
    rule: string | null;
    state: string;
    failure?: { kind: string; status: number | null; code: string | null; text: string };
  }[];
  posts: { route: string; messageId: string; mailIds: string[] }[];
  digest: { sent: boolean; subject: string | null; mailIds: string[] };
  /** The sums of the audits of this run, over all mailboxes. */
  audit: { inMailbox: number; accounted: number; recovered: number };
  /** Emails of the mailbox that are not in the ledger, and polls and audits that failed: `support/INBOX uid 7: why`. */
  unaccounted: string[];
};

export type AccountsSources = {
  mailboxes: readonly PolledMailbox[];
  readerOf: (account: PolledMailbox['account']) => MailReader;
  watermarks: Watermarks;
  ledger: Ledger;
};

/** Counts from the outside: the mailbox is listed again and compared with the ledger, whatever the poll reported. */
export async function countTotals(
  sources: AccountsSources,
  events: readonly JournalEvent[],
  digest: DigestReport | undefined,
): Promise<Totals> {
  const totals: Totals = {
    mailboxes: [],
    mails: [],
    posts: events.flatMap((event) =>
      event.kind === 'alerts posted'
        ? [{ route: event.route, messageId: event.postId, mailIds: event.alerts.map(({ mailId }) => mailId) }]
        : [],
    ),
    digest: { sent: digest !== undefined, subject: digest?.subject ?? null, mailIds: [...(digest?.mailIds ?? [])] },
    audit: auditedIn(events),
    unaccounted: [],
  };
  for (const polled of sources.mailboxes) await addMailbox(totals, polled, sources);
  return totals;
}

function auditedIn(events: readonly JournalEvent[]): Totals['audit'] {
  const sums = { inMailbox: 0, accounted: 0, recovered: 0 };
  for (const event of events) {
    if (event.kind !== 'audit finished') continue;
    sums.inMailbox += event.report.inMailbox;
    sums.accounted += event.report.accounted;
    sums.recovered += event.report.recovered;
  }
  return sums;
}

async function addMailbox(
  totals: Totals,
  polled: PolledMailbox,
  { readerOf, watermarks, ledger }: AccountsSources,
): Promise<void> {
  const { mailbox, folder, account } = polled;
  const health = await watermarks.get(mailbox);
  if (!health?.watermark) {
    totals.unaccounted.push(`${mailbox}: no poll has succeeded`);
    return;
  }
  const { watermark, uidNext } = health;
  const { uidValidity, baselineUid, lastUid } = watermark;
  totals.mailboxes.push({ mailbox, uidValidity, lastUid, uidNext: uidNext ?? lastUid + 1 });

  const lines = new Map<number, string>();
  for await (const { uid, mailId } of ledger.entriesAboveUid(mailbox, uidValidity, baselineUid)) lines.set(uid, mailId);
  const found = await readerOf(account).visit(folder, (session) => lookUp(session, baselineUid, lines, ledger));
  for (const [uid, mailId] of found) {
    if (!mailId) totals.unaccounted.push(`${mailbox} uid ${uid}: not in the ledger`);
  }
  const mailIds = [...found.values()].filter((mailId) => mailId !== undefined);
  const entries = await ledger.find([...new Set([...mailIds, ...lines.values()])]);
  totals.mails.push(...[...entries.values()].sort(byUid).map(emailRowOf));
}

/** The mailId in the ledger for each uid of the mailbox; for a copy, that of its original. */
async function lookUp(
  session: MailSession,
  baselineUid: number,
  lines: ReadonlyMap<number, string>,
  ledger: Ledger,
): Promise<Map<number, string | undefined>> {
  const uids = (await session.list(baselineUid)).map(({ uid }) => uid);
  const found = new Map(uids.map((uid) => [uid, lines.get(uid)]));
  for await (const { mails: page } of session.pages(
    uids.filter((uid) => !lines.has(uid)),
    MAILS_PER_PAGE,
  )) {
    const known = await ledger.find(page.map(({ mailId }) => mailId));
    for (const { mailId, location } of page) if (known.has(mailId)) found.set(location.uid, mailId);
  }
  return found;
}

function byUid(one: LedgerEntry, other: LedgerEntry): number {
  return one.location.uid - other.location.uid;
}

function emailRowOf({ mailId, location, route, rule, state, lastFailure }: LedgerEntry): Totals['mails'][number] {
  const failed = state !== 'settled' && lastFailure;
  return {
    mailId,
    mailbox: location.mailbox,
    uid: location.uid,
    route,
    rule,
    state,
    ...(failed ? { failure: { kind: failed.kind, status: failed.status, code: failed.code, text: failed.text } } : {}),
  };
}

/** True if no work is left: every email is posted or in a digest that was sent. */
export function isSettled({ mails, digest, unaccounted }: Totals): boolean {
  return digest.sent && unaccounted.length === 0 && mails.every(({ state }) => state === 'settled');
}
