import { describe, expect, it } from 'vitest';
import type { MailLocation } from '../../functions/core/mail/mail.ts';
import { queueMessageOf } from '../../functions/core/records/alert.ts';
import type { Ledger } from '../../functions/core/records/ledger.ts';
import type { NewLedgerEntry } from '../../functions/core/records/ledger-entry.ts';
import { allOf, sampleEntry, sampleFailure } from './sample-entry.ts';

const AT = new Date('2026-03-02T10:00:00.000Z');
const LATER = new Date('2026-03-02T10:05:00.000Z');

/** What every ledger promises. @param theLedger the ledger under test, once the tests run */
export function ledgerContract(theLedger: () => Ledger): void {
  async function entryNamed(mailId: string) {
    return (await theLedger().find([mailId])).get(mailId);
  }
  async function accepted(differences: Partial<NewLedgerEntry> = {}): Promise<NewLedgerEntry> {
    const entry = sampleEntry(differences);
    await theLedger().accept(entry);
    return entry;
  }
  async function dispatched(): Promise<NewLedgerEntry> {
    const entry = await accepted();
    await theLedger().markDispatched(entry.mailId, AT);
    return entry;
  }
  async function claim(entry: NewLedgerEntry, holder: string, at = AT, until = LATER) {
    return await theLedger().claim(queueMessageOf(entry), { holder, at, until });
  }

  describe('accept and find', () => {
    it('keeps all that is known of a mail', async () => {
      const alert = await accepted();
      const unknown = await accepted({ route: 'unknown', rule: null, reason: 'no rule matched' });
      const untouched = {
        state: 'accepted',
        dispatchedAt: undefined,
        settledAt: undefined,
        attempts: 0,
        lastFailure: undefined,
        postId: undefined,
      };
      expect(await entryNamed(alert.mailId)).toEqual({ ...alert, ...untouched });
      expect(await entryNamed(unknown.mailId)).toEqual({ ...unknown, ...untouched });
    });

    it('settles a copy at once: it is known by its place and its day, and never open', async () => {
      const acceptedAt = new Date('2035-07-07T12:00:00.000Z');
      const copy = await accepted({ route: 'copy', rule: null, copyOf: 'another', acceptedAt });
      const { mailbox, uidValidity, uid } = copy.location;
      expect(await entryNamed(copy.mailId)).toMatchObject({ ...copy, state: 'settled', settledAt: acceptedAt });
      expect(await allOf(theLedger().entriesAboveUid(mailbox, uidValidity, uid - 1))).toMatchObject([
        { mailId: copy.mailId, route: 'copy', state: 'settled' },
      ]);
      const thatDay = theLedger().acceptedBetween(new Date(acceptedAt.getTime() - 1), acceptedAt);
      expect(await allOf(thatDay)).toMatchObject([{ mailId: copy.mailId, route: 'copy', state: 'settled' }]);
      expect(await allOf(theLedger().openEntries('copy'))).toEqual([]);
    });

    it('keeps the first of two entries with one mailId', async () => {
      const first = sampleEntry();
      expect(await theLedger().accept(first)).toBe('accepted');
      expect(await theLedger().accept({ ...first, route: 'another' })).toBe('already there');
      expect(await entryNamed(first.mailId)).toMatchObject({ route: first.route });
    });

    it('lets exactly one of two overlapping polls accept a mail', async () => {
      const entry = sampleEntry();
      const answers = await Promise.all([theLedger().accept(entry), theLedger().accept(entry)]);
      expect(answers.toSorted()).toEqual(['accepted', 'already there']);
    });

    it('finds more than one batch of entries, whatever is asked twice or unknown', async () => {
      const entries = await Promise.all(Array.from({ length: 120 }, () => accepted()));
      const known = entries.map(({ mailId }) => mailId);
      const found = await theLedger().find([...known.flatMap((mailId) => [mailId, mailId]), 'never seen']);
      expect([...found.keys()].toSorted()).toEqual(known.toSorted());
    });

    it('finds nothing among no ids', async () => {
      expect((await theLedger().find([])).size).toBe(0);
    });
  });

  describe('markDispatched', () => {
    it('dispatches what is accepted', async () => {
      const { mailId } = await dispatched();
      expect(await entryNamed(mailId)).toMatchObject({ state: 'dispatched', dispatchedAt: AT });
    });

    it('dispatches a dead letter again, and keeps what it failed of', async () => {
      const { mailId } = await dispatched();
      await theLedger().recordDead(mailId, sampleFailure({ at: AT }));
      await theLedger().markDispatched(mailId, LATER);
      expect(await entryNamed(mailId)).toMatchObject({
        state: 'dispatched',
        dispatchedAt: LATER,
        lastFailure: sampleFailure({ at: AT }),
      });
    });

    it.each([AT, LATER])('leaves an alert dead that died when it was handed over, or after: %s', async (diedAt) => {
      const { mailId } = await accepted();
      await theLedger().recordDead(mailId, sampleFailure({ at: diedAt }));
      await theLedger().markDispatched(mailId, AT);
      expect(await entryNamed(mailId)).toMatchObject({ state: 'dead' });
    });

    it('keeps the latest of several hand-overs', async () => {
      const { mailId } = await dispatched();
      await theLedger().markDispatched(mailId, LATER);
      await theLedger().markDispatched(mailId, AT);
      expect(await entryNamed(mailId)).toMatchObject({ state: 'dispatched', dispatchedAt: LATER });
    });

    it('leaves what is settled as it is', async () => {
      const { mailId } = await dispatched();
      await theLedger().settle(mailId, { at: LATER });
      await theLedger().markDispatched(mailId, LATER);
      expect(await entryNamed(mailId)).toMatchObject({ state: 'settled', dispatchedAt: AT });
    });

    it('fails on a mail that the ledger does not know', async () => {
      await expect(theLedger().markDispatched('never seen', AT)).rejects.toThrow(/no entry never seen/);
      expect(await entryNamed('never seen')).toBeUndefined();
    });
  });

  describe('claim', () => {
    it('holds an alert for one invocation until its lease ends', async () => {
      const alert = await dispatched();
      expect(await claim(alert, 'first')).toEqual({ kind: 'claimed' });
      expect(await claim(alert, 'second')).toEqual({ kind: 'leased', until: LATER });
      const muchLater = new Date('2026-03-02T11:00:00.000Z');
      expect(await claim(alert, 'second', LATER, muchLater)).toEqual({ kind: 'claimed' });
      expect(await claim(alert, 'third', LATER)).toEqual({ kind: 'leased', until: muchLater });
    });

    it('gives an alert to exactly one of two invocations at once', async () => {
      const alert = await dispatched();
      const claims = await Promise.all([claim(alert, 'first'), claim(alert, 'second')]);
      expect(claims.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'leased']);
    });

    it('tells what is settled', async () => {
      const alert = await dispatched();
      await theLedger().settle(alert.mailId, { at: AT });
      expect(await claim(alert, 'first')).toEqual({ kind: 'settled' });
    });

    it('takes a dead letter that someone moved back by hand', async () => {
      const alert = await dispatched();
      await theLedger().recordDead(alert.mailId, sampleFailure());
      expect(await claim(alert, 'first', LATER, new Date('2026-03-02T11:00:00.000Z'))).toEqual({ kind: 'claimed' });
      expect(await entryNamed(alert.mailId)).toMatchObject({ state: 'dispatched', dispatchedAt: AT, attempts: 1 });
    });

    it('knows that an alert is dispatched although the poll that sent it died before saying so', async () => {
      const alert = await accepted();
      await claim(alert, 'first');
      expect(await entryNamed(alert.mailId)).toMatchObject({ state: 'dispatched', dispatchedAt: AT });
    });

    it('writes an entry that the ledger has lost anew from the message', async () => {
      const lost = sampleEntry();
      expect(await claim(lost, 'first')).toEqual({ kind: 'claimed' });
      expect(await claim(lost, 'second')).toEqual({ kind: 'leased', until: LATER });
      expect(await entryNamed(lost.mailId)).toEqual({
        ...lost,
        state: 'dispatched',
        dispatchedAt: AT,
        settledAt: undefined,
        attempts: 0,
        lastFailure: undefined,
        postId: undefined,
        leaseUntil: LATER,
      });
      expect((await allOf(theLedger().openEntries(lost.route))).map(({ mailId }) => mailId)).toEqual([lost.mailId]);
    });
  });

  describe('the lease of an entry', () => {
    const leaseUntil = async (mailId: string) => (await entryNamed(mailId))?.leaseUntil;

    it('is shown from the claim on, to whoever finds the entry or lists what is open', async () => {
      const alert = await dispatched();
      expect(await leaseUntil(alert.mailId)).toBeUndefined();
      await claim(alert, 'first');
      expect(await leaseUntil(alert.mailId)).toEqual(LATER);
      expect(await allOf(theLedger().openEntries(alert.route))).toMatchObject([{ leaseUntil: LATER }]);
      const open = await allOf(theLedger().allOpenEntries());
      expect(open.find(({ mailId }) => mailId === alert.mailId)?.leaseUntil).toEqual(LATER);
    });

    it('is no longer shown once it was ended', async () => {
      const [failed, dead, settled] = [await dispatched(), await dispatched(), await dispatched()];
      for (const alert of [failed, dead, settled]) await claim(alert, 'first');
      await theLedger().recordFailure(failed.mailId, 'first', sampleFailure());
      await theLedger().recordDead(dead.mailId, sampleFailure());
      await theLedger().settle(settled.mailId, { at: AT });
      for (const { mailId } of [failed, dead, settled]) expect(await leaseUntil(mailId)).toBeUndefined();
    });
  });

  describe('beginPost', () => {
    const post = { mailIds: ['one', 'two'], at: AT };

    it('notes the post with an alert that the holder has claimed, and the latest counts', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      expect(await theLedger().beginPost(alert.mailId, 'first', post)).toBe('begun');
      expect(await entryNamed(alert.mailId)).toMatchObject({ state: 'dispatched', sentPost: post });
      const later = { mailIds: [alert.mailId], at: LATER };
      expect(await theLedger().beginPost(alert.mailId, 'first', later)).toBe('begun');
      expect((await entryNamed(alert.mailId))?.sentPost).toEqual(later);
    });

    it('stays known when the post fails, and when it is settled', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      await theLedger().beginPost(alert.mailId, 'first', post);
      await theLedger().recordFailure(alert.mailId, 'first', sampleFailure());
      expect((await entryNamed(alert.mailId))?.sentPost).toEqual(post);
      await theLedger().settle(alert.mailId, { at: AT });
      expect((await entryNamed(alert.mailId))?.sentPost).toEqual(post);
    });

    it('is refused to whoever has lost the lease, to everyone once it is settled, and for unknown mail', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      await claim(alert, 'second', LATER, new Date('2026-03-02T11:00:00.000Z'));
      expect(await theLedger().beginPost(alert.mailId, 'first', post)).toBe('lease lost');
      expect((await entryNamed(alert.mailId))?.sentPost).toBeUndefined();
      await theLedger().settle(alert.mailId, { at: LATER });
      expect(await theLedger().beginPost(alert.mailId, 'second', post)).toBe('lease lost');
      expect(await theLedger().beginPost('never seen', 'first', post)).toBe('lease lost');
    });
  });

  describe('settle', () => {
    it('closes an entry with the message that Discord took', async () => {
      const { mailId, route } = await dispatched();
      await theLedger().settle(mailId, { at: LATER, postId: '112233' });
      expect(await entryNamed(mailId)).toMatchObject({
        state: 'settled',
        settledAt: LATER,
        postId: '112233',
      });
      expect(await allOf(theLedger().openEntries(route))).toEqual([]);
    });

    it('keeps the first of two settlements', async () => {
      const { mailId } = await dispatched();
      await theLedger().settle(mailId, { at: AT, postId: 'first' });
      await theLedger().settle(mailId, { at: LATER, postId: 'second' });
      expect(await entryNamed(mailId)).toMatchObject({ settledAt: AT, postId: 'first' });
    });

    it('invents no entry for a mail that the ledger has lost', async () => {
      await theLedger().settle('lost', { at: AT });
      expect(await entryNamed('lost')).toBeUndefined();
    });
  });

  describe('recordFailure', () => {
    it('counts the attempt, keeps the failure and ends the lease', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      await theLedger().recordFailure(alert.mailId, 'first', sampleFailure({ status: null, code: null }));
      expect(await entryNamed(alert.mailId)).toMatchObject({
        state: 'dispatched',
        attempts: 1,
        lastFailure: sampleFailure({ status: null, code: null }),
      });
      expect(await claim(alert, 'second')).toEqual({ kind: 'claimed' });
    });

    it('changes nothing where another invocation holds the lease, or the alert is settled', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      await claim(alert, 'second', LATER, new Date('2026-03-02T11:00:00.000Z'));
      await theLedger().recordFailure(alert.mailId, 'first', sampleFailure());
      expect(await entryNamed(alert.mailId)).toMatchObject({ attempts: 0, lastFailure: undefined });
      expect(await claim(alert, 'third', LATER)).toMatchObject({ kind: 'leased' });
      await theLedger().settle(alert.mailId, { at: LATER });
      await theLedger().recordFailure(alert.mailId, 'second', sampleFailure());
      expect(await entryNamed(alert.mailId)).toMatchObject({ state: 'settled', attempts: 0 });
    });
  });

  describe('recordDead', () => {
    it('lets an alert wait for a person, still open, with the reason', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      await theLedger().recordDead(alert.mailId, sampleFailure());
      expect(await entryNamed(alert.mailId)).toMatchObject({
        state: 'dead',
        attempts: 1,
        lastFailure: sampleFailure(),
      });
      expect(await allOf(theLedger().openEntries(alert.route))).toHaveLength(1);
      expect(await claim(alert, 'second')).toEqual({ kind: 'claimed' });
    });

    it('leaves what is settled as it is', async () => {
      const { mailId } = await dispatched();
      await theLedger().settle(mailId, { at: AT });
      await theLedger().recordDead(mailId, sampleFailure());
      expect(await entryNamed(mailId)).toMatchObject({ state: 'settled', attempts: 0, lastFailure: undefined });
    });

    it('fails on a mail that the ledger does not know', async () => {
      await expect(theLedger().recordDead('never seen', sampleFailure())).rejects.toThrow(/no entry never seen/);
    });
  });

  describe('recordGivenUp', () => {
    const NOON = new Date('2026-03-02T12:00:00.000Z');
    const failure = sampleFailure({ kind: 'unexpected', at: NOON });
    const moved = { at: NOON, handedOverBy: AT, failedAt: undefined };

    it('lets an alert be dead whose message the queue gave up, still open, with the reason', async () => {
      const alert = await dispatched();
      expect(await theLedger().recordGivenUp(alert.mailId, failure, moved)).toBe(true);
      expect(await entryNamed(alert.mailId)).toMatchObject({ state: 'dead', lastFailure: failure });
      expect(await allOf(theLedger().openEntries(alert.route))).toHaveLength(1);
    });

    it('takes an alert too that the crash of a poll left accepted', async () => {
      const { mailId } = await accepted();
      expect(await theLedger().recordGivenUp(mailId, failure, moved)).toBe(true);
      expect(await entryNamed(mailId)).toMatchObject({ state: 'dead' });
    });

    it('leaves what was handed over again since', async () => {
      const { mailId } = await dispatched();
      await theLedger().markDispatched(mailId, LATER);
      expect(await theLedger().recordGivenUp(mailId, failure, moved)).toBe(false);
      expect(await entryNamed(mailId)).toMatchObject({ state: 'dispatched', lastFailure: undefined });
    });

    it('leaves what is being posted, and takes it when that lease has ended', async () => {
      const alert = await dispatched();
      await claim(alert, 'first', AT, new Date(NOON.getTime() + 1));
      expect(await theLedger().recordGivenUp(alert.mailId, failure, moved)).toBe(false);
      expect(await claim(alert, 'second', NOON)).toMatchObject({ kind: 'leased' });
      const afterLease = { ...moved, at: new Date(NOON.getTime() + 1) };
      expect(await theLedger().recordGivenUp(alert.mailId, failure, afterLease)).toBe(true);
    });

    it('leaves what failed later than the letter says: it came back from there', async () => {
      const alert = await dispatched();
      await claim(alert, 'first');
      await theLedger().recordFailure(alert.mailId, 'first', sampleFailure({ at: LATER }));
      const letterOf = (failedAt: Date) => ({ ...moved, failedAt });
      expect(await theLedger().recordGivenUp(alert.mailId, failure, letterOf(LATER))).toBe(false);
      expect(await theLedger().recordGivenUp(alert.mailId, failure, letterOf(NOON))).toBe(true);
    });

    it('leaves what is dead or settled as it is, and says nothing of a mail it does not know', async () => {
      const dead = await dispatched();
      await theLedger().recordDead(dead.mailId, sampleFailure());
      expect(await theLedger().recordGivenUp(dead.mailId, failure, moved)).toBe(false);
      expect(await entryNamed(dead.mailId)).toMatchObject({ lastFailure: sampleFailure() });
      const settled = await dispatched();
      await theLedger().settle(settled.mailId, { at: AT });
      expect(await theLedger().recordGivenUp(settled.mailId, failure, moved)).toBe(false);
      expect(await theLedger().recordGivenUp('never seen', failure, moved)).toBe(false);
    });
  });

  describe('allOpenEntries', () => {
    it('gives what is open of every route, and nothing that is settled', async () => {
      const [alert, other, settled] = [await dispatched(), await dispatched(), await dispatched()];
      await theLedger().recordDead(alert.mailId, sampleFailure());
      await theLedger().settle(settled.mailId, { at: LATER });
      const open = new Map((await allOf(theLedger().allOpenEntries())).map((entry) => [entry.mailId, entry]));
      expect(open.get(alert.mailId)).toEqual(await entryNamed(alert.mailId));
      expect(open.get(other.mailId)).toEqual(await entryNamed(other.mailId));
      expect(open.has(settled.mailId)).toBe(false);
    });
  });

  describe('openEntries', () => {
    it('gives the unsettled entries of one route, oldest first, whole', async () => {
      const route = 'open-entries';
      const second = await accepted({ route, acceptedAt: new Date('2026-03-02T09:00:00.002Z') });
      const first = await accepted({ route, acceptedAt: new Date('2026-03-02T09:00:00.001Z') });
      const settled = await accepted({ route, acceptedAt: new Date('2026-03-01T09:00:00.000Z') });
      await theLedger().settle(settled.mailId, { at: AT });
      await accepted({ route: `${route}-2` });
      const open = await allOf(theLedger().openEntries(route));
      expect(open).toEqual([
        expect.objectContaining({ ...first, state: 'accepted' }),
        expect.objectContaining({ ...second, state: 'accepted' }),
      ]);
    });
  });

  describe('allOpenEntries', () => {
    it('gives the unsettled entries of every route and mailbox, whole', async () => {
      const alert = await dispatched();
      const unknown = await accepted({ route: 'unknown', rule: null, reason: 'no rule matched' });
      const dead = await accepted({ route: 'a route that left the settings' });
      await theLedger().recordDead(dead.mailId, sampleFailure());
      const settled = await accepted();
      await theLedger().settle(settled.mailId, { at: AT });
      const open = new Map((await allOf(theLedger().allOpenEntries())).map((entry) => [entry.mailId, entry]));
      expect(open.get(alert.mailId)).toEqual(await entryNamed(alert.mailId));
      expect(open.get(unknown.mailId)).toEqual(await entryNamed(unknown.mailId));
      expect(open.get(dead.mailId)).toEqual(await entryNamed(dead.mailId));
      expect(open.has(settled.mailId)).toBe(false);
    });
  });

  describe('relocate', () => {
    const at = (location: MailLocation, fingerprint?: string) => ({ location, fingerprint });
    const numberedAnew = (entry: NewLedgerEntry) => ({ ...entry.location, uidValidity: '18', uid: 3 });

    it('moves an entry, in any state, to where its mail lies under a new uidValidity, and the index follows', async () => {
      const entry = await dispatched();
      await theLedger().settle(entry.mailId, { at: AT });
      const { mailbox, uidValidity } = entry.location;
      expect(await theLedger().relocate(entry.mailId, entry.location, at(numberedAnew(entry)))).toBe(true);
      expect(await entryNamed(entry.mailId)).toMatchObject({ state: 'settled', location: numberedAnew(entry) });
      expect(await allOf(theLedger().entriesAboveUid(mailbox, uidValidity, 0))).toEqual([]);
      expect(await allOf(theLedger().entriesAboveUid(mailbox, '18', 0))).toMatchObject([
        { mailId: entry.mailId, uid: 3 },
      ]);
    });

    it('keeps what the email is known by there, for the entry and the index', async () => {
      const entry = await accepted({ fingerprint: '1772438400/100' });
      const { mailbox, uidValidity, uid } = entry.location;
      const here = () => allOf(theLedger().entriesAboveUid(mailbox, uidValidity, uid - 1));
      expect(await entryNamed(entry.mailId)).toMatchObject({ fingerprint: '1772438400/100' });
      expect(await here()).toMatchObject([{ fingerprint: '1772438400/100' }]);
      expect(await theLedger().relocate(entry.mailId, entry.location, at(entry.location, '1772438460/200'))).toBe(true);
      expect(await here()).toMatchObject([{ fingerprint: '1772438460/200' }]);
      expect(await theLedger().relocate(entry.mailId, entry.location, at(entry.location))).toBe(true);
      expect((await here())[0]?.fingerprint).toBeUndefined();
    });

    it('follows a mailbox that was renamed', async () => {
      const entry = await accepted();
      const renamed = { ...entry.location, mailbox: 'renamed/INBOX' };
      expect(await theLedger().relocate(entry.mailId, entry.location, at(renamed))).toBe(true);
      expect(await entryNamed(entry.mailId)).toMatchObject({ location: renamed });
      const { uidValidity, uid } = renamed;
      expect(await allOf(theLedger().entriesAboveUid('renamed/INBOX', uidValidity, uid - 1))).toMatchObject([
        { mailId: entry.mailId },
      ]);
    });

    it('leaves an entry that is no longer where it was, and invents none for a mail it does not know', async () => {
      const entry = await accepted();
      const { location } = entry;
      for (const from of [
        { ...location, uid: location.uid + 1 },
        { ...location, uidValidity: '18' },
        { ...location, mailbox: 'elsewhere/INBOX' },
      ]) {
        expect(await theLedger().relocate(entry.mailId, from, at(numberedAnew(entry)))).toBe(false);
      }
      expect(await entryNamed(entry.mailId)).toMatchObject({ location });
      expect(await theLedger().relocate('never seen', location, at(numberedAnew(entry)))).toBe(false);
      expect(await entryNamed('never seen')).toBeUndefined();
    });
  });

  describe('entriesOfMailboxes', () => {
    it('gives all that is known of these mailboxes, under whichever uidValidity, and of no other', async () => {
      const at = async (mailbox: string, uidValidity: string, uid: number) =>
        await accepted({ location: { mailbox, uidValidity, uid } });
      const here = [await at('found/INBOX', '1', 7), await at('found/INBOX', '2', 1), await at('found/Old', '1', 7)];
      // One folder's name begins with another's, and a `#` may be part of a name.
      await at('found/INBOX#1', '3', 1);
      await at('found/INBOX2', '1', 1);
      const lines = await allOf(theLedger().entriesOfMailboxes(['found/INBOX', 'found/Old']));
      const byMailId = (one: { mailId: string }, other: { mailId: string }) => (one.mailId < other.mailId ? -1 : 1);
      expect(lines.toSorted(byMailId)).toEqual(
        here
          .map(({ mailId, location, route, acceptedAt }) => ({
            mailId,
            ...location,
            route,
            acceptedAt,
            state: 'accepted',
          }))
          .toSorted(byMailId),
      );
    });
  });

  describe('acceptedBetween', () => {
    const ofDay = (time: string) => new Date(`2031-05-05T${time}Z`);

    it('lists what was accepted within these times, over midnight, of every mailbox and route, each email once', async () => {
      const times = [
        '2031-05-05T22:00:00.001Z',
        '2031-05-05T23:59:59.999Z',
        '2031-05-06T00:00:00.000Z',
        '2031-05-06T06:00:00.000Z',
      ];
      const within: NewLedgerEntry[] = [];
      for (const time of times) within.push(await accepted({ acceptedAt: new Date(time) }));
      await accepted({ acceptedAt: ofDay('22:00:00.000') });
      await accepted({ acceptedAt: new Date('2031-05-06T06:00:00.001Z') });
      const listed = await allOf(
        theLedger().acceptedBetween(ofDay('22:00:00.000'), new Date('2031-05-06T06:00:00.000Z')),
      );
      expect(listed.toSorted((one, other) => one.acceptedAt.getTime() - other.acceptedAt.getTime())).toEqual(
        within.map(({ mailId, location, route, acceptedAt }) => ({
          ...{ mailId, route, acceptedAt, mailbox: location.mailbox },
          ...{ state: 'accepted', isRecovery: false },
        })),
      );
    });

    it('tells the state and the mailbox of now, and what an audit has recovered', async () => {
      const acceptedAt = new Date('2032-05-05T12:00:00.000Z');
      const entry = await accepted({ acceptedAt, isRecovery: true });
      await theLedger().markDispatched(entry.mailId, AT);
      await theLedger().relocate(entry.mailId, entry.location, {
        location: { mailbox: 'new/INBOX', uidValidity: '3', uid: 7 },
        fingerprint: undefined,
      });
      expect(await allOf(theLedger().acceptedBetween(new Date(acceptedAt.getTime() - 1), acceptedAt))).toEqual([
        {
          mailId: entry.mailId,
          mailbox: 'new/INBOX',
          route: entry.route,
          state: 'dispatched',
          acceptedAt,
          isRecovery: true,
        },
      ]);
      expect(await entryNamed(entry.mailId)).toMatchObject({ isRecovery: true });
    });

    it('lists nothing of a time that is empty', async () => {
      const { acceptedAt } = await accepted({ acceptedAt: new Date('2034-05-05T12:00:00.000Z') });
      expect(await allOf(theLedger().acceptedBetween(acceptedAt, acceptedAt))).toEqual([]);
    });

    it('lists many emails of one day, and an entry that a claim had to write again', async () => {
      const acceptedAt = new Date('2033-05-05T12:00:00.000Z');
      const entries = await Promise.all(Array.from({ length: 60 }, () => accepted({ acceptedAt })));
      const lost = sampleEntry({ acceptedAt });
      await claim(lost, 'poster');
      const listed = await allOf(theLedger().acceptedBetween(new Date(acceptedAt.getTime() - 1), acceptedAt));
      expect(listed.map(({ mailId }) => mailId).toSorted()).toEqual(
        [...entries, lost].map(({ mailId }) => mailId).toSorted(),
      );
    });
  });

  describe('entriesAboveUid', () => {
    it('gives what one uidValidity of a mailbox holds above a uid, by uid, in every state', async () => {
      const mailbox = 'lines/INBOX';
      const at = async (uid: number, uidValidity: string, inMailbox = mailbox) =>
        await accepted({ location: { mailbox: inMailbox, uidValidity, uid } });
      const tenth = await at(10, '1');
      const ninth = await at(9, '1');
      await at(2, '1');
      await at(11, '2');
      await at(12, '1', 'lines/INBOX/sub');
      await theLedger().settle(ninth.mailId, { at: AT });
      expect(await allOf(theLedger().entriesAboveUid(mailbox, '1', 2))).toEqual([
        { mailId: ninth.mailId, uid: 9, route: ninth.route, state: 'settled', acceptedAt: ninth.acceptedAt },
        { mailId: tenth.mailId, uid: 10, route: tenth.route, state: 'accepted', acceptedAt: tenth.acceptedAt },
      ]);
    });
  });
}
