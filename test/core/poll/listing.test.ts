import { beforeEach, describe, expect, it } from 'vitest';
import type { Mail } from '../../../functions/core/mail/mail.ts';
import type { MailSession } from '../../../functions/core/mail/mail-reader.ts';
import { pollMailbox } from '../../../functions/core/poll/poll.ts';
import { LOOK_BACK_UIDS } from '../../../functions/core/poll/poll-limits.ts';
import { MAILBOX, polledMailbox, testWorld } from '../../test-world.ts';
import { withSession } from '../audit/audit-world.ts';
import { mailOf } from '../mail/mail-of.ts';

const POLLED = polledMailbox();

let world: ReturnType<typeof testWorld>;
beforeEach(() => {
  world = testWorld();
});

const poll = (reader = world.services.reader) => pollMailbox(POLLED, { ...world.services, reader }, () => 300_000);
const lastUid = async () => (await world.watermark(MAILBOX))?.lastUid;

/** A session that hides emails from the listing, as a server does that makes them visible late. */
function hiding(uids: readonly number[]) {
  const isShown = ({ uid }: { uid: number }) => !uids.includes(uid);
  return withSession(world.mailbox, (session) => ({
    list: async (aboveUid) => (await session.list(aboveUid)).filter(isShown),
  }));
}

describe('an email that becomes visible after a later one', () => {
  it('is read by the next poll that reads, and posted once', async () => {
    for (const subject of ['vip 1', 'vip 2', 'vip 3']) world.deliver(subject);
    await poll(hiding([1, 2]));
    expect(world.queued('vip')).toEqual(['vip 3']);
    world.deliver('vip 4');
    expect(await poll()).toMatchObject({ accepted: 3, recognised: 0 });
    expect(world.queued('vip').toSorted()).toEqual(['vip 1', 'vip 2', 'vip 3', 'vip 4']);
    world.deliver('vip 5');
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 0 });
    expect(await lastUid()).toBe(5);
  });

  it('is left to the audit where it is further back', async () => {
    world.deliver('vip late');
    for (let uid = 2; uid <= LOOK_BACK_UIDS + 1; uid += 1) world.deliver(`stripe ${uid}`);
    await poll(hiding([1]));
    world.deliver('vip now');
    expect(await poll()).toMatchObject({ accepted: 1 });
    expect(world.queued('vip')).toEqual(['vip now']);
  });

  it('is none where it was there before accounting began', async () => {
    world.deliver('vip of before');
    const fromNow = (reader = world.services.reader) =>
      pollMailbox(polledMailbox({ startFrom: 'now' }), { ...world.services, reader }, () => 300_000);
    await fromNow();
    world.deliver('vip new');
    expect(await fromNow()).toMatchObject({ accepted: 1 });
    expect(world.queued('vip')).toEqual(['vip new']);
  });
});

describe('email that came and went between two polls', () => {
  it('is reported, and the next poll asks for STATUS alone', async () => {
    world.deliver('vip 1');
    await poll();
    world.mailbox.expunge(world.deliver('vip gone').location.uid);
    expect(await poll()).toMatchObject({ accepted: 0, left: 0 });
    expect(await lastUid()).toBe(2);
    expect(world.services.journal.of('email came and went')).toEqual([
      { kind: 'email came and went', mailbox: MAILBOX, fromUid: 2, toUid: 2 },
    ]);
    const asked: string[] = [];
    const noting = withSession(world.mailbox, (session: MailSession) => ({
      list: (aboveUid) => {
        asked.push('list');
        return session.list(aboveUid);
      },
    }));
    await poll(noting);
    expect(asked).toEqual([]);
    world.deliver('vip 3');
    expect(await poll()).toMatchObject({ accepted: 1 });
  });
});

describe('a server that renumbers its mailbox and keeps UIDVALIDITY', () => {
  /** One email is gone, and the others have moved up: the last uid is free for a new one. */
  function moveUp(): void {
    world.mailbox.renumber('1000', (mail, uid) => ({ ...mail, location: { ...mail.location, uid } }));
  }

  it('loses nothing: a poll that reads finds it out, and begins again', async () => {
    for (const subject of ['vip 1', 'vip 2', 'vip 3']) world.deliver(subject);
    await poll();
    world.mailbox.expunge(1);
    moveUp();
    world.deliver('vip at a known uid');
    world.deliver('vip above');
    expect(await poll()).toMatchObject({ accepted: 2, recognised: 2 });
    expect(world.queued('vip')).toEqual(['vip 1', 'vip 2', 'vip 3', 'vip at a known uid', 'vip above']);
    expect(world.services.journal.of('poll restarted')).toMatchObject([{ restart: { reason: 'uids reused' } }]);
    world.deliver('vip next');
    expect(await poll()).toMatchObject({ accepted: 1, recognised: 0 });
    expect(world.services.journal.of('poll restarted')).toHaveLength(1);
  });

  it('posts email without Message-ID once, whose place means nothing now', async () => {
    const nameless = (subject: string, size: number): Partial<Mail> => ({
      ...{ messageId: undefined, subject, snippet: 'Text' },
      fingerprint: `1772438400/${size}`,
    });
    const deliver = (subject: string, size: number) =>
      world.mailbox.deliver((uid, validity) => mailOf(uid, validity, nameless(subject, size)), world.clock.now());
    deliver('vip door 1', 101);
    deliver('vip door 2', 102);
    deliver('vip door 3', 103);
    await poll();
    world.mailbox.expunge(1);
    world.mailbox.renumber('1000', ({ subject }, uid) =>
      mailOf(uid, '1000', nameless(subject, 100 + Number(subject.at(-1)))),
    );
    deliver('vip door 4', 104);
    deliver('vip door 5', 105);
    await poll();
    expect(world.queued('vip').toSorted()).toEqual([1, 2, 3, 4, 5].map((door) => `vip door ${door}`));
  });
});
