import { isDeepStrictEqual } from 'node:util';
import type { QueueMessage } from '../../functions/core/records/alert.ts';
import type { Ledger } from '../../functions/core/records/ledger.ts';
import type { LedgerEntry, LedgerIndexEntry, NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';

type Stored = { entry: LedgerEntry; lease: { holder: string; until: Date } | undefined };

/** The ledger in memory, with the promises of the DynamoDB one; `entries` shows what it holds, in order of acceptance. */
export function memoryLedger(): Ledger & {
  entries(): LedgerEntry[];
  entry(mailId: string): LedgerEntry | undefined;
  /** Loses an entry, as no real ledger should. */
  forget(mailId: string): void;
} {
  const items = new Map<string, Stored>();

  function existing(mailId: string): Stored {
    const stored = items.get(mailId);
    if (!stored) throw new Error(`The ledger has no entry ${mailId}.`);
    return stored;
  }

  function entries(wanted: (entry: LedgerEntry) => boolean = () => true): LedgerEntry[] {
    return [...items.values()]
      .flatMap((stored) => (wanted(stored.entry) ? [copyOf(stored)] : []))
      .sort((one, other) => one.acceptedAt.getTime() - other.acceptedAt.getTime());
  }

  return {
    entries: () => entries(),
    entry: (mailId) => {
      const stored = items.get(mailId);
      return stored && structuredClone(copyOf(stored));
    },
    forget: (mailId) => {
      items.delete(mailId);
    },

    async find(mailIds) {
      const found = new Map<string, LedgerEntry>();
      for (const mailId of mailIds) {
        const stored = items.get(mailId);
        if (stored) found.set(mailId, copyOf(stored));
      }
      return found;
    },

    async accept(entry) {
      if (items.has(entry.mailId)) return 'already there';
      const settled = entry.copyOf === undefined ? {} : { state: 'settled' as const, settledAt: entry.acceptedAt };
      items.set(entry.mailId, { entry: structuredClone({ ...entry, ...UNTOUCHED, ...settled }), lease: undefined });
      return 'accepted';
    },

    async markDispatched(mailId, at) {
      const { entry } = existing(mailId);
      const diedSince = entry.state === 'dead' && entry.lastFailure !== undefined && entry.lastFailure.at >= at;
      const handedOverSince =
        entry.state === 'dispatched' && entry.dispatchedAt !== undefined && entry.dispatchedAt >= at;
      if (entry.state === 'settled' || handedOverSince || diedSince) return;
      Object.assign(entry, { state: 'dispatched', dispatchedAt: at });
    },

    async claim(message, { holder, at, until }) {
      const stored = items.get(message.mailId) ?? { entry: entryFrom(message), lease: undefined };
      if (stored.entry.state === 'settled') return { kind: 'settled' };
      if (stored.lease && stored.lease.until > at) return { kind: 'leased', until: stored.lease.until };
      Object.assign(stored.entry, { state: 'dispatched', dispatchedAt: stored.entry.dispatchedAt ?? at });
      items.set(message.mailId, { entry: stored.entry, lease: { holder, until } });
      return { kind: 'claimed' };
    },

    async beginPost(mailId, holder, post) {
      const stored = items.get(mailId);
      if (stored?.lease?.holder !== holder) return 'lease lost';
      stored.entry.sentPost = structuredClone(post);
      return 'begun';
    },

    async settle(mailId, { at, postId }) {
      const stored = items.get(mailId);
      if (!stored || stored.entry.state === 'settled') return;
      Object.assign(stored.entry, { state: 'settled', settledAt: at, postId });
      stored.lease = undefined;
    },

    async recordFailure(mailId, holder, failure) {
      const stored = items.get(mailId);
      if (!stored || stored.lease?.holder !== holder) return;
      stored.entry.attempts += 1;
      stored.entry.lastFailure = structuredClone(failure);
      stored.lease = undefined;
    },

    async recordDead(mailId, failure) {
      const stored = existing(mailId);
      if (stored.entry.state === 'settled') return;
      stored.entry.state = 'dead';
      stored.entry.attempts += 1;
      stored.entry.lastFailure = structuredClone(failure);
      stored.lease = undefined;
    },

    async recordGivenUp(mailId, failure, { at, handedOverBy, failedAt }) {
      const stored = items.get(mailId);
      if (!stored || stored.entry.state === 'settled' || stored.entry.state === 'dead') return false;
      const { entry, lease } = stored;
      if (lease && lease.until > at) return false;
      if (entry.dispatchedAt && entry.dispatchedAt > handedOverBy) return false;
      if (failedAt && entry.lastFailure && entry.lastFailure.at >= failedAt) return false;
      Object.assign(entry, { state: 'dead', lastFailure: structuredClone(failure) });
      stored.lease = undefined;
      return true;
    },

    async *openEntries(route) {
      yield* entries((entry) => entry.route === route && entry.state !== 'settled');
    },

    async *allOpenEntries() {
      yield* entries(({ state }) => state !== 'settled');
    },

    async relocate(mailId, from, { location, fingerprint }) {
      const entry = items.get(mailId)?.entry;
      if (!entry || !isDeepStrictEqual(entry.location, from)) return false;
      Object.assign(entry, { location: { ...location }, fingerprint });
      return true;
    },

    async *acceptedBetween(after, until) {
      for (const { mailId, location, route, state, acceptedAt, isRecovery = false } of entries(
        (entry) => entry.acceptedAt > after && entry.acceptedAt <= until,
      )) {
        yield { mailId, mailbox: location.mailbox, route, state, acceptedAt, isRecovery };
      }
    },

    async *entriesOfMailboxes(mailboxes) {
      for (const entry of entries()) {
        const { mailbox, uidValidity } = entry.location;
        if (mailboxes.includes(mailbox)) yield { ...lineOf(entry), mailbox, uidValidity };
      }
    },

    async *entriesAboveUid(mailbox, uidValidity, uid) {
      const here = entries(
        ({ location }) => location.mailbox === mailbox && location.uidValidity === uidValidity && location.uid > uid,
      );
      yield* here.map(lineOf).sort((one, other) => one.uid - other.uid);
    },
  };
}

const UNTOUCHED = {
  state: 'accepted',
  dispatchedAt: undefined,
  settledAt: undefined,
  attempts: 0,
  lastFailure: undefined,
  postId: undefined,
} as const satisfies Omit<LedgerEntry, keyof NewLedgerEntry>;

/** What a reader may change without changing the ledger. Times are never changed, only replaced. */
function copyOf({ entry, lease }: Stored): LedgerEntry {
  const copy = { ...entry, location: { ...entry.location }, record: { ...entry.record } };
  return lease ? { ...copy, leaseUntil: lease.until } : copy;
}

function entryFrom({ mailId, location, route, rule, record, acceptedAt }: QueueMessage): LedgerEntry {
  const accepted = { reason: null, fingerprint: undefined, acceptedAt: new Date(acceptedAt) };
  return { ...UNTOUCHED, ...accepted, mailId, location, route, rule, record };
}

function lineOf({ mailId, location, fingerprint, route, state, acceptedAt }: LedgerEntry): LedgerIndexEntry {
  return { mailId, uid: location.uid, fingerprint, route, state, acceptedAt };
}
