import pMap from 'p-map';
import { groupBy } from '../group-by.ts';
import type { Journal } from '../journal.ts';
import { alertCopyIdOf, copyIdOf, type Mail, type MailLocation, recordOf } from '../mail/mail.ts';
import { LEDGER_CONCURRENCY, type Ledger } from '../records/ledger.ts';
import { COPY_ROUTE, type LedgerEntry, type NewLedgerEntry, UNKNOWN_ROUTE } from '../records/ledger-entry.ts';
import { isSameNumbering } from '../records/watermark.ts';
import type { Classifier } from '../rules/classify.ts';
import type { Clock } from '../time.ts';
import { isSameEmail, type Listing } from './listing.ts';

export type AcceptServices = {
  classify: Classifier;
  ledger: Pick<Ledger, 'find' | 'accept' | 'relocate'>;
  /** Set for an audit: the emails that it accepts were lost, and are marked as recovered. */
  isRecovery?: boolean;
  clock: Clock;
  journal: Journal;
};

/** What is known of the locations of emails in the ledger. */
export type KnownPlaces = {
  /** Entries of emails that the ledger knows under another mailId. */
  recognised?: ReadonlyMap<Mail, LedgerEntry>;
  /** Former names of the mailbox. */
  formerly?: readonly string[];
  /** What the mailbox contains now; undefined if that is not known. */
  isGone?: Listing['isGone'];
};

export type Accepted = {
  accepted: number;
  recognised: number;
  /** New entries, and those that a crash left between ledger and hand-over. */
  toHandOver: readonly (NewLedgerEntry | LedgerEntry)[];
};

/** An entry to hand over: of an email accepted now, or one left by a crash. */
type Taken = { entry: NewLedgerEntry | LedgerEntry; isNew: boolean };

/**
 * Records the emails of one page. Each of them becomes an entry of its own: a new email, a known email that has moved,
 * or a copy of a known email. So the ledger knows every email by its location.
 */
export async function acceptPage(
  mails: readonly Mail[],
  services: AcceptServices,
  places: KnownPlaces,
): Promise<Accepted> {
  const { ledger, journal } = services;
  const alike = groupBy(mails, ({ mailId }) => mailId);
  const known = await ledger.find([...alike.keys()]);
  const groups = await pMap(
    [...alike.values()],
    async (emails) => {
      const [first] = emails;
      const entry = known.get(first.mailId) ?? places.recognised?.get(first);
      return entry ? await takeKnown(emails, entry, services, places) : await takeNew(emails, services, places);
    },
    { concurrency: LEDGER_CONCURRENCY },
  );
  const taken = groups.flat();
  const accepted = new Set(taken.flatMap(({ entry, isNew }) => (isNew ? [entry.location.uid] : [])));
  for (const { mailId, location } of mails.filter((mail) => !accepted.has(mail.location.uid))) {
    journal({ kind: 'mail recognised', mailbox: location.mailbox, mailId, uid: location.uid });
  }
  return {
    accepted: accepted.size,
    recognised: mails.length - accepted.size,
    toHandOver: taken.map(({ entry }) => entry),
  };
}

/**
 * If one of several copies in a page is an alert, that copy represents them all, so that no copy turns an alert into
 * digest email.
 */
async function takeNew(
  emails: readonly [Mail, ...Mail[]],
  services: AcceptServices,
  places: KnownPlaces,
): Promise<Taken[]> {
  const [first, ...others] = emails;
  const firstEntry = newEntryOf(first, services);
  const candidates = [firstEntry, ...others.map((mail) => newEntryOf(mail, services))];
  const entry = candidates.find(({ route }) => route !== UNKNOWN_ROUTE) ?? firstEntry;
  // Another poll was faster. It may have died before it handed the email over, so its entry is checked.
  if (!(await acceptEntry(entry, services))) {
    return await takeKnown(emails, await existing(entry, services), services, places);
  }
  for (const mail of emails) {
    if (mail.location.uid !== entry.location.uid) await recordCopy(mail, entry, services);
  }
  return [{ entry, isNew: true }];
}

async function takeKnown(
  emails: readonly Mail[],
  entry: LedgerEntry,
  services: AcceptServices,
  places: KnownPlaces,
): Promise<Taken[]> {
  const taken: Taken[] = isLeft(entry) ? [{ entry, isNew: false }] : [];
  let { location } = entry;
  for (const mail of emails) {
    const isInPlace = isSamePlace(location, mail.location);
    const isItself = isInPlace || isMoved({ ...entry, location }, mail, places);
    if (!isItself || !isSameEmail(entry, mail)) {
      const alert = await alertInCopy(mail, entry, services);
      taken.push(...alert.taken);
      if (alert.isInPlace) continue;
    }
    if (!isItself) {
      await recordCopy(mail, entry, services);
      continue;
    }
    if (!isInPlace || entry.fingerprint !== mail.fingerprint) {
      await services.ledger.relocate(entry.mailId, location, mail);
    }
    location = mail.location;
  }
  return taken;
}

/**
 * A copy never lowers the fate of its original, and not the other way round: where the known email went to the digest,
 * for example because it failed authentication, a copy that would be an alert is one. The known email may be gone by then.
 *
 * @returns what is to be handed over, and whether an entry of its own answers for the copy at its place
 */
async function alertInCopy(
  mail: Mail,
  { mailId, route }: LedgerEntry,
  services: AcceptServices,
): Promise<{ taken: Taken[]; isInPlace: boolean }> {
  const none = { taken: [], isInPlace: false };
  if (route !== UNKNOWN_ROUTE) return none;
  const entry = { ...newEntryOf(mail, services), mailId: alertCopyIdOf(mailId) };
  if (entry.route === UNKNOWN_ROUTE) return none;
  if (await acceptEntry(entry, services)) return { taken: [{ entry, isNew: true }], isInPlace: true };
  const known = await existing(entry, services);
  const taken = isLeft(known) ? [{ entry: known, isNew: false }] : [];
  return { taken, isInPlace: isSamePlace(known.location, mail.location) };
}

async function recordCopy(mail: Mail, { mailId }: { mailId: string }, services: AcceptServices): Promise<void> {
  await services.ledger.accept({
    ...entryWithoutRoute(mail, services),
    ...{ mailId: copyIdOf(mailId, mail.location), copyOf: mailId },
    ...{ route: COPY_ROUTE, rule: null, reason: null },
  });
}

async function acceptEntry(entry: NewLedgerEntry, { ledger, journal }: AcceptServices): Promise<boolean> {
  if ((await ledger.accept(entry)) === 'already there') return false;
  journal({ kind: 'mail accepted', entry });
  return true;
}

/**
 * Uids are meaningful only within one numbering: under another numbering of this mailbox, the email is the same one.
 * Within the same numbering, the email was moved out and in again, or the server has renumbered and kept UIDVALIDITY.
 */
function isMoved(entry: LedgerEntry, { location }: Mail, { formerly = [], isGone }: KnownPlaces): boolean {
  const { location: known, fingerprint } = entry;
  if (isSameNumbering(known, location)) return isGone?.({ uid: known.uid, fingerprint }) ?? false;
  return known.mailbox === location.mailbox || formerly.includes(known.mailbox);
}

function isSamePlace(one: MailLocation, other: MailLocation): boolean {
  return isSameNumbering(one, other) && one.uid === other.uid;
}

/** Still `accepted`: a crash left it between ledger and hand-over. */
function isLeft({ state }: LedgerEntry): boolean {
  return state === 'accepted';
}

async function existing({ mailId, location }: NewLedgerEntry, { ledger }: AcceptServices): Promise<LedgerEntry> {
  const entry = (await ledger.find([mailId])).get(mailId);
  if (entry) return entry;
  throw new Error(
    `${location.mailbox} uid ${location.uid}: the ledger had this email and has lost it; the next poll tries again.`,
  );
}

function newEntryOf(mail: Mail, services: AcceptServices): NewLedgerEntry {
  const { classify, isRecovery } = services;
  return { ...entryWithoutRoute(mail, services), ...classify(mail), ...(isRecovery && { isRecovery }) };
}

/** The parts of an email's entry that do not depend on its route. */
function entryWithoutRoute(mail: Mail, { clock }: AcceptServices): Omit<NewLedgerEntry, 'route' | 'rule' | 'reason'> {
  const { mailId, location, fingerprint } = mail;
  return { mailId, location, fingerprint, record: recordOf(mail), acceptedAt: clock.now() };
}
